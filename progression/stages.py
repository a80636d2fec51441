"""Stages of the pathway. A person's stage is computed from the evidence and stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from app.refusals import NotFound
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.intervals import FOR_EVER, Interval, merged


class Stage(StrEnum):
    """A stage of the pathway. Stages compare by their order on the pathway: peer < volunteer."""

    USER = "user"
    PEER = "peer"
    VOLUNTEER = "volunteer"
    STAFF = "staff"

    @property
    def place(self) -> int:
        """The position on the pathway, from 0."""
        return _PLACES[self]

    @property
    def words(self) -> str:
        """The stage in a sentence about a person, who is “a peer”, or “staff”."""
        return self.value if self is Stage.STAFF else f"a {self.value}"

    @property
    def following(self) -> Stage | None:
        """The next stage up, or None at the end of the pathway."""
        return _ORDER[self.place + 1] if self.place + 1 < len(_ORDER) else None

    @property
    def preceding(self) -> Stage | None:
        """The stage one step down, or None at the beginning."""
        return _ORDER[self.place - 1] if self.place else None

    # A StrEnum compares alphabetically, which would put staff before user.
    def __lt__(self, other: str) -> bool:
        return self.place < _PLACES[other]

    def __le__(self, other: str) -> bool:
        return self.place <= _PLACES[other]

    def __gt__(self, other: str) -> bool:
        return self.place > _PLACES[other]

    def __ge__(self, other: str) -> bool:
        return self.place >= _PLACES[other]


_ORDER = tuple(Stage)
_PLACES: dict[str, int] = {stage: place for place, stage in enumerate(_ORDER)}
_CHANGE_IT = frozenset({FactKind.SIGN_OFF, FactKind.STEP_BACK})
_NAMED: dict[str, Stage] = {stage.value: stage for stage in _ORDER}


def stage_called(name: str | None) -> Stage:
    """The stage of this name; refuses a name that no stage has."""
    try:
        return Stage(name or "")
    except ValueError as unknown:
        raise NotFound("There is no such stage.") from unknown


def stage_changes(facts: Sequence[Fact]) -> tuple[tuple[datetime, Stage], ...]:
    """Each instant at which the person's stage changed, with the new stage, oldest first.

    A sign-off or a step back names the stage from then on; a withdrawn one never counted.
    """
    return changes_by(without_withdrawn(facts))


def changes_by(counted: Iterable[Fact]) -> tuple[tuple[datetime, Stage], ...]:
    """The same for facts of which the withdrawn ones are left out already."""
    steps = [fact for fact in counted if fact.kind in _CHANGE_IT]
    if len(steps) > 1:
        steps.sort(key=lambda step: step.order)
    return tuple([(step.happened_at, _NAMED[step.key]) for step in steps])


def stage_reached(facts: Sequence[Fact], *, at: datetime) -> Stage:
    """The person's stage at an instant. Everybody begins as a user."""
    return stage_after(stage_changes(facts), at=at)


def stage_after(changes: Sequence[tuple[datetime, Stage]], *, at: datetime) -> Stage:
    """The stage at an instant after these changes, oldest first: for who asks about many instants of one person."""
    reached = Stage.USER
    for changed_at, stage in changes:
        if changed_at > at:
            break
        reached = stage
    return reached


def times_at_or_above(facts: Sequence[Fact], stage: Stage) -> tuple[Interval, ...]:
    """The times at which the person's stage is this one or higher, merged.

    The first stage, user, has no evidence and so no interval: no duty may require it alone.
    """
    return times_after(stage_changes(facts), stage)


def times_after(changes: Sequence[tuple[datetime, Stage]], stage: Stage) -> tuple[Interval, ...]:
    """The times at which the stage is this one or higher after these changes, oldest first; as `times_at_or_above`."""
    place, end = _PLACES[stage], FOR_EVER
    times = []
    for changed_at, reached in reversed(changes):
        if _PLACES[reached] >= place and end > changed_at:
            times.append(Interval(changed_at, end))
        end = changed_at
    return merged(times)
