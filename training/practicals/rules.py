"""The rules of marking, as pure functions: what one mark and several come to, and when somebody may try again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from training.practicals.rubrics import Criterion, Rubric


def meets(criterion: Criterion, level: int) -> bool:
    """Whether this level, from 1, passes the criterion."""
    return level >= criterion.passes_from


def missed(rubric: Rubric, levels: Mapping[str, int]) -> list[Criterion]:
    """The criteria that these levels do not pass, in their order. One without a level is not passed."""
    return [each for each in rubric.criteria if not meets(each, levels.get(each.key, 0))]


def passes(rubric: Rubric, levels: Mapping[str, int]) -> bool:
    """Whether one marker's levels come to a pass: every must is passed, and not too many others are missed."""
    below = missed(rubric, levels)
    return not any(each.must_pass for each in below) and len(below) <= rubric.may_miss


class Result(StrEnum):
    """What the marks of a round come to."""

    PASSED = "passed"
    AGAIN = "again"
    WAITS = "waits"  # for another marker


def result(markers: int, verdicts: Sequence[bool]) -> Result:
    """What these marks come to, where the policy asks for so many markers.

    Where two differ, a third marker decides, who sees neither mark: two of three.
    """
    if len(verdicts) < markers or (markers == 2 and len(verdicts) == 2 and len(set(verdicts)) == 2):
        return Result.WAITS
    return Result.PASSED if sum(verdicts) * 2 > len(verdicts) else Result.AGAIN


def may_try_again_on(decided_on: date, weeks: int) -> date:
    """The first day on which somebody may hand in again after a try that did not pass."""
    return decided_on + timedelta(weeks=weeks)


@dataclass(frozen=True)
class Work:
    """What the right to mark a piece of work depends on."""

    learner_id: int
    waits: bool
    marked_by: Collection[int]  # in this round
    stood_aside: Collection[int]  # the markers who said “not me” about the learner
    taken_by: int | None = None
    taken_until: datetime | None = None


class Hindrance(StrEnum):
    """Why somebody may not mark a piece of work."""

    NO_MARKER = "no-marker"
    OWN = "own"
    STOOD_ASIDE = "stood-aside"
    MARKED_BEFORE = "marked-before"
    DOES_NOT_WAIT = "does-not-wait"
    TAKEN = "taken"


def hindrance(work: Work, marker_id: int, *, may_mark: bool, now: datetime) -> Hindrance | None:
    """Why this person may not mark this work now; None where they may. The one rule of the right to mark."""
    if not may_mark:
        return Hindrance.NO_MARKER
    if work.learner_id == marker_id:
        return Hindrance.OWN
    if marker_id in work.stood_aside:
        return Hindrance.STOOD_ASIDE
    if marker_id in work.marked_by:
        return Hindrance.MARKED_BEFORE
    if not work.waits:
        return Hindrance.DOES_NOT_WAIT
    # What was given back by time alone is still theirs until somebody else takes it.
    if work.taken_by not in (None, marker_id) and work.taken_until is not None and work.taken_until > now:
        return Hindrance.TAKEN
    return None
