"""Drawing questions for an attempt and marking the answers. Pure: the same seed draws the same questions.

An answer is a tuple of positions in the question as it was written, not as it was shown: which options were picked, or,
for a matching question, which right-hand side was given to each left-hand side in turn.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import assert_never

from app.refusals import Invalid
from training.pack import Matching, MultipleChoice, Question, Quiz, SingleChoice, TrueOrFalse

TRUE, FALSE = 0, 1  # the positions of the two answers to a statement


@dataclass(frozen=True)
class DrawnQuestion:
    """A question as one attempt shows it: `order` lists the written positions in the order shown."""

    question: str
    order: tuple[int, ...]


@dataclass(frozen=True)
class Remark:
    """The feedback on one answer that was picked, or should have been."""

    about: str  # the answer, in its own words
    is_right: bool
    was_picked: bool
    feedback: str


@dataclass(frozen=True)
class Mark:
    """A marked answer."""

    is_right: bool
    remarks: tuple[Remark, ...]


def draw(quiz: Quiz, *, seed: int, avoid: Collection[str] = ()) -> tuple[DrawnQuestion, ...]:
    """Draw the quiz's number of questions, spread evenly over the lessons they are about.

    Questions in `avoid` (those of earlier attempts) are drawn only where their lesson has no others left.
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
    drawn: list[Question] = []
    while len(drawn) < quiz.draw and any(lessons):
        for questions in lessons:
            if questions and len(drawn) < quiz.draw:
                drawn.append(questions.pop(0))
    chance.shuffle(drawn)
    return tuple(DrawnQuestion(question.key, _shuffled(question, chance)) for question in drawn)


def _shuffled(question: Question, chance: random.Random) -> tuple[int, ...]:
    order = list(range(len(answers(question))))
    if not isinstance(question, TrueOrFalse):  # "True" then "False" is what everyone expects
        chance.shuffle(order)
    return tuple(order)


def answers(question: Question) -> tuple[str, ...]:
    """The answers on offer, as they were written: for a matching question, the right-hand sides."""
    match question:
        case SingleChoice() | MultipleChoice():
            return tuple(option.text for option in question.options)
        case TrueOrFalse():
            return ("True", "False")
        case Matching():
            return tuple(pair.goes_with for pair in question.pairs)
        case _:
            assert_never(question)


def wording(question: Question) -> str:
    """What the question asks, or the statement it makes."""
    return question.says if isinstance(question, TrueOrFalse) else question.ask


def read_answer(question: Question, drawn: DrawnQuestion, picked: Sequence[str]) -> tuple[int, ...]:
    """Turn the positions that a form sent, as shown, into an answer; refuses an incomplete one."""
    try:
        shown = [drawn.order[int(position)] for position in picked if position.isascii() and position.isdigit()]
    except IndexError:
        raise Invalid("That answer is not one of those on the page. Please choose again.", field="picked") from None
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


def mark(question: Question, given: Sequence[int]) -> Mark:
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
        case _:
            assert_never(question)


def is_passed(quiz: Quiz, right: int) -> bool:
    """Whether this many right answers pass the quiz."""
    return right >= quiz.pass_mark
