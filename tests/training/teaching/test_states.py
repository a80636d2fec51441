"""Where somebody is with a course, in one word and a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.times import NOW, TODAY
from tests.training.courses import shipped
from training.course_status import CourseStatus, Passed
from training.models import Enrolment
from training.programme.assigned import Assigned
from training.programme.path import CourseOnPath
from training.teaching.states import Cell, CourseState, cell_of, to_remind_of


def course(
    *, passed: int | None = None, asked: int | None = None, needed: bool = False, begun: bool = False
) -> CourseOnPath:
    """A course that holds for so many days from today, is asked for in so many, is needed, and is begun."""
    status = CourseStatus(
        code="conflict",
        pack=shipped(),
        today=TODAY,
        enrolment=Enrolment(person_id=1, course_id=1, course_version_id=1, started_at=NOW) if begun else None,
        done=frozenset(),
        passed=None if passed is None else Passed("Conflict", NOW, TODAY + timedelta(days=passed), is_withdrawn=False),
        readable=frozenset(),
    )
    by = None if asked is None else Assigned(1, 1, "Wren", "conflict", TODAY + timedelta(days=asked), "Tansy", NOW)
    return CourseOnPath(status, ("your step to peer",) if needed else (), by, ())


@pytest.mark.parametrize(
    ("each", "state", "in_days"),
    [
        (course(), CourseState.NOT_ASKED, None),
        (course(needed=True), CourseState.TO_DO, None),
        (course(begun=True), CourseState.STARTED, None),
        (course(passed=400), CourseState.DONE, 400),
        (course(passed=61), CourseState.DONE, 61),
        (course(passed=60), CourseState.LAPSING, 60),
        (course(passed=0), CourseState.LAPSING, 0),
        (course(passed=-1), CourseState.LAPSED, -1),
        (course(passed=-1, needed=True), CourseState.OVERDUE, -1),
        (course(asked=0), CourseState.DUE, 0),
        (course(asked=-1), CourseState.OVERDUE, -1),
        (course(passed=30, asked=90), CourseState.DUE, 30),
        (course(asked=5, begun=True), CourseState.DUE, 5),
    ],
)
def test_a_course_is_in_one_state_with_its_day(each: CourseOnPath, state: CourseState, in_days: int | None) -> None:
    cell = cell_of(each)
    assert (cell.state, cell.day) == (state, None if in_days is None else TODAY + timedelta(days=in_days))


def test_a_reminder_names_what_has_a_day_or_else_what_is_open() -> None:
    late = Cell("a", "A", CourseState.OVERDUE, date(2027, 2, 9))
    due, lapsing = (
        Cell("b", "B", CourseState.DUE, date(2027, 3, 1)),
        Cell("c", "C", CourseState.LAPSING, date(2027, 2, 20)),
    )
    open_, done = Cell("d", "D", CourseState.TO_DO), Cell("e", "E", CourseState.DONE, date(2028, 1, 1))
    assert to_remind_of([open_, due, done, lapsing, late]) == [late, lapsing, due]
    assert to_remind_of([done, open_]) == [open_]
    assert to_remind_of([done]) == []
