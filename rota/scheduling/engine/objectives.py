"""The lexicographic objectives of a rota, in order: nothing later is bought with anything earlier."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from progression.duties import Duty
from rota.scheduling.roster import Roster


class Objective(StrEnum):
    """What is minimised, in this order."""

    SENIOR = "senior"
    BLEND = "blend"
    MINIMUM = "minimum"
    WANTED = "wanted"
    SHADOWS = "shadows"
    CHANGES = "changes"
    FAIRNESS = "fairness"

    @property
    def words(self) -> str:
        """What the objective counts; fewer is better."""
        return _WORDS[self]


_WORDS = {
    Objective.SENIOR: "lead and on-call seats short",
    Objective.BLEND: "shifts not safe to open",
    Objective.MINIMUM: "seats short of the minimum",
    Objective.WANTED: "seats short of what is wanted",
    Objective.SHADOWS: "places to shadow left empty",
    Objective.CHANGES: "seats taken from people who hold them now",
    Objective.FAIRNESS: "unevenness of nights, weekends and hours",
}

SENIOR_DUTIES = frozenset({Duty.LEAD, Duty.ON_CALL})

COVER_OBJECTIVES = (Objective.SENIOR, Objective.BLEND, Objective.MINIMUM, Objective.WANTED)
"""The objectives about cover: a proposal is proved when all of these are."""

CREW_OBJECTIVES = (*COVER_OBJECTIVES, Objective.SHADOWS)
"""The objectives that depend on who is on a shift together with whom."""

WEIGHTS = {
    Objective.SENIOR: 1_000_000,
    Objective.BLEND: 200_000,
    Objective.MINIMUM: 20_000,
    Objective.WANTED: 2_000,
    Objective.SHADOWS: 1_000,
    Objective.CHANGES: 1_000,
    Objective.FAIRNESS: 1,
}
"""Weights for start solutions and quick bounds only; the order of the objectives never depends on them."""


def objectives(roster: Roster) -> Iterator[Objective]:
    """Yield the objectives that matter on this roster, in order."""
    has_shadows = any(not line.duty.counts_as_cover for shift in roster.shifts for line in shift.lines)
    unused = {Objective.CHANGES: not roster.current, Objective.SHADOWS: not has_shadows}
    yield from (objective for objective in Objective if not unused.get(objective))
