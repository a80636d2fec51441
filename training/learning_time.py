"""How long learning takes, estimated from the words to read and from what there is to do.

Authors state the minutes of each unit, and people plan their evening by them; this estimate is what a test compares the
shipped course with, and what `training import` tells authors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from progression.documents.shipped import DOCUMENTS, shipped_text
from training import exercises, quiz, scenario
from training.pack import (
    Lesson,
    Matching,
    MultipleChoice,
    NumberQuestion,
    Ordering,
    Question,
    Quiz,
    Scenario,
    ShortText,
    SingleChoice,
    TrueOrFalse,
)
from training.pack_exercises import Exercise, Order, Rewrite, Sort, Spot
from training.pack_personal import Agreement, Reflection
from training.pack_practical import Practical

# Adults read about 238 words a minute silently (Brysbaert, "How many words do we read per minute?", Journal of Memory
# and Language 109, 2019); fewer, because some read in a second language, with a screen reader or late at night.
WORDS_A_MINUTE = 200
# To weigh the answers of a question or of a moment in a story after reading them; our own choice.
MINUTES_A_DECISION = 0.5
# To weigh one line of a thread, one item to sort or one step to place; our own choice.
MINUTES_A_PLACING = 0.15
# To think of a reply, write it and compare it; our own choice. People type 36 words a minute on phones (Palin et al.,
# "How do people type on mobile devices?", MobileHCI 2019), and a reply has about 40.
MINUTES_A_REPLY = 2
# To think a task through and write it, or to hold a conversation and hear what was seen in it; our own choice.
MINUTES_A_PRACTICAL = 25


def of_lesson(unit: Lesson) -> float:
    """About how many minutes a lesson takes, with its exercises."""
    return _reading([unit.content_note, unit.body]) + sum(map(_doing, unit.exercises))


def of_quiz(unit: Quiz) -> float:
    """About how many minutes a quiz takes: each question as often as it is drawn."""
    each = sum(_reading(_words_of(question)) for question in unit.questions) / len(unit.questions)
    return _reading([unit.lead]) + unit.draw * (each + MINUTES_A_DECISION)


def of_reflection(unit: Reflection) -> float:
    """About how many minutes a reflection takes: to think about each question, and to write a little."""
    return _reading([unit.lead, *unit.questions]) + len(unit.questions) * MINUTES_A_REPLY


def of_agreement(unit: Agreement) -> float:
    """About how many minutes an agreement takes, by the shipped text of its document."""
    document = next((each for each in DOCUMENTS if each.key == unit.document), None)
    return _reading([unit.lead, shipped_text(document) if document else None]) + MINUTES_A_DECISION


def of_practical(unit: Practical) -> float:
    """About how many minutes a practical takes, without the wait for its mark."""
    return _reading([unit.content_note, unit.lead, unit.task]) + MINUTES_A_PRACTICAL


def _reading(texts: Iterable[str | None]) -> float:
    return sum(len(text.split()) for text in texts if text) / WORDS_A_MINUTE


def _doing(exercise: Exercise) -> float:
    """To read an exercise, to do it once, and to read what is said about it."""
    reading = _reading(exercises.words_of(exercise))
    match exercise:
        case Spot():
            return reading + len(exercise.lines) * MINUTES_A_PLACING
        case Sort():
            return reading + len(exercise.items) * MINUTES_A_PLACING
        case Order():
            return reading + len(exercise.steps) * MINUTES_A_PLACING
        case Rewrite():
            return reading + MINUTES_A_REPLY
        case _:
            assert_never(exercise)


def _words_of(question: Question) -> list[str]:
    """What is read at a question: itself, its answers, and the feedback on one of them."""
    texts = [quiz.wording(question), *quiz.answers(question)]
    match question:
        case SingleChoice() | MultipleChoice():
            feedback = [option.feedback for option in question.options]
        case TrueOrFalse():
            feedback = [question.if_true, question.if_false]
        case Matching():
            return [*texts, *(part for pair in question.pairs for part in (pair.this, pair.feedback))]
        case Ordering():
            feedback = [question.feedback]
        case ShortText():
            feedback = [question.if_right, question.otherwise, *(one.feedback for one in question.mistakes)]
        case NumberQuestion():
            feedback = [question.if_right, question.if_too_low, question.if_too_high]
        case _:
            assert_never(question)
    return [*texts, max(feedback, key=len)]


def of_scenario(unit: Scenario) -> float:
    """About how many minutes a story takes along its best path."""
    estimate, step = _reading([unit.content_note, unit.lead]), unit.step(unit.steps[0].key)
    passed: set[str] = set()
    while step is not None and step.key not in passed:
        passed.add(step.key)
        chosen = scenario.strongest(step)
        estimate += MINUTES_A_DECISION + _reading(
            [
                step.story,
                *(said.text for said in step.said),
                step.ask,
                *(choice.text for choice in step.choices),
                chosen.you_say,
                *(said.text for said in chosen.then),
                chosen.feedback,
            ]
        )
        ending = unit.ending(chosen.to)
        estimate += _reading([ending.story]) if ending else 0
        step = unit.step(chosen.to)
    return estimate
