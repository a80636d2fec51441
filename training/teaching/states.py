"""Where somebody is with a course, in one word and a day: for the matrix, its table, and the e-mail that reminds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from training.programme.path import CourseOnPath


class CourseState(StrEnum):
    """The state of one course for one person, the most urgent first."""

    OVERDUE = "overdue"
    DUE = "due"
    LAPSING = "lapsing"
    STARTED = "started"
    TO_DO = "to-do"
    LAPSED = "lapsed"  # once passed, and no longer needed
    DONE = "done"
    NOT_ASKED = "not-asked"

    @property
    def words(self) -> str:
        """The state on its own, as the choice of a filter and in a table."""
        return _WORDS[self]

    @property
    def urgency(self) -> int:
        """Its place among the states, 0 for the most urgent."""
        return _ORDER.index(self)


_ORDER = tuple(CourseState)
_WORDS = {
    CourseState.OVERDUE: "overdue",
    CourseState.DUE: "due",
    CourseState.LAPSING: "lapses soon",
    CourseState.STARTED: "in progress",
    CourseState.TO_DO: "to do",
    CourseState.LAPSED: "lapsed",
    CourseState.DONE: "done",
    CourseState.NOT_ASKED: "not asked",
}
WITH_A_DAY = frozenset({CourseState.OVERDUE, CourseState.DUE, CourseState.LAPSING})
OPEN = frozenset({CourseState.STARTED, CourseState.TO_DO})


@dataclass(frozen=True)
class Cell:
    """One course of one person: its state, and the day that belongs to it.

    The day is the one by which it is due, or the last on which the training counts; None where there is none. `begun`
    says whether the course is in progress, whatever else is true of it.
    """

    code: str
    title: str
    state: CourseState
    day: date | None = None
    begun: bool = False

    @property
    def words(self) -> str:
        """The state and its day as a table writes them: due 2027-03-01."""
        linked = "done until" if self.state is CourseState.DONE and self.day else self.state.words
        return f"{linked} {self.day.isoformat()}" if self.day else linked


def cell_of(each: CourseOnPath) -> Cell:
    """The cell of a course on somebody's path. Pure."""
    state, day = _state(each)
    return Cell(each.status.code, each.status.pack.title, state, day, each.status.is_open)


def _state(each: CourseOnPath) -> tuple[CourseState, date | None]:
    one, due = each.status, each.due_on
    passed = one.passed
    if due is None and one.has_lapsed and each.needed_for and passed is not None:
        due = passed.holds_until
    if due is not None and due < one.today:
        return CourseState.OVERDUE, due
    if due is not None and (each.asked is not None or one.catch_up is not None):
        return CourseState.DUE, due
    if due is not None:
        return CourseState.LAPSING, due
    if one.holds and passed is not None:
        return CourseState.DONE, passed.holds_until
    if one.is_open:
        return CourseState.STARTED, None
    if one.has_lapsed and passed is not None:
        return CourseState.LAPSED, passed.holds_until
    return (CourseState.TO_DO if each.needed_for else CourseState.NOT_ASKED), None


def to_remind_of(cells: Iterable[Cell]) -> list[Cell]:
    """What a reminder names: what has a day, the earliest first; of somebody who has nothing with a day, what is begun
    or needed, in the order of the programme."""
    every = list(cells)
    dated = sorted((each for each in every if each.state in WITH_A_DAY), key=lambda each: each.day or date.max)
    return dated or [each for each in every if each.state in OPEN]
