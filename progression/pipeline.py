"""How people move along the pathway: how many are at each stage, how long a step takes, and where people stop. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from progression.stages import Stage

STEPS = tuple((stage, stage.following) for stage in Stage if stage.following is not None)


@dataclass(frozen=True, slots=True)
class Walk:
    """One person's way: the day they joined, each day on which their stage changed, and whether they are still here."""

    joined_on: date
    changes: Sequence[tuple[date, Stage]]
    """The oldest first."""
    is_here: bool

    @property
    def stage(self) -> Stage:
        """Where they are now."""
        return self.changes[-1][1] if self.changes else Stage.USER


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What became of everybody who reached a stage within the time looked at."""

    start: Stage
    to: Stage
    reached: int
    went_on: int
    stepped_back: int
    left: int
    days_needed: int | None
    """The median of those who went on, in days; None where nobody did."""
    days_waiting: int | None
    """The median of those who are still at the stage, in days; None where nobody is."""

    @property
    def outcomes(self) -> tuple[tuple[str, int], ...]:
        """What became of everybody who reached the stage, in words and as a count."""
        return (
            ("Went on", self.went_on),
            ("Still there", self.still_there),
            ("Stepped back", self.stepped_back),
            ("Left", self.left),
        )

    @property
    def still_there(self) -> int:
        """Who reached the stage and is there now, with an open account."""
        return self.reached - self.went_on - self.stepped_back - self.left


@dataclass(frozen=True, slots=True)
class Band:
    """The people at one stage in the drawing: a bar in the middle, its place and width in per cent of the drawing."""

    stage: Stage
    people: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The people of an organisation on their way."""

    at: dict[Stage, int]
    """How many people with an open account are at each stage."""
    steps: Sequence[StepTaken]

    @property
    def bands(self) -> tuple[Band, ...]:
        """The funnel, from the first stage down: the largest group is as wide as the drawing, nobody has no bar."""
        most = max([1, *self.at.values()])
        return tuple(
            Band(stage, count, round(50 - width / 2, 2), round(width, 2))
            for stage, count in self.at.items()
            for width in (100 * count / most,)
        )


def pipeline(walks: Iterable[Walk], *, since: date, today: date) -> Pipeline:
    """Count people by stage today, and what became of those who reached each stage from `since` on.

    Who reached a stage several times counts with the first. Somebody signed off who later steps back went on.
    """
    every = list(walks)
    at = {stage: sum(walk.is_here and walk.stage is stage for walk in every) for stage in Stage}
    return Pipeline(at, [_step(every, start, to, since, today) for start, to in STEPS])


def _step(walks: Sequence[Walk], start: Stage, to: Stage, since: date, today: date) -> StepTaken:
    reached = went_on = stepped_back = left = 0
    needed: list[int] = []
    waiting: list[int] = []
    for walk in walks:
        began = _first_day_at(walk, start)
        if began is None or began < since:
            continue
        reached += 1
        after = [(day, stage) for day, stage in walk.changes if day >= began and stage is not start]
        if onward := next((day for day, stage in after if stage >= to), None):
            went_on += 1
            needed.append((onward - began).days)
        elif walk.stage < start:
            stepped_back += 1
        elif not walk.is_here:
            left += 1
        else:
            waiting.append((today - began).days)
    return StepTaken(start, to, reached, went_on, stepped_back, left, _median(needed), _median(waiting))


def _first_day_at(walk: Walk, stage: Stage) -> date | None:
    if stage is Stage.USER:
        # Who had a stage before their account came from the organisation's own records: nobody knows when they began.
        return None if walk.changes and walk.changes[0][0] < walk.joined_on else walk.joined_on
    return next((day for day, reached in walk.changes if reached is stage), None)


def _median(days: Sequence[int]) -> int | None:
    return round(median(days)) if days else None


def in_words(days: int | None) -> str:
    """A number of days as people say it: days up to a month, then weeks, then months."""
    if days is None:
        return "–"
    for unit, size, most in (("day", 1, 30), ("week", 7, 16 * 7)):
        if days <= most:
            count = round(days / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    months = round(timedelta(days=days) / timedelta(days=30.44))
    return f"{months} months"
