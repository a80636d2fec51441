"""Giving one person more time for a quiz that has a limit, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from training import catalogue, quiz_time
from training.models import Course, CourseVersion, Enrolment, UnitAttempt
from training.pack import Quiz
from training.time_models import MoreTime

PERCENTS = (25, 50, 100)  # a quarter, half as much again, twice as long: what exams in the UK usually add
MOST_MINUTES = 480
LONGEST_REASON = 500  # characters


@dataclass(frozen=True)
class TimedQuiz:
    """A quiz with a time limit in the newest version of its course."""

    course: Course
    title: str
    quiz: Quiz

    @property
    def key(self) -> str:
        """Its name in a form."""
        return f"{self.course.code}/{self.quiz.slug}"


@dataclass(frozen=True)
class Given:
    """More time that somebody has for a quiz."""

    row: MoreTime
    course: str
    quiz: str
    by: str


def timed_quizzes() -> list[TimedQuiz]:
    """Every quiz with a time limit, by the title of its course."""
    return [
        TimedQuiz(course, version.title, unit)
        for course, version in catalogue.all_courses()
        for unit in catalogue.pack_of(version).units
        if isinstance(unit, Quiz) and unit.minutes_allowed is not None
    ]


def given_to(person_id: int) -> list[Given]:
    """The more time that a person has, for those who may give it."""
    rows = db.session.execute(
        select(MoreTime, Person.display_name)
        .join(Person, Person.id == MoreTime.given_by_id)
        .where(MoreTime.person_id == person_id, MoreTime.ended_at.is_(None))
        .order_by(MoreTime.id)
    )
    named = {(each.course.id, each.quiz.slug): each for each in timed_quizzes()}
    found = []
    for row, by in rows:
        timed = named.get((row.course_id, row.unit))
        found.append(Given(row, timed.title if timed else "", timed.quiz.title if timed else row.unit, by))
    return found


def give(
    about: Person,
    key: str,
    *,
    percent: int | None,
    minutes: int | None,
    reason: str,
    by: Person,
    now: datetime,
) -> MoreTime:
    """Give somebody more time for a quiz, in place of what they had; a try that is open gets it at once.

    Refuses oneself, an unknown quiz, neither or both of percent and minutes, and a missing reason.
    """
    if about.id == by.id:
        raise Conflict("Another trainer or administrator can give you more time.")
    timed = next((each for each in timed_quizzes() if each.key == key), None)
    if timed is None:
        raise Invalid("Choose a quiz that has a time limit.", field="quiz")
    if (percent is None) == (minutes is None):
        raise Invalid("Choose how much longer, or give the minutes; one of the two.", field="minutes")
    if percent is not None and percent not in PERCENTS:
        raise Invalid("Choose how much longer from the list.", field="percent")
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(f"Give 1 to {MOST_MINUTES} minutes.", field="minutes")
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise Invalid(f"Say why, in up to {LONGEST_REASON} characters.", field="reason")
    db.lock_people([about.id])
    before = quiz_time.given_to(about.id, timed.course.id, timed.quiz)
    if before is not None:
        _end(before, by=by, now=now)
    row = MoreTime(
        person_id=about.id,
        course_id=timed.course.id,
        unit=timed.quiz.slug,
        percent=percent,
        minutes=minutes,
        reason=words,
        given_by_id=by.id,
        given_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _lengthen_open_try(row, now=now)
    audit.record("training.more-time-given", by=by.id, subject=f"more_time:{row.id}", now=now)
    return row


def take_back(row_id: int, *, by: Person, now: datetime) -> int:
    """Take more time back, and delete its reason; a try that is open keeps it. Returns whose it was."""
    row = db.session.get(MoreTime, row_id)
    if row is None:
        raise NotFound("There is no such time to take back.")
    db.lock_people([row.person_id])
    if row.ended_at is None:
        _end(row, by=by, now=now)
        audit.record("training.more-time-taken-back", by=by.id, subject=f"more_time:{row.id}", now=now)
    return row.person_id


def _end(row: MoreTime, *, by: Person, now: datetime) -> None:
    row.ended_at, row.ended_by_id, row.reason = now, by.id, None
    db.session.flush()


def _lengthen_open_try(row: MoreTime, *, now: datetime) -> None:
    """Move the end of the try that the person is in, unless it is over; by the version that they learn from."""
    found = db.session.execute(
        select(UnitAttempt, Enrolment)
        .join(Enrolment, Enrolment.id == UnitAttempt.enrolment_id)
        .where(
            Enrolment.person_id == row.person_id,
            Enrolment.course_id == row.course_id,
            UnitAttempt.unit == row.unit,
            UnitAttempt.finished_at.is_(None),
        )
    ).all()
    for attempt, enrolment in found:
        version = db.session.get_one(CourseVersion, enrolment.course_version_id)
        unit = catalogue.pack_of(version).unit(row.unit)
        time = quiz_time.allowed(unit, row) if isinstance(unit, Quiz) else None
        ends = attempt.answers_until
        if ends is not None and time is not None and not quiz_time.is_over(attempt, now):
            attempt.answers_until = max(ends, attempt.started_at + time)
