"""How long learning takes, estimated from the words to read and from what there is to do.

Authors state the minutes of each unit, and people plan their evening by them; this estimate is what a test compares the
shipped course with, and what `training import` tells authors.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from training import quiz, scenario
from training.pack import Lesson, Matching, MultipleChoice, Pack, Question, Quiz, Scenario, SingleChoice, TrueOrFalse

# Adults read about 238 words a minute silently (Brysbaert, "How many words do we read per minute?", Journal of Memory
# and Language 109, 2019); fewer, because some read in a second language, with a screen reader or late at night.
WORDS_A_MINUTE = 200
# To weigh the answers of a question or of a moment in a story after reading them; our own choice.
MINUTES_A_DECISION = 0.5


def minutes_of(unit: Lesson | Quiz | Scenario) -> int:
    """About how many minutes a unit takes, at least 1: a quiz as often as it draws, a story along its best path."""
    match unit:
        case Lesson():
            estimate = _reading([unit.content_note, unit.body])
        case Quiz():
            each = sum(_reading(_words_of(question)) for question in unit.questions) / len(unit.questions)
            estimate = _reading([unit.lead]) + unit.draw * (each + MINUTES_A_DECISION)
        case Scenario():
            estimate = _along_the_best_path(unit)
        case _:
            assert_never(unit)
    return max(1, round(estimate))


def minutes_of_course(pack: Pack) -> int:
    """About how many minutes the whole course takes."""
    return sum(minutes_of(unit) for unit in pack.units)


def _reading(texts: Iterable[str | None]) -> float:
    return sum(len(text.split()) for text in texts if text) / WORDS_A_MINUTE


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
        case _:
            assert_never(question)
    return [*texts, max(feedback, key=len)]


def _along_the_best_path(unit: Scenario) -> float:
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
