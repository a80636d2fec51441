"""Attempts at quizzes and scenarios: what was asked, what was answered, and when a unit is passed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import audit, db
from app.people.models import Person
from app.refusals import NotFound, PageOutOfDate
from training import practice_state, quiz, quiz_time, refreshers, scenario, tries
from training.learning import CourseProgress, complete_unit, open_progress_shown, progress_in, progress_shown
from training.models import Answer, DrawnRow, ScenarioChoice, UnitAttempt
from training.pack import Question, Quiz, Scenario
from training.quiz import DrawnQuestion, Given, Mark
from training.scenario import ChoiceMade, ScenarioPath
from training.tries import Tries


@dataclass(frozen=True)
class AskedQuestion:
    """One question of an attempt, with the answer where there is one."""

    number: int  # from 1, as it is shown
    question: Question
    drawn: DrawnQuestion
    given: Given | None

    @property
    def mark(self) -> Mark | None:
        """The marked answer, or None before it is given."""
        return None if self.given is None else quiz.mark(self.question, self.given)


@dataclass(frozen=True)
class QuizAttempt:
    """An attempt at a quiz, with its questions in the order shown."""

    row: UnitAttempt
    asked: tuple[AskedQuestion, ...]

    @property
    def next_number(self) -> int | None:
        """The number of the first question that can still be answered."""
        if self.row.finished_at is not None:
            return None
        return next((one.number for one in self.asked if one.given is None), None)

    def numbered(self, number: int) -> AskedQuestion:
        """The question of this number; refuses one that is not in this attempt."""
        if not 1 <= number <= len(self.asked):
            raise NotFound(f"This try has {len(self.asked)} questions. Open the step again to go on.")
        return self.asked[number - 1]


@dataclass(frozen=True)
class ScenarioAttempt:
    """An attempt at a scenario: every choice made, and the path that counts."""

    row: UnitAttempt
    choices_made: tuple[ChoiceMade, ...]
    path: ScenarioPath

    def takes_choices(self, progress: CourseProgress) -> bool:
        """Whether more choices may be made: what was played to its end in a passed course stays as it was played."""
        return progress.is_open or self.row.finished_at is None


def quiz_of(progress: CourseProgress, slug: str) -> Quiz:
    """The quiz of this name; refuses other units."""
    unit = progress.unit(slug)
    if not isinstance(unit, Quiz):
        raise NotFound("That step of the course asks no questions.")
    return unit


def scenario_of(progress: CourseProgress, slug: str) -> Scenario:
    """The scenario of this name; refuses other units."""
    unit = progress.unit(slug)
    if not isinstance(unit, Scenario):
        raise NotFound("That step of the course is not a practice story.")
    return unit


@dataclass(frozen=True)
class Shown:
    """What a page showed when it was opened, so that its form says what it begins."""

    enrolment_id: int
    attempts: int  # how many attempts at the unit there were


def begin_quiz(
    code: str, slug: str, *, shown: Shown, by: Person, now: datetime, seed: int | None = None
) -> UnitAttempt:
    """Begin an attempt, or return the one that is open, was passed or was begun since the page was opened.

    Questions asked before are drawn last. Refuses one more than the course allows, or too soon (see `tries`). `seed`
    decides the draw; without one it is random.
    """
    progress = open_progress_shown(by, code, shown.enrolment_id, now=now)
    unit = quiz_of(progress, slug)
    earlier = _attempts(progress, slug)
    if len(earlier) > shown.attempts or slug in progress.done:
        return earlier[-1]
    if earlier and earlier[-1].finished_at is None and not end_if_over(progress, earlier[-1], by=by, now=now):
        return earlier[-1]
    if earlier and earlier[-1].is_passed:
        return earlier[-1]
    if not tries.tries_in(progress.enrolment.id, unit, earlier, now=now).may_begin:
        raise PageOutOfDate("Another try is not open yet. This page says when it is, or whom to ask.")
    chosen = secrets.randbits(62) if seed is None else seed
    asked_before = {one["question"] for attempt in earlier for one in attempt.drawn}
    drawn = quiz.draw(unit, seed=chosen, avoid=asked_before, first=_once_missed(progress, unit))
    rows: list[DrawnRow] = [{"question": one.question, "order": list(one.order)} for one in drawn]
    attempt = _add_attempt(progress, slug, number=len(earlier) + 1, seed=chosen, drawn=rows, now=now)
    time = quiz_time.time_for(by.id, progress.course.id, unit)
    attempt.answers_until = None if time is None else now + time
    return attempt


def _once_missed(progress: CourseProgress, unit: Quiz) -> frozenset[str]:
    """The questions with which a refresher begins: those that the person has missed and not answered right since."""
    if not progress.enrolment.is_refresher:
        return frozenset()
    missed = practice_state.state_of(progress.enrolment.person_id).missed
    return refreshers.questions_missed(missed, progress.course.code, unit.slug)


OTHER_ATTEMPT = (
    "That page was from an earlier try, so what you chose there was not recorded. Here is the try you are in now."
)


def answer(
    code: str, slug: str, number: int, picked: Sequence[str], *, attempt_id: int, by: Person, now: datetime
) -> bool:
    """Save an answer to a question of this attempt and mark it. The same answer sent twice counts once.

    The last answer finishes the attempt, and a passed attempt completes the unit. Refuses an answer to an attempt that
    is not the latest, and another answer than the first. Returns False where the time of the attempt is over: then the
    answer is not taken, and the attempt is finished with those that were.
    """
    db.lock_people([by.id])
    progress = progress_in(by, code, now=now)
    attempt = quiz_attempt(progress, slug)
    if attempt is None or attempt.row.id != attempt_id:
        raise PageOutOfDate(OTHER_ATTEMPT)
    asked = attempt.numbered(number)
    is_over = attempt.row.finished_at is not None or end_if_over(progress, attempt.row, by=by, now=now)
    if asked.given is None and is_over:
        return False
    given = quiz.read_answer(asked.question, asked.drawn, picked)
    if asked.given is not None:
        if asked.given != given:
            raise PageOutOfDate(quiz.ANSWERED_BEFORE)
        return True
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
    if len(_answers(attempt.row)) == len(attempt.asked):
        _finish(progress, attempt.row, at=now, by=by, now=now)
    return True


def _finish(progress: CourseProgress, row: UnitAttempt, *, at: datetime, by: Person, now: datetime) -> None:
    """Finish an attempt at a quiz with the answers there are; a passed one completes the unit."""
    unit = progress.pack.unit(row.unit)
    assert isinstance(unit, Quiz), "an attempt with a draw is at a quiz"
    right = sum(one.is_right for one in _answers(row))
    row.finished_at, row.right_answers, row.is_passed = at, right, quiz.is_passed(unit, right)
    if row.is_passed:
        complete_unit(progress, unit.slug, by=by, now=now)


def end_if_over(progress: CourseProgress, row: UnitAttempt, *, by: Person, now: datetime) -> bool:
    """Finish an open attempt whose time is over, as of when it ended; return whether it is over."""
    if not quiz_time.is_over(row, now):
        return False
    if row.finished_at is None:
        assert row.answers_until is not None, "without a limit no time is over"
        _finish(progress, row, at=row.answers_until, by=by, now=now)
    return True


def end_over(code: str, slug: str, *, attempt_id: int, by: Person, now: datetime) -> None:
    """The same for the latest attempt at a quiz, if it is the one that the page showed."""
    db.lock_people([by.id])
    progress = progress_in(by, code, now=now)
    attempt = quiz_attempt(progress, slug)
    if attempt is None or attempt.row.id != attempt_id:
        raise PageOutOfDate(OTHER_ATTEMPT)
    end_if_over(progress, attempt.row, by=by, now=now)


def quiz_attempt(progress: CourseProgress, slug: str) -> QuizAttempt | None:
    """The latest attempt at this quiz, or None before the first."""
    unit = quiz_of(progress, slug)
    row = _latest(progress, slug)
    if row is None:
        return None
    given = {one.position: tuple(one.given) for one in _answers(row)}
    asked = tuple(
        AskedQuestion(
            position + 1,
            unit.question(one["question"]),
            DrawnQuestion(one["question"], tuple(one["order"])),
            given.get(position),
        )
        for position, one in enumerate(row.drawn)
    )
    return QuizAttempt(row, asked)


def tries_at(progress: CourseProgress, unit: Quiz, *, now: datetime) -> Tries:
    """How often this quiz may still be tried in this enrolment, and when."""
    return tries.tries_in(progress.enrolment.id, unit, _attempts(progress, unit.slug), now=now)


def begin_scenario(code: str, slug: str, *, shown: Shown, by: Person, now: datetime) -> UnitAttempt:
    """Begin an attempt at a scenario, abandoning an open one; in a passed course too, for practice.

    A form that is sent twice begins one.
    """
    progress = progress_shown(by, code, shown.enrolment_id, now=now)
    scenario_of(progress, slug)
    earlier = _attempts(progress, slug)
    if len(earlier) > shown.attempts:
        return earlier[-1]
    if earlier and earlier[-1].finished_at is None:
        earlier[-1].finished_at, earlier[-1].is_passed = now, False
        db.session.flush()
    return _add_attempt(progress, slug, number=len(earlier) + 1, seed=None, drawn=[], now=now)


def choose(
    code: str, slug: str, made: ChoiceMade, *, attempt_id: int, position: int, by: Person, now: datetime
) -> None:
    """Save a choice made at a step of this attempt; `position` is the number of choices made when the page was opened.

    The same choice sent twice counts once. Reaching an ending that completes also completes the unit. Refuses a choice
    for an attempt that is not the latest, and one that would change an attempt of a passed course.
    """
    db.lock_people([by.id])
    progress = progress_in(by, code, now=now)
    unit = scenario_of(progress, slug)
    attempt = scenario_attempt(progress, slug)
    if attempt is None or attempt.row.id != attempt_id:
        raise PageOutOfDate(OTHER_ATTEMPT)
    if position < len(attempt.choices_made) and attempt.choices_made[position] == made:
        return
    if position != len(attempt.choices_made):
        raise PageOutOfDate(scenario.MOVED_ON)
    if not attempt.takes_choices(progress):
        raise PageOutOfDate(
            "This practice is finished, and stays as you played it. Begin it again to try other replies."
        )
    path = scenario.choose(unit, attempt.path, made)
    db.session.add(
        ScenarioChoice(attempt_id=attempt.row.id, position=position, step=made.step, choice=made.choice, chosen_at=now)
    )
    if scenario.completes(unit, path):
        if attempt.row.finished_at is None:
            attempt.row.finished_at, attempt.row.is_passed = now, True
        complete_unit(progress, slug, by=by, now=now)


def scenario_attempt(progress: CourseProgress, slug: str) -> ScenarioAttempt | None:
    """The latest attempt at this scenario, or None before the first."""
    unit = scenario_of(progress, slug)
    row = _latest(progress, slug)
    if row is None:
        return None
    rows = db.session.scalars(
        select(ScenarioChoice).where(ScenarioChoice.attempt_id == row.id).order_by(ScenarioChoice.position)
    )
    choices_made = tuple(ChoiceMade(one.step, one.choice) for one in rows)
    return ScenarioAttempt(row, choices_made, scenario.path_of(unit, choices_made))


def share(code: str, slug: str, *, share_it: bool, attempt_id: int, by: Person, now: datetime) -> None:
    """Let staff who read results see one's own path through a story that was played to an ending, or take that back."""
    db.lock_people([by.id])
    progress = progress_in(by, code, now=now)
    attempt = scenario_attempt(progress, slug)
    if attempt is None or attempt.row.id != attempt_id or attempt.path.ending is None:
        raise PageOutOfDate(OTHER_ATTEMPT)
    if share_it == (attempt.row.shared_at is not None):
        return
    attempt.row.shared_at = now if share_it else None
    audit.record(
        "training.path-shared" if share_it else "training.path-no-longer-shared",
        by=by.id,
        subject=f"enrolment:{progress.enrolment.id}",
        now=now,
        details={"unit": slug, "attempt": attempt_id},
    )


def _add_attempt(
    progress: CourseProgress, slug: str, *, number: int, seed: int | None, drawn: list[DrawnRow], now: datetime
) -> UnitAttempt:
    attempt = UnitAttempt(
        enrolment_id=progress.enrolment.id, unit=slug, number=number, seed=seed, drawn=drawn, started_at=now
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def _attempts(progress: CourseProgress, slug: str) -> list[UnitAttempt]:
    rows = db.session.scalars(
        select(UnitAttempt)
        .where(UnitAttempt.enrolment_id == progress.enrolment.id, UnitAttempt.unit == slug)
        .order_by(UnitAttempt.number)
    )
    return list(rows)


def _latest(progress: CourseProgress, slug: str) -> UnitAttempt | None:
    return db.session.scalars(
        select(UnitAttempt)
        .where(UnitAttempt.enrolment_id == progress.enrolment.id, UnitAttempt.unit == slug)
        .order_by(UnitAttempt.number.desc())
        .limit(1)
    ).one_or_none()


def _answers(attempt: UnitAttempt) -> list[Answer]:
    rows = db.session.scalars(select(Answer).where(Answer.attempt_id == attempt.id).order_by(Answer.position))
    return list(rows)
