"""Who is asked to take which course by when, and who has done so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from app import db
from app.people.models import Person, PersonState
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.ledger import facts_of_people, facts_of_person
from training import catalogue, elsewhere
from training.models import EVIDENCE_KIND, Course
from training.practicals import to_mark
from training.programme.models import CourseAssignment

PER_PAGE = 20  # batches on a page, each with its names, which keeps it under 100 KiB
MOST_NAMED = 20  # people of one batch
MATTERING = frozenset({EVIDENCE_KIND, FactKind.WITHDRAWN})


def holds(facts: Iterable[Fact], code: str, *, on: date) -> bool:
    """Whether, by these facts, the training of a course holds on a day."""
    return any(
        fact.kind == EVIDENCE_KIND and fact.key == code and (fact.valid_until is None or fact.valid_until >= on)
        for fact in without_withdrawn(facts)
    )


@dataclass(frozen=True)
class Assigned:
    """One person asked to take one course."""

    id: int
    person_id: int
    person: str
    code: str
    due_on: date
    by: str
    at: datetime
    is_met: bool = False

    def is_overdue(self, today: date) -> bool:
        """Whether the day has passed without the training."""
        return not self.is_met and self.due_on < today


_assigner = aliased(Person)


def _open_with_names() -> Select[CourseAssignment, str, str, str]:
    return (
        select(CourseAssignment, Course.code, Person.display_name, _assigner.display_name.label("by"))
        .join(Course, Course.id == CourseAssignment.course_id)
        .join(Person, Person.id == CourseAssignment.person_id)
        .join(_assigner, _assigner.id == CourseAssignment.assigned_by_id)
        .where(CourseAssignment.ended_at.is_(None), Person.state == PersonState.ACTIVE)
        .order_by(CourseAssignment.due_on, CourseAssignment.id)
    )


_COURSES_AND_WHAT_IS_ASKED = (
    catalogue.EVERY_COURSE.add_columns(
        CourseAssignment,
        Person.display_name,
        _assigner.display_name.label("by"),
        elsewhere.waiting_for_a_decision(bindparam("person_id")).scalar_subquery().label("waiting"),
    )
    .outerjoin(
        CourseAssignment,
        (CourseAssignment.course_id == Course.id)
        & (CourseAssignment.person_id == bindparam("person_id"))
        & CourseAssignment.ended_at.is_(None),
    )
    .outerjoin(Person, Person.id == CourseAssignment.person_id)
    .outerjoin(_assigner, _assigner.id == CourseAssignment.assigned_by_id)
)

_WITH_PRACTICALS = _COURSES_AND_WHAT_IS_ASKED.add_columns(
    to_mark.how_many(bindparam("person_id"), bindparam("now")).correlate(None).scalar_subquery().label("to_mark")
)


def asked_of(person_id: int, *, now: datetime | None = None) -> list[Assigned]:
    """The courses that somebody is asked to take, the earliest first, without those that are met.

    Reads all courses in the same query, and how many certificates from elsewhere wait for this person, and with `now`
    how many practicals: the pages that ask this show them too.
    """
    query = _COURSES_AND_WHAT_IS_ASKED if now is None else _WITH_PRACTICALS
    rows = db.session.execute(query, {"person_id": person_id, "now": now}).all()
    if now is not None:
        db.cache_result(to_mark.how_many_wait, rows[0].to_mark if rows else 0, person_id, now)
    db.cache_result(catalogue.all_courses, [(row.Course, row.CourseVersion) for row in rows])
    db.cache_result(elsewhere.how_many_wait, rows[0].waiting if rows else 0, person_id)
    facts = facts_of_person(person_id)
    asked = [_one(row, row.Course.code, facts) for row in rows if row.CourseAssignment is not None]
    return sorted((each for each in asked if not each.is_met), key=lambda each: (each.due_on, each.id))


def asked_of_all() -> list[Assigned]:
    """Everybody who is asked to take a course, met or not, by day. Two queries, however many people."""
    return _assigned(_open_with_names())


def asked_among(facts: Mapping[int, Sequence[Fact]]) -> list[Assigned]:
    """What people of whom these facts were read are asked to take, met or not, by day. One query."""
    rows = db.session.execute(_open_with_names()).all()
    return [
        _one(row, row.code, facts[row.CourseAssignment.person_id])
        for row in rows
        if row.CourseAssignment.person_id in facts
    ]


def due_between(first: date, last: date) -> list[Assigned]:
    """What falls due in these days and is not met."""
    return [
        each
        for each in _assigned(_open_with_names().where(CourseAssignment.due_on.between(first, last)))
        if not each.is_met
    ]


def still_asked(assignment_id: int) -> Assigned | None:
    """This assignment, unless it ended or is met."""
    found = _assigned(_open_with_names().where(CourseAssignment.id == assignment_id))
    return next((each for each in found if not each.is_met), None)


def _assigned(query: Select[CourseAssignment, str, str, str]) -> list[Assigned]:
    rows = db.session.execute(query).all()
    facts = facts_of_people({row.CourseAssignment.person_id for row in rows}, kinds=MATTERING)
    return [_one(row, row.code, facts[row.CourseAssignment.person_id]) for row in rows]


def _one(row: Any, code: str, facts: Iterable[Fact]) -> Assigned:
    asked: CourseAssignment = row.CourseAssignment
    return Assigned(
        id=asked.id,
        person_id=asked.person_id,
        person=row.display_name,
        code=code,
        due_on=asked.due_on,
        by=row.by,
        at=asked.assigned_at,
        is_met=holds(facts, code, on=asked.due_on),
    )


@dataclass(frozen=True)
class Batch:
    """Everybody who was asked for one course at one time, with one day."""

    code: str
    title: str
    due_on: date
    by: str
    at: datetime
    people: tuple[Assigned, ...]

    @property
    def waiting(self) -> tuple[Assigned, ...]:
        """Those who still have to."""
        return tuple(each for each in self.people if not each.is_met)

    @property
    def named(self) -> tuple[Assigned, ...]:
        """Those of them whom the page names."""
        return self.waiting[:MOST_NAMED]

    @property
    def met(self) -> int:
        """How many hold the training on that day."""
        return len(self.people) - len(self.waiting)

    def is_over(self, today: date) -> bool:
        """Whether everybody did it and the day has passed, so that nothing is left to look at."""
        return not self.waiting and self.due_on < today


@dataclass(frozen=True)
class PageOfBatches:
    """One page of what was asked, by day."""

    batches: tuple[Batch, ...]
    number: int
    pages: int


def page_of_batches(number: int, *, today: date) -> PageOfBatches:
    """Page `number`, from 1, of what was asked, without what is over; a number beyond the last gives the last page."""
    open_still = [each for each in batches() if not each.is_over(today)]
    pages = max(1, -(-len(open_still) // PER_PAGE))
    number = min(max(number, 1), pages)
    return PageOfBatches(tuple(open_still[(number - 1) * PER_PAGE : number * PER_PAGE]), number, pages)


def batches() -> list[Batch]:
    """What was asked of people, together as it was asked, by day."""
    titles = catalogue.titles()
    together: dict[tuple[date, str, str, datetime], list[Assigned]] = {}
    for each in asked_of_all():
        together.setdefault((each.due_on, each.code, each.by, each.at), []).append(each)
    return [
        Batch(code=code, title=titles[code], due_on=due_on, by=by, at=at, people=tuple(people))
        for (due_on, code, by, at), people in together.items()
    ]
