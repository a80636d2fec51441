"""From a question as Moodle means it to one of ours, or the reason why there is none.

Ours are marked as a whole: right or not. Where Moodle gives a part of the mark, the question says so in a note; where
the meaning would change, it is not taken.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from training import pack_checks
from training.pack import (
    KnownMistake,
    Matching,
    MatchingPair,
    MultipleChoice,
    NumberQuestion,
    Option,
    Ordering,
    Question,
    ShortText,
    SingleChoice,
    TrueOrFalse,
)
from training.question_files.found import PLACEHOLDER, CannotTake, Kind, MoodleAnswer, MoodleQuestion
from training.question_files.plain_words import one_line
from training.typed_answers import key_of

RIGHT, WRONG = "Yes, that is right.", "No, not this one."
NO_FEEDBACK = "The file has no feedback on some answers. Ours say only whether an answer is right: please write why."
WHOLE = 0.999  # of a mark: Moodle writes thirds as 33.33333
LONGEST_OPTION, LONGEST_WORDS = 200, 2000
ANY = "*"

Made = tuple[Question, list[str]]


def converted(one: MoodleQuestion, key: str) -> tuple[Question, tuple[str, ...]]:
    """The question of ours, with this key and the placeholder as its lesson, and notes on what differs.

    Raises `CannotTake` with the reason.
    """
    if not one.ask:
        raise CannotTake("It has no words of its own: what is asked is missing.")
    try:
        question, notes = MAKERS[one.kind](one, key)
    except ValidationError as error:
        raise CannotTake(_words(error)) from None
    for _place, sentence in pack_checks.check_question((), question):
        raise CannotTake(_sentence(sentence.replace(f"question “{key}”", "it")))
    if any(answer.fraction is not None and not answer.feedback for answer in one.answers) and not one.general_feedback:
        notes.append(NO_FEEDBACK)
    return question, tuple(notes)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _words(error: ValidationError) -> str:
    fault = error.errors()[0]
    what, limits = str(fault["loc"][-1]), fault.get("ctx", {})
    match fault["type"]:
        case "string_too_long":
            return f"A text in it is longer than {limits['max_length']} characters, the most that fits there."
        case "too_long" | "too_short":
            many = "more" if fault["type"] == "too_long" else "fewer"
            most = limits.get("max_length", limits.get("min_length"))
            things = "answers" if what in ("options", "accept") else what
            return f"It has {many} {things} than the {most} that a question here can have."
        case "string_too_short":
            return "A text in it is empty."
        case _:
            return "It has a figure that is too large, or something else that a question here cannot have."


def _feedback(answer: MoodleAnswer, one: MoodleQuestion, *, is_right: bool) -> str:
    return answer.feedback or one.general_feedback or (RIGHT if is_right else WRONG)


def _choice(one: MoodleQuestion, key: str) -> Made:
    return _one_right(one, key) if one.single else _several_right(one, key)


def _options(one: MoodleQuestion, right: Callable[[MoodleAnswer], bool]) -> tuple[Option, ...]:
    return tuple(
        Option(text=one_line(each.text), right=right(each), feedback=_feedback(each, one, is_right=right(each)))
        for each in one.answers
    )


def _one_right(one: MoodleQuestion, key: str) -> Made:
    whole = [each for each in one.answers if each.fraction >= WHOLE]
    if len(whole) > 1:
        raise CannotTake("Several answers are each wholly right by themselves; here exactly one can be.")
    if not whole:
        raise CannotTake("No answer gives the whole mark, so nobody could be right.")
    options = _options(one, lambda each: each.fraction >= WHOLE)
    notes = _notes_on_parts(one.answers)
    return SingleChoice(kind="single", key=key, about=PLACEHOLDER, ask=one.ask, options=options), notes


def _notes_on_parts(answers: Sequence[MoodleAnswer]) -> list[str]:
    return [
        f"“{one_line(each.text)}” gives {each.fraction * 100:g} % in Moodle and is not right here."
        for each in answers
        if 0 < each.fraction < WHOLE
    ]


def _several_right(one: MoodleQuestion, key: str) -> Made:
    right = [each for each in one.answers if each.fraction > 0]
    if not right:
        raise CannotTake("No answer gives a part of the mark, so nobody could be right.")
    if abs(sum(each.fraction for each in right) - 1) > 0.02:
        raise CannotTake("The right answers together do not give the whole mark (100 %), as Moodle asks.")
    options = _options(one, lambda each: each.fraction > 0)
    if len(right) == 1:
        notes = ["Moodle lets people tick several answers. One is right, so here one is picked."]
        return SingleChoice(kind="single", key=key, about=PLACEHOLDER, ask=one.ask, options=options), notes
    notes = [
        "Moodle gives a part of the mark for some of the right answers. Here all of them must be picked, and no other."
    ]
    return MultipleChoice(kind="multiple", key=key, about=PLACEHOLDER, ask=one.ask, options=options), notes


def _true_false(one: MoodleQuestion, key: str) -> Made:
    true, false = one.answers
    made = TrueOrFalse(
        kind="true-false",
        key=key,
        about=PLACEHOLDER,
        says=one.ask,
        is_true=true.fraction >= WHOLE,
        if_true=_feedback(true, one, is_right=true.fraction >= WHOLE),
        if_false=_feedback(false, one, is_right=true.fraction < WHOLE),
    )
    return made, []


def _short(one: MoodleQuestion, key: str) -> Made:
    notes: list[str] = []
    accept: list[MoodleAnswer] = []
    mistakes: list[MoodleAnswer] = []
    otherwise, seen = "", set[str]()
    for each in one.answers:
        if each.text == ANY and each.fraction < WHOLE:
            otherwise = each.feedback
            notes += _notes_on_parts([each])
            break  # Moodle looks at no answer after the one that fits everything
        is_right = each.fraction >= WHOLE
        if re.search(r"(?<!\\)\*", each.text):
            if is_right:
                raise CannotTake(f"“{one_line(each.text)}” stands for many answers (*); here each is written out.")
            notes.append(f"“{one_line(each.text)}” stands for many wrong answers (*) and is left out.")
            continue
        plain = MoodleAnswer(one_line(each.text.replace("\\*", "*")), each.fraction, each.feedback)
        if key_of(plain.text) in seen:
            notes.append(
                f"“{plain.text}” is the same as an answer before it, because capitals and accents count alike."
            )
            continue
        seen.add(key_of(plain.text))
        (accept if is_right else mistakes).append(plain)
    if not accept:
        raise CannotTake("No answer gives the whole mark, so nobody could be right.")
    notes += _notes_on_parts(mistakes)
    if one.minds_capitals:
        notes.append("Moodle minds capitals in the answer. Here they count the same as small ones.")
    if len(mistakes) > 10:
        notes.append(f"{len(mistakes) - 10} of the wrong answers are left out; a question here knows ten.")
    made = ShortText(
        kind="short-text",
        key=key,
        about=PLACEHOLDER,
        ask=one.ask,
        accept=tuple(each.text for each in accept),
        if_right=_feedback(accept[0], one, is_right=True),
        mistakes=tuple(
            KnownMistake(says=(each.text,), feedback=_feedback(each, one, is_right=False)) for each in mistakes[:10]
        ),
        otherwise=otherwise or one.general_feedback or WRONG,
    )
    return made, notes


def _figure(text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or not math.isfinite(float(found)):
        raise CannotTake(f"“{one_line(text)[:40]}” is not a figure.")
    return found


def _number(one: MoodleQuestion, key: str) -> Made:
    figures = [each for each in one.answers if each.text != ANY]
    whole = [each for each in figures if each.fraction >= WHOLE]
    if any(each.fraction >= WHOLE for each in one.answers if each.text == ANY):
        raise CannotTake("Every figure is right, so it asks nothing.")
    if len(whole) != 1:
        how_many = "Several figures are each wholly right" if whole else "No figure gives the whole mark"
        raise CannotTake(f"{how_many}; here exactly one is right, within a tolerance.")
    if len(one.units) > 1:
        raise CannotTake("It takes the answer in several units; here there is one.")
    (right,) = whole
    before = figures[: figures.index(right)]
    if any(abs(_figure(each.text) - _figure(right.text)) <= _figure(each.tolerance or "0") for each in before):
        raise CannotTake(
            "A figure before the right one fits the same answer, so Moodle would never give the whole mark."
        )
    otherwise = next((each.feedback for each in one.answers if each.text == ANY), "") or one.general_feedback or WRONG
    made = NumberQuestion(
        kind="number",
        key=key,
        about=PLACEHOLDER,
        ask=one.ask,
        answer=float(_figure(right.text)),
        tolerance=float(abs(_figure(right.tolerance or "0"))),
        unit=one.units[0] if one.units else None,
        if_right=_feedback(right, one, is_right=True),
        if_too_low=otherwise,
        if_too_high=otherwise,
    )
    notes = [
        f"A figure within {each.tolerance or 0} of {each.text} gives {each.fraction * 100:g} % in Moodle, not here."
        for each in figures
        if 0 < each.fraction < WHOLE
    ]
    notes += [
        f"The feedback on the wrong figure {each.text} is left out."
        for each in figures
        if each.fraction <= 0 and each.feedback
    ]
    return made, notes


def _matching(one: MoodleQuestion, key: str) -> Made:
    pairs = [each for each in one.answers if each.text]
    extra = [one_line(each.goes_with) for each in one.answers if not each.text and each.goes_with]
    rights = [one_line(each.goes_with).casefold() for each in pairs]
    if len(set(rights)) < len(rights):
        raise CannotTake("Two items on the left go with the same one on the right; here each has its own.")
    made = Matching(
        kind="matching",
        key=key,
        about=PLACEHOLDER,
        ask=one.ask,
        pairs=tuple(
            MatchingPair(
                this=one_line(each.text),
                goes_with=one_line(each.goes_with),
                feedback=one.general_feedback or f"{one_line(each.text)}: {one_line(each.goes_with)}.",
            )
            for each in pairs
        ),
    )
    notes = ["Moodle gives a part of the mark for some of the pairs. Here all of them must be right."]
    notes += [f"“{each}” on the right goes with nothing and is left out." for each in extra]
    return made, notes


def _ordering(one: MoodleQuestion, key: str) -> Made:
    made = Ordering(
        kind="ordering",
        key=key,
        about=PLACEHOLDER,
        ask=one.ask,
        steps=tuple(one_line(each.text) for each in one.answers),
        feedback=one.general_feedback or "This is the order.",
    )
    return made, ["Moodle may give a part of the mark for some of the order. Here all of it must be right."]


MAKERS: Mapping[Kind, Callable[[MoodleQuestion, str], Made]] = {
    Kind.CHOICE: _choice,
    Kind.TRUE_FALSE: _true_false,
    Kind.SHORT: _short,
    Kind.NUMBER: _number,
    Kind.MATCHING: _matching,
    Kind.ORDERING: _ordering,
}
