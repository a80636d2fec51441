"""Checks of a lesson's exercises that their types cannot express: each is placed once, and each can be done right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import assert_never

from app.policies.yaml_lines import Place
from training import lessons
from training.pack import Lesson
from training.pack_exercises import Exercise, Order, Rewrite, Sort, Spot


def check_exercises(lesson: Lesson) -> Iterator[tuple[Place, str]]:
    """Every fault of the exercises of a lesson: its place within the lesson, and a sentence for the author."""
    for number in _repeated(exercise.key for exercise in lesson.exercises):
        yield (
            ("exercises", number, "key"),
            f"two exercises are called “{lesson.exercises[number].key}”; each needs a key of its own.",
        )
    yield from _check_places(lesson)
    for number, exercise in enumerate(lesson.exercises):
        for place, sentence in _check(exercise):
            yield ("exercises", number, *place), sentence


def _check_places(lesson: Lesson) -> Iterator[tuple[Place, str]]:
    placed = [block for block in lessons.blocks(lesson.body) if block.kind == "do"]
    known = {exercise.key for exercise in lesson.exercises}
    for block in placed:
        if block.name and block.name not in known:
            yield ("body", block.line), f"there is no exercise “{block.name}” in the head of this lesson."
    for number in _repeated(block.name for block in placed):
        yield ("body", placed[number].line), f"exercise “{placed[number].name}” is placed twice."
    names = {block.name for block in placed}
    for number, exercise in enumerate(lesson.exercises):
        if exercise.key not in names:
            yield (
                ("exercises", number, "key"),
                f"exercise “{exercise.key}” is never placed: the text needs a block “do {exercise.key}”.",
            )


def _check(exercise: Exercise) -> Iterator[tuple[Place, str]]:
    match exercise:
        case Spot():
            yield from _check_spot(exercise)
        case Sort():
            yield from _check_sort(exercise)
        case Order():
            yield from _once("steps", exercise.steps, f"exercise “{exercise.key}” has the same step twice.")
        case Rewrite():
            yield from _once(
                "look_for", exercise.look_for, f"exercise “{exercise.key}” looks for the same thing twice."
            )
        case _:
            assert_never(exercise)


def _check_spot(exercise: Spot) -> Iterator[tuple[Place, str]]:
    right = sum(line.right for line in exercise.lines)
    if right == 0:
        yield ("lines",), f"exercise “{exercise.key}” has no right line, so nobody could find one."
    elif right == len(exercise.lines):
        yield ("lines",), f"every line of exercise “{exercise.key}” is right, so it asks nothing."
    texts = [f"{line.who} {line.text}" for line in exercise.lines]
    yield from _once("lines", texts, f"exercise “{exercise.key}” has the same line twice.")


def _check_sort(exercise: Sort) -> Iterator[tuple[Place, str]]:
    yield from _once("boxes", exercise.boxes, f"exercise “{exercise.key}” has the same box twice.")
    yield from _once(
        "items", [item.text for item in exercise.items], f"exercise “{exercise.key}” has the same item twice."
    )
    for number, item in enumerate(exercise.items):
        if item.goes_in not in exercise.boxes:
            yield (
                ("items", number, "goes_in"),
                f"“{item.goes_in}” is not a box of exercise “{exercise.key}”; there are {', '.join(exercise.boxes)}.",
            )
    if len({item.goes_in for item in exercise.items}) == 1:
        yield ("items",), f"every item of exercise “{exercise.key}” goes into the same box, so it asks nothing."


def _once(field: str, texts: Iterable[str], sentence: str) -> Iterator[tuple[Place, str]]:
    return (((field, position), sentence) for position in _repeated(text.casefold() for text in texts))


def _repeated(names: Iterable[str]) -> Iterator[int]:
    """The position of each name that occurred before."""
    counts: Counter[str] = Counter()
    for position, name in enumerate(names):
        if counts[name]:
            yield position
        counts[name] += 1
