"""Spaced practice: what somebody missed in a quiz comes back as a few questions on Today.

The answers are kept apart from attempts. They change no pass and no certificate, and nobody but the person sees them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from app import clock, db, settings
from app.people.models import Person
from app.refusals import NotFound, PageOutOfDate
from training import catalogue, practice_schedule, practice_state, quiz, scenario
from training.models import (
    Course,
    CourseVersion,
    Enrolment,
    PracticeAnswer,
    PracticeSetting,
    ScenarioChoice,
    UnitAttempt,
)
from training.pack import Question, Quiz, Scenario
from training.practice_schedule import Item, Missed
from training.quiz import DrawnQuestion, Given, Mark

PUT_OFF_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Practice:
    """What there is to practise for one person on one day."""

    todays: tuple[Missed, ...]
    later: int  # how many questions come back on a later day
    next_on: date | None  # the day on which the first of those comes back
    is_off: bool
    put_off_until: date | None  # a day after today

    @property
    def is_asked(self) -> bool:
        """Whether Today shows it."""
        return bool(self.todays) and not self.is_off and self.put_off_until is None

    @property
    def minutes(self) -> int:
        """About how many minutes today's questions take."""
        return max(1, round(len(self.todays) * 0.4))


def practice_of(person: Person, *, now: datetime) -> Practice:
    """What there is to practise today."""
    today, state = _day(now), practice_state.state_of(person.id)
    missed = [
        Missed(
            item,
            _day(at),
            tuple((_day(day), is_right) for day, is_right in state.practised.get(item, ()) if day > at),
        )
        for item, at in state.missed.items()
    ]
    taught = {one.item for one in missed if question_of(one.item) is not None}
    later = sorted(one.due_on for one in missed if one.due_on is not None and one.due_on > today and one.item in taught)
    put_off_until = state.put_off_until
    return Practice(
        todays=tuple(practice_schedule.todays(missed, today=today, taught=taught)),
        later=len(later),
        next_on=later[0] if later else None,
        is_off=state.is_off,
        put_off_until=put_off_until if put_off_until is not None and put_off_until > today else None,
    )


def _day(at: datetime) -> date:
    return clock.on(at, settings.current().zone)


def question_of(item: Item) -> Question | None:
    """The question as the newest version of its course asks it, or None where that no longer does."""
    version = next((version for course, version in catalogue.all_courses() if course.code == item.course), None)
    unit = catalogue.pack_of(version).unit(item.unit) if version is not None else None
    if not isinstance(unit, Quiz):
        return None
    return next((one for one in unit.questions if one.key == item.question), None)


@dataclass(frozen=True)
class PracticeQuestion:
    """A question on its page: before it is answered today, or with today's answer."""

    item: Item
    question: Question
    number: int  # how many practice answers to it there were before this one
    drawn: DrawnQuestion
    given: Given | None

    @property
    def mark(self) -> Mark | None:
        """The marked answer, or None before it is given."""
        return None if self.given is None else quiz.mark(self.question, self.given)


def open_question(item: Item, *, by: Person, now: datetime) -> PracticeQuestion:
    """The page of a question that is due today or was answered today; refuses any other."""
    question, answers = question_of(item), _answers(item, by)
    if question is None:
        raise NotFound("That question is not part of the course any more.")
    answered = answers[-1] if answers and _day(answers[-1].answered_at) == _day(now) else None
    number = len(answers) - 1 if answered else len(answers)
    if answered is None and item not in [one.item for one in practice_of(by, now=now).todays]:
        raise PageOutOfDate("That question is not due today. Here is what is.")
    given = tuple(answered.given) if answered else None
    return PracticeQuestion(item, question, number, _drawn(question, by, number), given)


def _drawn(question: Question, person: Person, number: int) -> DrawnQuestion:
    return quiz.shown(question, seed=f"{person.id}:{question.key}:{number}")


def _answers(item: Item, person: Person) -> list[PracticeAnswer]:
    rows = db.session.scalars(
        select(PracticeAnswer)
        .where(
            PracticeAnswer.person_id == person.id,
            PracticeAnswer.course == item.course,
            PracticeAnswer.unit == item.unit,
            PracticeAnswer.question == item.question,
        )
        .order_by(PracticeAnswer.number)
    )
    return list(rows)


def practise(item: Item, picked: Sequence[str], *, number: int, by: Person, now: datetime) -> None:
    """Save a practice answer; `number` is how many there were to this question when the page was opened.

    The same answer sent twice counts once. Refuses another answer than the first, and a question that is not due.
    """
    db.lock_people([by.id])
    question, answers = question_of(item), _answers(item, by)
    if question is None:
        raise NotFound("That question is not part of the course any more.")
    given = quiz.read_answer(question, _drawn(question, by, number), picked)
    if number < len(answers):
        if tuple(answers[number].given) != given:
            raise PageOutOfDate(quiz.ANSWERED_BEFORE)
        return
    if number != len(answers) or item not in [one.item for one in practice_of(by, now=now).todays]:
        raise PageOutOfDate("That question is not due today. Here is what is.")
    db.session.add(
        PracticeAnswer(
            person_id=by.id,
            course=item.course,
            unit=item.unit,
            question=item.question,
            number=number,
            given=list(given),
            is_right=quiz.mark(question, given).is_right,
            answered_at=now,
        )
    )


@dataclass(frozen=True)
class StoryToPlayAgain:
    """A story in which some replies did not land well at first."""

    course: str  # its code
    unit: Scenario
    moments: int


def stories_to_play_again(person: Person) -> list[StoryToPlayAgain]:
    """The stories whose latest finished try had a moment that went less well at first; one query."""
    rows = db.session.execute(
        select(Course.code, CourseVersion, UnitAttempt.id, UnitAttempt.unit, ScenarioChoice)
        .select_from(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .join(UnitAttempt, UnitAttempt.enrolment_id == Enrolment.id)
        .join(ScenarioChoice, ScenarioChoice.attempt_id == UnitAttempt.id)
        .where(Enrolment.person_id == person.id, UnitAttempt.finished_at.is_not(None))
        .order_by(UnitAttempt.id, ScenarioChoice.position)
    ).all()
    found: dict[tuple[str, str], StoryToPlayAgain] = {}
    for _attempt_id, of_attempt in groupby(rows, key=lambda row: row.id):
        own = list(of_attempt)
        unit = catalogue.pack_of(own[0].CourseVersion).unit(own[0].unit)
        first = {row.ScenarioChoice.step: row.ScenarioChoice.choice for row in reversed(own)}
        if isinstance(unit, Scenario):
            moments = sum(scenario.landed(unit, step, choice) == "think" for step, choice in first.items())
            found[own[0].code, own[0].unit] = StoryToPlayAgain(own[0].code, unit, moments)
    return [story for story in found.values() if story.moments]


def put_off(*, by: Person, now: datetime) -> date:
    """Leave the card out of Today for a week; return the day on which it may come back."""
    until = _day(now) + PUT_OFF_FOR
    _set(by, is_off=False, put_off_until=until)
    return until


def turn(*, on: bool, by: Person) -> None:
    """Turn the card on Today off for good, or on again."""
    _set(by, is_off=not on, put_off_until=None)


def _set(by: Person, *, is_off: bool, put_off_until: date | None) -> None:
    values = {"person_id": by.id, "is_off": is_off, "put_off_until": put_off_until}
    db.upsert(PracticeSetting, values, key=("person_id",), update={"is_off": is_off, "put_off_until": put_off_until})
