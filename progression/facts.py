"""A fact: one line of evidence as plain data, which every pure function of this room works on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class FactKind(StrEnum):
    """The kinds of evidence this room brings. Training and the rota bring theirs (`training`, `worked`)."""

    CHECK = "check"  # somebody saw a background check
    OBSERVED = "observed"  # somebody watched the person at work, or talked with them
    ACCEPTED = "accepted"  # the person agreed to a text
    SIGN_OFF = "sign-off"  # a named person's decision; the key is the stage reached
    STEP_BACK = "step-back"  # the key is the stage stepped back to
    NOT_YET = "not-yet"  # a named person's decision; the key is the stage not reached yet
    WITHDRAWN = "withdrawn"  # takes back another fact, which then never counted


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about one person. `valid_until` holds to the end of that day in the organisation's
    zone.
    """

    id: int
    person_id: int
    kind: str
    key: str
    happened_at: datetime
    recorded_at: datetime
    valid_until: date | None = None
    by_person_id: int | None = None
    withdraws_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def requirement(self) -> str:
        """What this fact may satisfy, as the pathway writes it: `training:conflict`."""
        return f"{self.kind}:{self.key}"

    @property
    def order(self) -> tuple[datetime, int]:
        """The order in which facts happened; of two at one instant, the one recorded later comes later."""
        return (self.happened_at, self.id)


def not_withdrawn(facts: Iterable[Fact]) -> list[Fact]:
    """The facts that count: without those that were withdrawn, and without the withdrawals themselves."""
    known = list(facts)
    taken_back = {fact.withdraws_id for fact in known if fact.withdraws_id is not None}
    return [fact for fact in known if fact.withdraws_id is None and fact.id not in taken_back]
