"""Exercises within a lesson: what is read at one, and marking what a reader did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from training.pack_exercises import Exercise, Order, Rewrite, Sort, Spot


def have_hard_words(exercises: Iterable[Exercise]) -> bool:
    """Whether some line of a thread has a gentler version, for readers who skip hard words."""
    return any(line.gentler for exercise in exercises if isinstance(exercise, Spot) for line in exercise.lines)


def words_of(exercise: Exercise) -> list[str]:
    """Every text of an exercise that a reader comes to read, before and after doing it; without the hint."""
    match exercise:
        case Spot():
            own = [text for line in exercise.lines for text in (line.who, line.text, line.feedback)]
        case Sort():
            own = [*exercise.boxes, *(text for item in exercise.items for text in (item.text, item.feedback))]
        case Order():
            own = [*exercise.steps, exercise.feedback]
        case Rewrite():
            own = [exercise.text, *exercise.look_for, exercise.example, exercise.because]
        case _:
            assert_never(exercise)
    return [exercise.ask, *own]
