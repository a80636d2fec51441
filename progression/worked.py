"""Shifts that people worked, as evidence of the kind `worked`, which the rota records, and what they come to.

A fact of it happened when the shift ended. Its details are `minutes` (those that passed, so that a night over a change
of the clocks has an hour more or less), `duty`, `night` and `seat`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.wording import duration
from progression.facts import Fact, without_withdrawn

WORKED = "worked"
SHIFT = "shift"  # the key of a shift of the rota


@dataclass(frozen=True, slots=True)
class Worked:
    """How much somebody worked."""

    shifts: int
    minutes: int
    nights: int

    @property
    def time(self) -> str:
        """How long, in words."""
        return duration(self.minutes)


def worked(facts: Sequence[Fact]) -> Worked:
    """What the facts say that somebody worked, without what was withdrawn."""
    shifts = [fact for fact in without_withdrawn(facts) if fact.kind == WORKED and fact.key == SHIFT]
    return Worked(
        len(shifts),
        sum(fact.facts["minutes"] for fact in shifts),
        sum(fact.facts["night"] for fact in shifts),
    )
