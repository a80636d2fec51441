"""Training's part of the demonstration: the shipped courses, people who took them at plausible times, and a session.

Everybody goes through the same use cases as on the pages.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, assert_never

from sqlalchemy import ColumnElement, insert, inspect, select

from app import clock, db, settings
from app.domain import Demonstration
from app.people.models import Person
from app.settings import ROOT
from progression.demonstration import MISSING_ONLY_THE_COURSE, WITHOUT_SAFEGUARDING
from progression.documents.editions import present_edition
from progression.documents.shipped import document_called
from training import attempts, catalogue, exercise_tries, exercises, learning, quiz, reflections, scenario
from training.attempts import Shown
from training.exercise_tries import SentExercise
from training.learning import CourseProgress
from training.live import booking, sessions
from training.live.sessions import Details
from training.models import Answer, Enrolment, ExerciseTry, ScenarioChoice, UnitAttempt, UnitDone
from training.pack import Lesson, Quiz, Scenario
from training.pack_exercises import Rewrite, Spot
from training.pack_live import Workshop
from training.pack_personal import Agreement, Reflection
from training.pack_practical import Practical
from training.pack_reader import read_pack
from training.practicals import handing_in
from training.practicals.handing_in import SentWork
from training.scenario import ChoiceMade

COURSES = ROOT / "training" / "courses"
SHIPPED = COURSES / "understanding-conflict"
OWN_COURSE = ROOT / "demo" / "a-reply-of-your-own"  # of the organisation itself, with a practical
PASSED_MONTHS_AGO = "conflict_months_ago"  # the column of demo/people.csv
HANDED_IN = (
    "Thank you for telling us. You noticed two things, and you are not making too much of them. Do you know where she"
    " is tonight? I cannot keep this to myself, and I will not leave you alone with it. I would tell the lead at once,"
    " before I send this."
)
DAYS_A_MONTH = 30.4
DIFFERENT_WAYS = 3  # of taking a course: the first people do each step, the others one of the same ways
Row = Mapping[str, Any]
TRAINER, HANDS_IN = "trainer@demo.test", "willow@demo.test"
BOOKED = ("volunteer@demo.test", "rook@demo.test", "birch@demo.test", "wren@demo.test")  # the last one waits


@dataclass(frozen=True, slots=True)
class Taken:
    """One person taking one course, by its code; `steps`: how far they came, None where they passed."""

    email: str
    code: str
    months_ago: float
    steps: int | None = None


TAKEN_BESIDES = (
    # Two passes that run out within the next weeks, and one that ran out two weeks ago.
    Taken("volunteer@demo.test", "listening", 23.3),
    Taken("rook@demo.test", "personal-information", 23.2),
    Taken("marlow@demo.test", "looking-after-yourself", 24.5),
    # Passed. What the programme asks for before a course was passed before it.
    Taken("volunteer@demo.test", "looking-after-yourself", 9),
    Taken("volunteer@demo.test", "personal-information", 5),
    Taken("marlow@demo.test", "recognising-risk", 10),
    Taken("marlow@demo.test", "leading-a-shift", 9),
    Taken("cedar@demo.test", "recognising-risk", 4),
    Taken("cedar@demo.test", "leading-a-shift", 3),
    Taken("birch@demo.test", "consistent-moderation", 13),
    Taken("trainer@demo.test", "community", 3),
    Taken("wren@demo.test", "recognising-risk", 8),
    Taken("lark@demo.test", "listening", 9),
    Taken("robin@demo.test", "looking-after-yourself", 2),
    # Handed in, and waits for a mark.
    Taken(HANDS_IN, "a-reply-of-your-own", 0.3),
    # Begun.
    Taken("volunteer@demo.test", "recognising-risk", 0.2, steps=2),
    Taken("coordinator@demo.test", "community", 0.5, steps=1),
    Taken("comet@demo.test", "listening", 0.4, steps=3),
    Taken("pebble@demo.test", "looking-after-yourself", 1, steps=1),
    Taken("sage@demo.test", "consistent-moderation", 0.1, steps=4),
)
"""Courses that the shipped pathway does not ask for."""


def load(demo: Demonstration) -> None:
    """Install the shipped courses, let people take them (those of the pathway when the file says), hold a session."""
    packs = [read_pack(path.parent) for path in sorted(COURSES.glob("*/course.yaml"))]
    chance = random.Random(20_270_215)  # noqa: S311  the same demonstration every time
    taken = [*_taken_for_the_pathway(demo, chance), *_taken_besides(demo)]
    taken.sort(key=lambda each: each[0])  # oldest first, so that the ledger and the audit trail run forward
    with db.writing():
        first_day = clock.on(taken[0][0], settings.current().zone) - timedelta(days=DAYS_A_MONTH)
        for pack in packs:
            catalogue.install(pack, by=None, now=_evening(first_day, 0))
        catalogue.install(read_pack(OWN_COURSE), by=demo.people[TRAINER].id, now=_evening(first_day, 1))
    with db.writing():
        taken_before: dict[str, list[TakenCourse]] = defaultdict(list)
        for at, each in taken:
            person, before = demo.people[each.email], taken_before[each.code]
            if each.steps is None and len(before) == DIFFERENT_WAYS:
                before[chance.randrange(DIFFERENT_WAYS)].repeat_for(person, now=at)
                continue
            take_course(person, each.code, now=at, chance=chance, steps=each.steps)
            if each.steps is None and each.email != HANDS_IN:
                before.append(TakenCourse.by(person, each.code, now=at))
    _hold_a_session(demo)


def _hold_a_session(demo: Demonstration) -> None:
    """A live session after the weeks that are planned: all its places are taken, and one person waits."""
    trainer = demo.people[TRAINER]
    starts_at = _evening(demo.monday + timedelta(days=22), 0)
    details = Details(
        title="Practise asking about safety",
        about="We practise in threes: one asks, one answers, one listens. Nobody has to play a part.",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        book_until=starts_at,
        link="https://meet.example.org/practise",
        place=None,
        places=len(BOOKED) - 1,
        trainers=frozenset({trainer.id}),
    )
    with db.writing():
        session = sessions.make(details, by=trainer, now=demo.now)
        for email in BOOKED:
            booking.book(session.id, demo.people[email], now=demo.now)


def _taken_for_the_pathway(demo: Demonstration, chance: random.Random) -> Iterator[tuple[datetime, Taken]]:
    """Who takes the two courses that the pathway asks for, and when they begin."""
    for email, row in demo.rows.items():
        if not row.get(PASSED_MONTHS_AGO):
            continue
        ago = float(row[PASSED_MONTHS_AGO])
        day = demo.monday - timedelta(days=round(DAYS_A_MONTH * ago) + chance.randrange(6))
        if email not in WITHOUT_SAFEGUARDING:
            # The evening before, so that one thing lapses at a time.
            yield _evening(day - timedelta(days=1), 30), Taken(email, "safeguarding", ago)
        yield _evening(day, chance.randrange(120)), Taken(email, "conflict", ago)
    yield (
        _evening(demo.monday - timedelta(days=12), 0),
        Taken(MISSING_ONLY_THE_COURSE, "safeguarding", 12 / DAYS_A_MONTH),
    )


def _taken_besides(demo: Demonstration) -> Iterator[tuple[datetime, Taken]]:
    for number, each in enumerate(TAKEN_BESIDES):
        yield _evening(demo.monday - timedelta(days=round(DAYS_A_MONTH * each.months_ago) + 1), 7 * number), each


def _evening(day: date, minutes: int) -> datetime:
    return clock.starts(day, settings.current().zone) + timedelta(hours=19, minutes=minutes)


def take_course(person: Person, code: str, *, now: datetime, chance: random.Random, steps: int | None = None) -> None:
    """Complete every remaining unit of a course with the right answers, or only the first `steps` units.

    A practical then waits for its mark.
    """
    learning.start(code, by=person, now=now)
    progress = learning.progress_in(person, code, now=now)
    for unit in progress.pack.units[:steps]:
        now += timedelta(minutes=unit.minutes)
        match unit:
            case Lesson():
                do_exercises(progress, unit, person, now=now)
                learning.mark_read(code, unit.slug, enrolment_id=progress.enrolment.id, by=person, now=now)
            case Quiz():
                _take_quiz(progress, unit, person, now=now, seed=chance.getrandbits(62))
            case Scenario():
                _take_scenario(progress, unit, person, now=now)
            case Reflection():
                enrolment_id = progress.enrolment.id
                reflections.thought_about(code, unit.slug, enrolment_id=enrolment_id, by=person, now=now)
            case Agreement():
                document, today = document_called(unit.document), clock.on(now, settings.current().zone)
                edition, enrolment_id = present_edition(document, today).number, progress.enrolment.id
                reflections.agree(code, unit.slug, enrolment_id=enrolment_id, edition=edition, by=person, now=now)
            case Practical():
                work = SentWork(progress.enrolment.id, 0, 0, HANDED_IN)
                handing_in.hand_in(code, unit.slug, work, by=person, now=now)
            case Workshop():  # as after its trainer has marked that they came
                learning.complete_unit(learning.progress_in(person, code, now=now), unit.slug, by=person, now=now)
            case _:
                assert_never(unit)


@dataclass(frozen=True, slots=True)
class TakenCourse:
    """A course that somebody passed, step by step, so that others can take it in the same way at other times.

    Loading everybody step by step took two thirds of the time of the whole demonstration.
    """

    code: str
    enrolment: Enrolment
    units: tuple[Row, ...]
    exercises: tuple[Row, ...]
    attempts: tuple[tuple[Row, tuple[Row, ...], tuple[Row, ...]], ...]  # each with its answers and its choices

    @classmethod
    def by(cls, person: Person, code: str, *, now: datetime) -> TakenCourse:
        """The latest pass of this course by a person."""
        enrolment = learning.progress_in(person, code, now=now).enrolment
        attempts = db.session.scalars(
            select(UnitAttempt).where(UnitAttempt.enrolment_id == enrolment.id).order_by(UnitAttempt.id)
        ).all()
        return cls(
            code,
            enrolment,
            _rows_of(UnitDone, UnitDone.enrolment_id == enrolment.id),
            _rows_of(ExerciseTry, ExerciseTry.enrolment_id == enrolment.id),
            tuple(
                (
                    _columns_of(attempt),
                    _rows_of(Answer, Answer.attempt_id == attempt.id),
                    _rows_of(ScenarioChoice, ScenarioChoice.attempt_id == attempt.id),
                )
                for attempt in attempts
            ),
        )

    def repeat_for(self, person: Person, *, now: datetime) -> None:
        """Let somebody begin the course now and do the same, each step as long after the beginning.

        Beginning and passing go through the use cases. A step that agrees to a document is copied without the
        evidence of agreeing, so the first to take such a course take it step by step.
        """
        enrolment = learning.start(self.code, by=person, now=now)
        later = now - self.enrolment.started_at
        *units, last = self.units
        _add_again(UnitDone, units, later, enrolment_id=enrolment.id)
        _add_again(ExerciseTry, self.exercises, later, enrolment_id=enrolment.id)
        for attempt, answers, choices in self.attempts:
            again = UnitAttempt(**_moved(attempt, later), enrolment_id=enrolment.id)
            db.session.add(again)
            db.session.flush()
            _add_again(Answer, answers, later, attempt_id=again.id)
            _add_again(ScenarioChoice, choices, later, attempt_id=again.id)
        progress = learning.progress_in(person, self.code, now=now)
        learning.complete_unit(progress, last["unit"], by=person, now=last["done_at"] + later)


def _rows_of(model: type[db.Model], condition: ColumnElement[bool]) -> tuple[Row, ...]:
    return tuple(_columns_of(row) for row in db.session.scalars(select(model).where(condition).order_by("id")))


def _columns_of(row: db.Model) -> Row:
    """The columns of a row that say nothing of whose it is."""
    columns = inspect(row).mapper.column_attrs
    return {
        each.key: getattr(row, each.key) for each in columns if each.key not in ("id", "enrolment_id", "attempt_id")
    }


def _moved(row: Row, later: timedelta) -> dict[str, Any]:
    return {key: value + later if isinstance(value, datetime) else value for key, value in row.items()}


def _add_again(model: type[db.Model], rows: Sequence[Row], later: timedelta, **whose: int) -> None:
    if rows:
        db.session.execute(insert(model), [{**_moved(row, later), **whose} for row in rows])


def do_exercises(progress: CourseProgress, unit: Lesson, person: Person, *, now: datetime) -> None:
    """Do every exercise of a lesson once, and right."""
    for state in exercise_tries.states(progress.enrolment.id, unit).values():
        exercise, right = state.exercise, exercises.right_way(state.exercise)
        shown = right if isinstance(exercise, Spot | Rewrite) else [right[position] for position in state.order]
        picked = tuple(str(position) for position in shown)
        text = exercise.example if isinstance(exercise, Rewrite) else ""
        sent = SentExercise(progress.enrolment.id, state.tries, picked, text)
        learning.do_exercise(progress.course.code, unit.slug, exercise.key, sent, by=person, now=now)


def _take_quiz(progress: CourseProgress, unit: Quiz, person: Person, *, now: datetime, seed: int) -> None:
    code = progress.course.code
    attempts.begin_quiz(code, unit.slug, shown=Shown(progress.enrolment.id, 0), by=person, now=now, seed=seed)
    attempt = attempts.quiz_attempt(progress, unit.slug)
    assert attempt is not None
    for asked in attempt.asked:
        picked = quiz.sent(asked.question, asked.drawn, quiz.right_answer(asked.question))
        attempts.answer(code, unit.slug, asked.number, picked, attempt_id=attempt.row.id, by=person, now=now)


def _take_scenario(progress: CourseProgress, unit: Scenario, person: Person, *, now: datetime) -> None:
    code = progress.course.code
    begun = attempts.begin_scenario(code, unit.slug, shown=Shown(progress.enrolment.id, 0), by=person, now=now)
    for position, (step, best) in enumerate(scenario.best_path(unit).choices):
        made = ChoiceMade(step.key, best.key)
        attempts.choose(code, unit.slug, made, attempt_id=begun.id, position=position, by=person, now=now)
