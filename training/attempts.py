"""Tries at a quiz and walks through a scenario: what was asked, what was answered, and when it is passed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict, NotFound
from training import quiz, scenario
from training.learning import Way, open_way_of, unit_done
from training.models import Answer, ScenarioChoice, UnitAttempt
from training.pack import Question, Quiz, Scenario
from training.quiz import Drawn, Mark
from training.scenario import NotWhereYouAre, Taken, Walk


@dataclass(frozen=True)
class Asked:
    """One question of an attempt, with the answer where there is one."""

    number: int  # from 1, as it is shown
    question: Question
    drawn: Drawn
    given: tuple[int, ...] | None

    @property
    def mark(self) -> Mark | None:
        """How the answer came out, or None while there is none."""
        return None if self.given is None else quiz.mark(self.question, self.given)


@dataclass(frozen=True)
class QuizAttempt:
    """A try at a quiz as it stands."""

    row: UnitAttempt
    asked: tuple[Asked, ...]

    @property
    def next_number(self) -> int | None:
        """The number of the first question not answered yet."""
        return next((one.number for one in self.asked if one.given is None), None)

    def numbered(self, number: int) -> Asked:
        """The question of this number; refuses one that is not in this attempt."""
        if not 1 <= number <= len(self.asked):
            raise NotFound(f"This try has {len(self.asked)} questions. Open the step again to go on.")
        return self.asked[number - 1]


@dataclass(frozen=True)
class WalkAttempt:
    """A walk through a scenario as it stands."""

    row: UnitAttempt
    taken: tuple[Taken, ...]
    walk: Walk


def quiz_of(way: Way, slug: str) -> Quiz:
    """The quiz of this name; refuses a unit that is none."""
    unit = way.unit(slug)
    if not isinstance(unit, Quiz):
        raise NotFound("That step of the course asks no questions.")
    return unit


def scenario_of(way: Way, slug: str) -> Scenario:
    """The scenario of this name; refuses a unit that is none."""
    unit = way.unit(slug)
    if not isinstance(unit, Scenario):
        raise NotFound("That step of the course is no practice story.")
    return unit


def begin_quiz(code: str, slug: str, *, by: Person, now: datetime, seed: int | None = None) -> UnitAttempt:
    """Begin a try, or find the one that is open or was passed. Questions of earlier tries come again last.

    `seed` decides the draw; without one, chance does.
    """
    way = open_way_of(by, code)
    unit = quiz_of(way, slug)
    earlier = _attempts(way, slug)
    if earlier and (earlier[-1].finished_at is None or slug in way.done):
        return earlier[-1]
    chosen = secrets.randbits(62) if seed is None else seed
    asked_before = {one["question"] for attempt in earlier for one in attempt.drawn}
    drawn = quiz.draw(unit, seed=chosen, avoid=asked_before)
    return _add_attempt(
        way,
        slug,
        number=len(earlier) + 1,
        seed=chosen,
        drawn=[{"question": one.question, "order": list(one.order)} for one in drawn],
        now=now,
    )


def answer(code: str, slug: str, number: int, picked: Sequence[str], *, by: Person, now: datetime) -> bool:
    """Keep an answer and mark it; say whether it was kept, which it is not when there is one already.

    With the last question the try is judged, and a passed try does the unit.
    """
    way = open_way_of(by, code)
    unit = quiz_of(way, slug)
    attempt = quiz_attempt(way, slug)
    if attempt is None:
        raise Conflict("This try is not open any more. Open the step again to go on.")
    asked = attempt.numbered(number)
    if asked.given is not None:
        return False
    given = quiz.read_answer(asked.question, asked.drawn, picked)
    db.session.add(
        Answer(
            attempt_id=attempt.row.id,
            position=number - 1,
            question=asked.question.key,
            given=list(given),
            is_right=quiz.mark(asked.question, given).is_right,
            answered_at=now,
        )
    )
    db.session.flush()
    right = [one for one in _answers(attempt.row) if one.is_right]
    if len(_answers(attempt.row)) == len(attempt.asked):
        attempt.row.finished_at = now
        attempt.row.right_answers = len(right)
        attempt.row.is_passed = quiz.is_passed(unit, len(right))
        if attempt.row.is_passed:
            unit_done(way, slug, by=by, now=now)
    return True


def quiz_attempt(way: Way, slug: str) -> QuizAttempt | None:
    """The latest try at this quiz, or None before the first."""
    unit = quiz_of(way, slug)
    row = _latest(way, slug)
    if row is None:
        return None
    given = {one.position: tuple(one.given) for one in _answers(row)}
    asked = tuple(
        Asked(
            position + 1,
            unit.question(one["question"]),
            Drawn(one["question"], tuple(one["order"])),
            given.get(position),
        )
        for position, one in enumerate(row.drawn)
    )
    return QuizAttempt(row, asked)


def begin_walk(code: str, slug: str, *, by: Person, now: datetime, after: int) -> UnitAttempt:
    """Begin a walk, leaving an open one. `after` is the number of walks the reader knew of, so twice
    counts once.
    """
    way = open_way_of(by, code)
    scenario_of(way, slug)
    earlier = _attempts(way, slug)
    if len(earlier) > after:
        return earlier[-1]
    if earlier and earlier[-1].finished_at is None:
        earlier[-1].finished_at, earlier[-1].is_passed = now, False
        db.session.flush()
    return _add_attempt(way, slug, number=len(earlier) + 1, seed=None, drawn=[], now=now)


def choose(code: str, slug: str, *, step: str, choice: str, position: int, by: Person, now: datetime) -> None:
    """Keep a choice made at a step; `position` says how many were made when the page was opened.

    The same choice sent twice counts once. Reaching an ending that completes does the unit.
    """
    way = open_way_of(by, code)
    unit = scenario_of(way, slug)
    attempt = walk_attempt(way, slug)
    if attempt is None:
        raise NotWhereYouAre("This walk has not begun yet. Here is its beginning.")
    one = Taken(step, choice)
    if position < len(attempt.taken) and attempt.taken[position] == one:
        return
    if position != len(attempt.taken):
        raise NotWhereYouAre("The story has moved on since this page was opened. Here is where you are now.")
    after = scenario.choose(unit, attempt.walk, one)
    db.session.add(
        ScenarioChoice(attempt_id=attempt.row.id, position=position, step=step, choice=choice, chosen_at=now)
    )
    if after.ending is not None and after.ending.completes:
        if attempt.row.finished_at is None:
            attempt.row.finished_at, attempt.row.is_passed = now, True
        unit_done(way, slug, by=by, now=now)


def walk_attempt(way: Way, slug: str) -> WalkAttempt | None:
    """The latest walk through this scenario, or None before the first."""
    unit = scenario_of(way, slug)
    row = _latest(way, slug)
    if row is None:
        return None
    rows = db.session.scalars(
        select(ScenarioChoice).where(ScenarioChoice.attempt_id == row.id).order_by(ScenarioChoice.position)
    )
    taken = tuple(Taken(one.step, one.choice) for one in rows)
    return WalkAttempt(row, taken, scenario.walk(unit, taken))


def _add_attempt(
    way: Way, slug: str, *, number: int, seed: int | None, drawn: list[dict[str, object]], now: datetime
) -> UnitAttempt:
    attempt = UnitAttempt(
        enrolment_id=way.enrolment.id, unit=slug, number=number, seed=seed, drawn=drawn, started_at=now
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _attempts(way: Way, slug: str) -> list[UnitAttempt]:
    rows = db.session.scalars(
        select(UnitAttempt)
        .where(UnitAttempt.enrolment_id == way.enrolment.id, UnitAttempt.unit == slug)
        .order_by(UnitAttempt.number)
    )
    return list(rows)


def _latest(way: Way, slug: str) -> UnitAttempt | None:
    return db.session.scalars(
        select(UnitAttempt)
        .where(UnitAttempt.enrolment_id == way.enrolment.id, UnitAttempt.unit == slug)
        .order_by(UnitAttempt.number.desc())
        .limit(1)
    ).one_or_none()


def _answers(attempt: UnitAttempt) -> list[Answer]:
    rows = db.session.scalars(select(Answer).where(Answer.attempt_id == attempt.id).order_by(Answer.position))
    return list(rows)
