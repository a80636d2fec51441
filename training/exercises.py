"""Exercises within a lesson: the order they are shown in, reading what a form sends, and marking it. Pure.

What a reader did is a tuple of positions in the exercise as it was written, not as it was shown: the lines chosen; the
box of each item in turn; the place of each step in turn; or, of a reply, what the reader ticked off.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from app.refusals import Invalid
from training.pack_exercises import Exercise, Order, Rewrite, Sort, Spot


@dataclass(frozen=True)
class Remark:
    """What is said about one line, item or step, after it was done."""

    about: str
    is_right: bool
    verdict: str  # in words, because a sign or a colour alone says nothing to some
    feedback: str | None


@dataclass(frozen=True)
class Mark:
    """A marked exercise, its remarks in the order that is right."""

    is_right: bool
    remarks: tuple[Remark, ...]


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


def shown_order(exercise: Exercise, *, seed: str) -> tuple[int, ...]:
    """The written positions in the order shown: the same for the same seed, and never the right order of steps."""
    chance = random.Random(seed)  # noqa: S311  shuffles items; nothing is kept secret by it
    match exercise:
        case Spot():
            return tuple(range(len(exercise.lines)))
        case Sort():
            return tuple(chance.sample(range(len(exercise.items)), len(exercise.items)))
        case Order():
            order = chance.sample(range(len(exercise.steps)), len(exercise.steps))
            return tuple(order if order != sorted(order) else [*order[1:], order[0]])
        case Rewrite():
            return tuple(range(len(exercise.look_for)))
        case _:
            assert_never(exercise)


def read_done(exercise: Exercise, order: Sequence[int], picked: Sequence[str], *, text: str = "") -> tuple[int, ...]:
    """Turn what a form sent, in the order shown, into what was done; refuses an unfinished exercise."""
    match exercise:
        case Spot():
            if not picked:
                raise Invalid("Choose at least one line before you check.", field="picked")
            return _positions(picked, len(exercise.lines))
        case Sort():
            return _by_item(order, _each(picked, len(exercise.items), of=len(exercise.boxes), what="item"))
        case Order():
            places = _each(picked, len(exercise.steps), of=len(exercise.steps), what="step")
            if len(set(places)) < len(places):
                raise Invalid("Two steps have the same place. Give each a place of its own.", field="picked")
            return _by_item(order, places)
        case Rewrite():
            if not text.strip():
                raise Invalid("Write a reply of your own first. One sentence is enough.", field="text")
            return _positions(picked, len(exercise.look_for))
        case _:
            assert_never(exercise)


OTHER_PAGE = "That is not one of the answers on the page. Please choose again."


def _positions(picked: Sequence[str], most: int) -> tuple[int, ...]:
    chosen = {int(one) for one in picked if one.isascii() and one.isdigit()}
    if any(position >= most for position in chosen):
        raise Invalid(OTHER_PAGE, field="picked")
    return tuple(sorted(chosen))


def _each(picked: Sequence[str], count: int, *, of: int, what: str) -> list[int]:
    """What was chosen for each item, in the order shown."""
    chosen = [int(one) for one in picked if one.isascii() and one.isdigit()]
    if len(chosen) != count or len(picked) != count:
        raise Invalid(f"Choose something for every {what} before you check.", field="picked")
    if any(position >= of for position in chosen):
        raise Invalid(OTHER_PAGE, field="picked")
    return chosen


def _by_item(order: Sequence[int], chosen: Sequence[int]) -> tuple[int, ...]:
    """The same in the order in which the exercise was written."""
    return tuple(choice for _item, choice in sorted(zip(order, chosen, strict=True)))


def right_way(exercise: Exercise) -> tuple[int, ...]:
    """What somebody did who got everything right; of a reply, everything ticked off."""
    match exercise:
        case Spot():
            return tuple(number for number, line in enumerate(exercise.lines) if line.right)
        case Sort():
            return tuple(exercise.boxes.index(item.goes_in) for item in exercise.items)
        case Order():
            return tuple(range(len(exercise.steps)))
        case Rewrite():
            return tuple(range(len(exercise.look_for)))
        case _:
            assert_never(exercise)


def mark(exercise: Exercise, done: Sequence[int]) -> Mark:
    """Mark what was done, with a remark on every part. A reply is never wrong: its reader compares it."""
    match exercise:
        case Spot():
            remarks = tuple(
                Remark(line.text, line.right == (number in done), _found(line.right, number in done), line.feedback)
                for number, line in enumerate(exercise.lines)
            )
        case Sort():
            remarks = tuple(
                Remark(item.text, said == item.goes_in, _sorted(said, item.goes_in), item.feedback)
                for item, said in zip(exercise.items, (exercise.boxes[box] for box in done), strict=True)
            )
        case Order():
            remarks = tuple(
                Remark(step, place == number, _placed(place, number), None)
                for number, (step, place) in enumerate(zip(exercise.steps, done, strict=True))
            )
        case Rewrite():
            remarks = tuple(
                Remark(words, number in done, "You ticked this" if number in done else "Not ticked", None)
                for number, words in enumerate(exercise.look_for)
            )
            return Mark(is_right=True, remarks=remarks)
        case _:
            assert_never(exercise)
    return Mark(all(remark.is_right for remark in remarks), remarks)


def _found(is_right: bool, was_chosen: bool) -> str:
    if is_right:
        return "Yes, you found it" if was_chosen else "This is one too"
    return "Not this one" if was_chosen else "You left it, rightly"


def _sorted(said: str, goes_in: str) -> str:
    return f"Yes, “{goes_in}”" if said == goes_in else f"This is “{goes_in}”, and you chose “{said}”"


PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def _placed(place: int, right: int) -> str:
    return f"Yes, {PLACES[right]}" if place == right else f"You put this {PLACES[place]}"
