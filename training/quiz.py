"""Drawing questions for an attempt and marking the answers. Pure: the same seed draws the same questions.

An answer is a tuple of positions in the question as it was written, not as it was shown: which options were picked; for
a matching question, which right-hand side was given to each left-hand side in turn; for an ordering question, the steps
in the order that was given. For a typed answer it is a tuple of one text.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from app.refusals import Invalid
from training import typed_answers
from training.pack import (
    Matching,
    MultipleChoice,
    NumberQuestion,
    Ordering,
    Question,
    Quiz,
    ShortText,
    SingleChoice,
    TrueOrFalse,
)

TRUE, FALSE = 0, 1  # the positions of the two answers to a statement

Given: TypeAlias = tuple[int | str, ...]
"""An answer, as the module says; it is stored as it is."""

ANSWERED_BEFORE = "You had answered that question before, and the first answer counts."
NOT_ON_THE_PAGE = "That answer is not one of those on the page. Please choose again."


@dataclass(frozen=True)
class DrawnQuestion:
    """A question as one attempt shows it: `order` lists the written positions in the order shown."""

    question: str
    order: tuple[int, ...]


@dataclass(frozen=True)
class Remark:
    """The feedback on one answer that was given, or should have been; none on a typed answer that should have been."""

    about: str  # the answer, in its own words
    is_right: bool
    was_picked: bool
    feedback: str


@dataclass(frozen=True)
class Mark:
    """A marked answer."""

    is_right: bool
    remarks: tuple[Remark, ...]


def draw(
    quiz: Quiz, *, seed: int, avoid: Collection[str] = (), first: Collection[str] = ()
) -> tuple[DrawnQuestion, ...]:
    """Draw the quiz's number of questions, spread evenly over the lessons they are about.

    Questions in `first` (those once missed) are drawn and asked before all others; the others make the spread as even
    as it can be. Questions in `avoid` (those of earlier attempts) are drawn only where their lesson has no others left,
    also where they are in `first`.
    """
    chance = random.Random(seed)  # noqa: S311  shuffles questions; nothing is kept secret by it
    by_lesson: dict[str, list[Question]] = {}
    for question in quiz.questions:
        by_lesson.setdefault(question.about, []).append(question)
    for questions in by_lesson.values():
        chance.shuffle(questions)
        questions.sort(key=lambda question: question.key in avoid)
    lessons = list(by_lesson.values())
    chance.shuffle(lessons)
    sooner = set(first) - set(avoid)
    missed = _evenly([[each for each in questions if each.key in sooner] for questions in lessons], [], quiz.draw)
    others = _evenly(
        [[each for each in questions if each.key not in sooner] for questions in lessons],
        [sum(each in questions for each in missed) for questions in lessons],
        quiz.draw - len(missed),
    )
    chance.shuffle(missed)
    chance.shuffle(others)
    return tuple(DrawnQuestion(question.key, _shuffled(question, chance)) for question in (*missed, *others))


def _evenly(lessons: Sequence[list[Question]], taken: Sequence[int], most: int) -> list[Question]:
    """At most so many questions, each of the lesson with the fewest so far, counting those taken of it before."""
    counts = list(taken) or [0] * len(lessons)
    drawn: list[Question] = []
    while len(drawn) < most and any(lessons):
        lesson = min((number for number, left in enumerate(lessons) if left), key=counts.__getitem__)
        drawn.append(lessons[lesson].pop(0))
        counts[lesson] += 1
    return drawn


def shown(question: Question, *, seed: str) -> DrawnQuestion:
    """One question with its answers in an order that depends on the seed."""
    return DrawnQuestion(question.key, _shuffled(question, random.Random(seed)))  # noqa: S311  nothing is kept secret


def _shuffled(question: Question, chance: random.Random) -> tuple[int, ...]:
    order = list(range(len(answers(question))))
    if not isinstance(question, TrueOrFalse):  # "True" then "False" is what everyone expects
        chance.shuffle(order)
    while isinstance(question, Ordering) and order == sorted(order):  # steps in the right order would give it away
        chance.shuffle(order)
    return tuple(order)


def answers(question: Question) -> tuple[str, ...]:
    """The answers on offer, as written; of a matching question, its right-hand sides; none where one types."""
    match question:
        case SingleChoice() | MultipleChoice():
            return tuple(option.text for option in question.options)
        case TrueOrFalse():
            return ("True", "False")
        case Matching():
            return tuple(pair.goes_with for pair in question.pairs)
        case Ordering():
            return question.steps
        case ShortText() | NumberQuestion():
            return ()
        case _:
            assert_never(question)


def wording(question: Question) -> str:
    """What the question asks, or the statement it makes."""
    return question.says if isinstance(question, TrueOrFalse) else question.ask


def read_answer(question: Question, drawn: DrawnQuestion, picked: Sequence[str]) -> Given:
    """Turn what a form sent, positions as shown or one text, into an answer; refuses an incomplete one."""
    match question:
        case ShortText():
            return (typed_answers.read_words(_only(picked)),)
        case NumberQuestion():
            return (typed_answers.read_figure(question, _only(picked)),)
        case Ordering():
            return _read_order(drawn, picked)
        case _:
            return _read_positions(question, drawn, picked)


def _only(picked: Sequence[str]) -> str:
    if len(picked) > 1:
        raise Invalid("Write one answer.", field="picked")
    return picked[0] if picked else ""


def _positions(picked: Sequence[str]) -> list[int]:
    return [int(position) for position in picked if position.isascii() and position.isdigit()]


def _read_order(drawn: DrawnQuestion, picked: Sequence[str]) -> Given:
    """The steps in the order given; `picked` holds the place of each step, from 0, as the steps were shown."""
    places = _positions(picked)
    if len(places) != len(picked) or len(places) != len(drawn.order):
        raise Invalid("Choose a place for every line before you go on.", field="picked")
    if sorted(places) != sorted(drawn.order):
        raise Invalid("Two lines have the same place. Give each a place of its own.", field="picked")
    return tuple(drawn.order[places.index(place)] for place in range(len(places)))


def _read_positions(
    question: SingleChoice | MultipleChoice | TrueOrFalse | Matching, drawn: DrawnQuestion, picked: Sequence[str]
) -> Given:
    try:
        shown = [drawn.order[position] for position in _positions(picked)]
    except IndexError:
        raise Invalid(NOT_ON_THE_PAGE, field="picked") from None
    match question:
        case SingleChoice() | TrueOrFalse():
            if len(shown) != 1:
                raise Invalid("Choose one answer before you go on.", field="picked")
            return tuple(shown)
        case MultipleChoice():
            if not shown:
                raise Invalid("Choose at least one answer before you go on.", field="picked")
            return tuple(sorted(set(shown)))
        case Matching():
            if len(shown) != len(question.pairs) or len(picked) != len(question.pairs):
                raise Invalid("Choose something for every line before you go on.", field="picked")
            return tuple(shown)
        case _:
            assert_never(question)


def sent(question: Question, drawn: DrawnQuestion, given: Given) -> list[str]:
    """What a form sends for this answer: the inverse of `read_answer`."""
    if isinstance(question, (ShortText, NumberQuestion)):
        return [str(part) for part in given]
    if isinstance(question, Ordering):
        return [str(given.index(step)) for step in drawn.order]
    return [str(drawn.order.index(int(position))) for position in given]


def right_answer(question: Question) -> Given:
    """The right answer; of a typed one, the first that the question lists."""
    match question:
        case TrueOrFalse():
            return (TRUE if question.is_true else FALSE,)
        case Matching():
            return tuple(range(len(question.pairs)))
        case Ordering():
            return tuple(range(len(question.steps)))
        case ShortText():
            return (question.accept[0],)
        case NumberQuestion():
            return (typed_answers.plain(question.answer),)
        case SingleChoice() | MultipleChoice():
            return tuple(number for number, option in enumerate(question.options) if option.right)
        case _:
            assert_never(question)


def mark(question: Question, given: Given) -> Mark:
    """Mark an answer, which must be right in all parts, with a remark on each part that was picked or missed."""
    match question:
        case SingleChoice() | MultipleChoice():
            wanted = {number for number, option in enumerate(question.options) if option.right}
            remarks = tuple(
                Remark(option.text, option.right, number in given, option.feedback)
                for number, option in enumerate(question.options)
                if number in given or option.right
            )
            return Mark(set(given) == wanted, remarks)
        case TrueOrFalse():
            said_true = tuple(given) == (TRUE,)
            is_right = said_true == question.is_true
            feedback = question.if_true if said_true else question.if_false
            return Mark(is_right, (Remark("True" if said_true else "False", is_right, True, feedback),))
        case Matching():
            remarks = tuple(
                Remark(f"{pair.this}: {pair.goes_with}", chosen == number, chosen == number, pair.feedback)
                for number, (pair, chosen) in enumerate(zip(question.pairs, given, strict=True))
            )
            return Mark(all(remark.is_right for remark in remarks), remarks)
        case Ordering():
            return _mark_order(question, given)
        case ShortText():
            return _mark_words(question, str(given[0]))
        case NumberQuestion():
            return _mark_figure(question, str(given[0]))
        case _:
            assert_never(question)


def _mark_order(question: Ordering, given: Given) -> Mark:
    """A remark on the order as it was given, and where that is not right, one on each step that stands elsewhere."""
    is_right = given == right_answer(question)
    moved = tuple(
        Remark(question.steps[int(step)], False, True, f"You put this at {place + 1}. It comes at {int(step) + 1}.")
        for place, step in enumerate(given)
        if step != place
    )
    return Mark(is_right, (*moved, Remark("Why this order", True, True, question.feedback)))


def _mark_words(question: ShortText, words: str) -> Mark:
    if typed_answers.is_accepted(question, words):
        return Mark(True, (Remark(words, True, True, question.if_right),))
    mistake = typed_answers.mistake_in(question, words)
    feedback = mistake.feedback if mistake else question.otherwise
    return Mark(False, (Remark(words, False, True, feedback), Remark(question.accept[0], True, False, "")))


def _mark_figure(question: NumberQuestion, figure: str) -> Mark:
    off = typed_answers.distance(question, figure)
    if off == 0:
        return Mark(True, (Remark(_with_unit(question, figure), True, True, question.if_right),))
    feedback = question.if_too_low if off < 0 else question.if_too_high
    wanted = _with_unit(question, typed_answers.plain(question.answer))
    return Mark(False, (Remark(_with_unit(question, figure), False, True, feedback), Remark(wanted, True, False, "")))


def _with_unit(question: NumberQuestion, figure: str) -> str:
    return f"{figure} {question.unit}" if question.unit else figure


def is_passed(quiz: Quiz, right: int) -> bool:
    """Whether this many right answers pass the quiz."""
    return right >= quiz.pass_mark
