"""What people did in the exercises of lessons, as it is kept: each try is a row, and the latest counts.

The text of a reply is for its writer alone. Only the latest is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from app import db
from training import exercises
from training.exercises import Mark
from training.models import ExerciseTry
from training.pack import Lesson
from training.pack_exercises import Exercise


@dataclass(frozen=True)
class SentExercise:
    """An exercise as a form sent it: which enrolment and how many tries its page showed, and what was done."""

    enrolment_id: int
    tries: int
    picked: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class ExerciseState:
    """An exercise as one reader sees it."""

    exercise: Exercise
    order: tuple[int, ...]  # the written positions in the order shown
    tries: int
    done: tuple[int, ...] | None  # in the latest try; None before the first
    text: str | None

    @property
    def mark(self) -> Mark | None:
        """The latest try, marked, or None before the first."""
        return None if self.done is None else exercises.mark(self.exercise, self.done)


def states(enrolment_id: int, lesson: Lesson) -> dict[str, ExerciseState]:
    """Every exercise of a lesson by its key, as this enrolment's reader sees it."""
    latest = _latest(enrolment_id, lesson) if lesson.exercises else {}
    return {exercise.key: _state(enrolment_id, lesson, exercise, latest) for exercise in lesson.exercises}


def left_to_do(enrolment_id: int, lesson: Lesson) -> list[Exercise]:
    """The exercises of a lesson that were not done yet, in the order of its head."""
    return [state.exercise for state in states(enrolment_id, lesson).values() if state.done is None]


def add_try(enrolment_id: int, lesson: Lesson, exercise: Exercise, sent: SentExercise, *, now: datetime) -> None:
    """Keep what was done, as the latest try. A form that is sent twice counts once. Refuses an unfinished exercise.

    Call it with the person locked, so that the numbers of tries follow one another.
    """
    before = states(enrolment_id, lesson)[exercise.key]
    done = exercises.read_done(exercise, before.order, sent.picked, text=sent.text)
    if sent.tries < before.tries and _was_kept(enrolment_id, lesson, exercise, sent, done):
        return
    forget_text(enrolment_id, lesson, exercise)
    db.session.add(
        ExerciseTry(
            enrolment_id=enrolment_id,
            unit=lesson.slug,
            exercise=exercise.key,
            number=before.tries + 1,
            done=list(done),
            text=sent.text or None,
            done_at=now,
        )
    )
    db.session.flush()


def _was_kept(enrolment_id: int, lesson: Lesson, exercise: Exercise, sent: SentExercise, done: tuple[int, ...]) -> bool:
    """Whether the try that followed the page of this form is this very form, sent before."""
    kept = db.session.scalars(
        select(ExerciseTry).where(
            ExerciseTry.enrolment_id == enrolment_id,
            ExerciseTry.unit == lesson.slug,
            ExerciseTry.exercise == exercise.key,
            ExerciseTry.number == sent.tries + 1,
        )
    ).one_or_none()
    return kept is not None and tuple(kept.done) == done and (kept.text or "") == sent.text


def forget_text(enrolment_id: int, lesson: Lesson, exercise: Exercise) -> None:
    """Delete what was written in an exercise; that it was done stays."""
    db.session.execute(
        update(ExerciseTry)
        .where(
            ExerciseTry.enrolment_id == enrolment_id,
            ExerciseTry.unit == lesson.slug,
            ExerciseTry.exercise == exercise.key,
            ExerciseTry.text.is_not(None),
        )
        .values(text=None)
    )


def _latest(enrolment_id: int, lesson: Lesson) -> dict[str, ExerciseTry]:
    rows = db.session.scalars(
        select(ExerciseTry)
        .where(ExerciseTry.enrolment_id == enrolment_id, ExerciseTry.unit == lesson.slug)
        .order_by(ExerciseTry.number)
    )
    return {row.exercise: row for row in rows}


def _state(enrolment_id: int, lesson: Lesson, exercise: Exercise, latest: Mapping[str, ExerciseTry]) -> ExerciseState:
    row = latest.get(exercise.key)
    return ExerciseState(
        exercise,
        exercises.shown_order(exercise, seed=f"{enrolment_id}:{lesson.slug}:{exercise.key}"),
        tries=row.number if row else 0,
        done=tuple(row.done) if row else None,
        text=row.text if row else None,
    )
