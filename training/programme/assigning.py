"""Asking people to take a course by a day, and taking that back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select, update

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.models import Person, PersonState
from app.refusals import Conflict, Invalid, NotFound
from progression.ledger import facts_of_people
from progression.stages import Stage
from progression.standing import stages_of
from training import catalogue
from training.models import Course
from training.programme.assigned import MATTERING, holds
from training.programme.models import CourseAssignment
from training.programme.notices import CourseAssigned

LATEST = timedelta(days=366)  # a day further off is forgotten before it comes
NOTHING_TO_TAKE_BACK = "That was taken back before, or somebody was asked again since. Here is the list of now."


@dataclass(frozen=True)
class Outcome:
    """What asking came to, in numbers of people."""

    asked: int
    holding: int  # hold the training on that day already
    asked_before: int  # were asked to do so by that day before

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.asked + other.asked, self.holding + other.holding, self.asked_before + other.asked_before)

    @property
    def words(self) -> str:
        """The outcome in sentences."""
        said = [f"{_people(self.asked)} asked, and an e-mail tells them." if self.asked else "Nobody new was asked."]
        if self.holding:
            said.append(f"{_people(self.holding)} left out: their training holds on that day already.")
        if self.asked_before:
            said.append(f"{_people(self.asked_before)} had been asked for the same day before.")
        return " ".join(said)


def _people(number: int) -> str:
    return f"{number} person was" if number == 1 else f"{number} people were"


def assign(people: Collection[int], code: str, *, due_on: date, by: Person, now: datetime) -> Outcome:
    """Ask these people to hold the training of a course on a day, and tell them.

    Many people are asked in parts (`queue.batches`), each in a transaction of its own, with the same `now`: pages show
    them as one. Another day replaces the day they were asked for before. Leaves out who holds the training on that day
    already, and everybody whose account is not active. Refuses a day in the past or more than a year ahead.
    """
    course, _version = catalogue.course_called(code)
    _check_day(due_on, clock.on(now, settings.current().zone))
    active = set(db.session.scalars(select(Person.id).where(Person.id.in_(people), Person.state == PersonState.ACTIVE)))
    db.lock_people(sorted(active))
    facts = facts_of_people(active, kinds=MATTERING)
    holding = {each for each in active if holds(facts[each], code, on=due_on)}
    before = {each.person_id: each for each in db.session.scalars(_open_in(course, active))}
    same = {each for each in active - holding if each in before and before[each].due_on == due_on}
    asked = sorted(active - holding - same)
    _end([before[each].id for each in asked if each in before], by=by, now=now)
    _ask(asked, course, due_on, by=by, now=now)
    return Outcome(asked=len(asked), holding=len(holding), asked_before=len(same))


def _ask(people: Collection[int], course: Course, due_on: date, *, by: Person, now: datetime) -> None:
    rows = [
        CourseAssignment(person_id=person_id, course_id=course.id, due_on=due_on, assigned_by_id=by.id, assigned_at=now)
        for person_id in people
    ]
    db.session.add_all(rows)
    db.session.flush()
    deadline = clock.ends(due_on, settings.current().zone)
    for row in rows:
        audit.record(
            "training.course-assigned",
            by=by.id,
            subject=f"course_assignment:{row.id}",
            now=now,
            details={"course": course.code, "due_on": due_on.isoformat()},
        )
        queue.enqueue(
            CourseAssigned(row.id),
            to=row.person_id,
            once=f"course-assigned:{row.id}",
            now=now,
            deadline=deadline,
        )


def _check_day(due_on: date, today: date) -> None:
    if due_on < today:
        raise Invalid("Give today or a day to come.", field="due_on")
    if due_on > today + LATEST:
        raise Invalid("Give a day within the next twelve months.", field="due_on")


def everybody_at(stage: Stage, *, now: datetime) -> list[int]:
    """The ids of the active people at a stage."""
    active = db.session.scalars(select(Person.id).where(Person.state == PersonState.ACTIVE)).all()
    return [person_id for person_id, reached in stages_of(active, now).items() if reached == stage]


def take_back(assignment_id: int, *, all_of_them: bool = False, by: Person, now: datetime) -> int:
    """Ask somebody no longer, or all who were asked together with them, and return how many that was.

    Refuses where none of them is still asked.
    """
    one = db.session.get(CourseAssignment, assignment_id)
    if one is None:
        raise NotFound("Nobody was asked that. The list of now is under Learning.")
    together = select(CourseAssignment).where(
        CourseAssignment.course_id == one.course_id,
        CourseAssignment.due_on == one.due_on,
        CourseAssignment.assigned_at == one.assigned_at,
        CourseAssignment.assigned_by_id == one.assigned_by_id,
    )
    rows = db.session.scalars(together).all() if all_of_them else [one]
    db.lock_people(sorted({each.person_id for each in rows}))
    ended = _end([each.id for each in rows], by=by, now=now)
    if not ended:
        raise Conflict(NOTHING_TO_TAKE_BACK)
    for ended_id in ended:
        audit.record("training.assignment-taken-back", by=by.id, subject=f"course_assignment:{ended_id}", now=now)
    return len(ended)


def _end(assignment_ids: Collection[int], *, by: Person, now: datetime) -> list[int]:
    if not assignment_ids:
        return []
    ended = db.session.scalars(
        update(CourseAssignment)
        .where(CourseAssignment.id.in_(assignment_ids), CourseAssignment.ended_at.is_(None))
        .values(ended_at=now, ended_by_id=by.id)
        .returning(CourseAssignment.id)
    )
    return sorted(ended)


def _open_in(course: Course, people: Collection[int]) -> Select[CourseAssignment]:
    return select(CourseAssignment).where(
        CourseAssignment.course_id == course.id,
        CourseAssignment.person_id.in_(people),
        CourseAssignment.ended_at.is_(None),
    )
