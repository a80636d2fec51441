"""Training's part of the demonstration: the shipped course, and people who took it at plausible times.

Everybody goes through the same use cases as on the pages.
"""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import assert_never

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
from training.pack import Lesson, Quiz, Scenario, Step
from training.pack_exercises import Rewrite, Spot
from training.pack_personal import Agreement, Reflection
from training.pack_practical import Practical
from training.pack_reader import read_pack
from training.practicals import handing_in
from training.practicals.handing_in import SentWork
from training.scenario import ChoiceMade

SHIPPED = ROOT / "training" / "courses" / "understanding-conflict"
SAFEGUARDING = ROOT / "training" / "courses" / "safeguarding-essentials"
PASSED_MONTHS_AGO = "conflict_months_ago"  # the column of demo/people.csv
DAYS_A_MONTH = 30.4


def load(demo: Demonstration) -> None:
    """Install the two courses that the pathway asks for, and let people take them at the times that the file gives."""
    pack, safeguarding = read_pack(SHIPPED), read_pack(SAFEGUARDING)
    learners = [
        (email, float(row[PASSED_MONTHS_AGO])) for email, row in demo.rows.items() if row.get(PASSED_MONTHS_AGO)
    ]
    first_day = demo.monday - timedelta(days=DAYS_A_MONTH * (max(ago for _email, ago in learners) + 1))
    with db.writing():
        catalogue.install(pack, by=None, now=_evening(first_day, 0))
        catalogue.install(safeguarding, by=None, now=_evening(first_day, 0))
    chance = random.Random(20_270_215)  # noqa: S311  the same demonstration every time
    with db.writing():
        # Oldest first, so that the ledger and the audit trail run forward.
        for email, ago in sorted(learners, key=lambda learner: -learner[1]):
            person = demo.people[email]
            day = demo.monday - timedelta(days=round(DAYS_A_MONTH * ago) + chance.randrange(6))
            if email not in WITHOUT_SAFEGUARDING:
                # The evening before, so that one thing lapses at a time.
                take_course(person, safeguarding.code, now=_evening(day - timedelta(days=1), 30), chance=chance)
            take_course(person, pack.code, now=_evening(day, chance.randrange(120)), chance=chance)
        only_safe = demo.people[MISSING_ONLY_THE_COURSE]
        take_course(only_safe, safeguarding.code, now=_evening(demo.monday - timedelta(days=12), 0), chance=chance)


def _evening(day: date, minutes: int) -> datetime:
    return clock.starts(day, settings.current().zone) + timedelta(hours=19, minutes=minutes)


def take_course(person: Person, code: str, *, now: datetime, chance: random.Random) -> None:
    """Complete every remaining unit of a course with the right answers; a practical then waits for its mark."""
    learning.start(code, by=person, now=now)
    progress = learning.progress_in(person, code, now=now)
    for unit in progress.pack.units:
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
                work = SentWork(progress.enrolment.id, 0, 0, "I would ask how they are, and tell the lead.")
                handing_in.hand_in(code, unit.slug, work, by=person, now=now)
            case _:
                assert_never(unit)


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
    position, step = 0, unit.steps[0]
    while isinstance(step, Step):
        best = scenario.strongest(step)
        made = ChoiceMade(step.key, best.key)
        attempts.choose(code, unit.slug, made, attempt_id=begun.id, position=position, by=person, now=now)
        attempt = attempts.scenario_attempt(progress, unit.slug)
        assert attempt is not None
        position += 1
        if not isinstance(attempt.path.at, Step):
            return
        step = attempt.path.at
