"""Comparing typed answers: a few words, or a figure. Pure.

Words are compared by `app.typed_text.compare_key`, which folds case, width, spaces and the form of accents; besides,
quotation marks and final punctuation do not matter, and kinds of apostrophe and hyphen are the same.
"""

from __future__ import annotations

import re
from decimal import Decimal

from app import typed_text
from app.refusals import Invalid
from training.pack import KnownMistake, NumberQuestion, ShortText

LONGEST_ANSWER = 200  # characters, as long as an answer that a course lists
LONGEST_FIGURE = 15  # digits
SHORTEST_FOR_A_SLIP = 6  # characters; in a shorter word one of them makes another word: "lead", "lend"

_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-"})
_QUOTATION_MARKS = re.compile('["“”„«»]')
_FINAL_PUNCTUATION = " .,;:!?…"
_FIGURE = re.compile(r"([+-]?)(\d+)(?:[.,](\d+))?\s*(.*)")
_COULD_BE_THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")


def key_of(text: str) -> str:
    """What an answer in words is compared by."""
    key = _QUOTATION_MARKS.sub("", typed_text.compare_key(text.translate(_SAME)).translate(_SAME))
    return typed_text.one_line(key).rstrip(_FINAL_PUNCTUATION)


def read_words(typed: str) -> str:
    """The words as they are kept: one line with single spaces; refuses none and too many."""
    if len(typed) > LONGEST_ANSWER:
        raise Invalid(f"Please answer in at most {LONGEST_ANSWER} characters.", field="picked")
    words = typed_text.one_line(" ".join(typed.split()))
    if not key_of(words):
        raise Invalid("Write your answer in the box before you go on.", field="picked")
    return words


def is_accepted(question: ShortText, words: str) -> bool:
    """Whether the words are one of the answers listed, or one slip away from it where the question allows that.

    A mistake that the question knows is never taken for a slip.
    """
    key, wanted = key_of(words), [key_of(one) for one in question.accept]
    if key in wanted:
        return True
    if not question.allow_a_slip or mistake_in(question, words) is not None:
        return False
    return any(is_one_slip_away(key, one) for one in wanted)


def mistake_in(question: ShortText, words: str) -> KnownMistake | None:
    """The known mistake that the words are, if any."""
    key = key_of(words)
    return next((one for one in question.mistakes if key in map(key_of, one.says)), None)


def is_one_slip_away(written: str, wanted: str) -> bool:
    """Whether one character was left out, added, replaced, or swapped with its neighbour, in a word of six or more.

    All other words must be the same. A word in which a figure changed is another word.
    """
    words, others = written.split(), wanted.split()
    if len(words) != len(others):
        return False
    different = [(one, other) for one, other in zip(words, others, strict=True) if one != other]
    return len(different) == 1 and _slipped(*different[0])


def _slipped(word: str, wanted: str) -> bool:
    if len(wanted) < SHORTEST_FOR_A_SLIP or any(character.isdigit() for character in word + wanted):
        return False
    start = 0
    while start < min(len(word), len(wanted)) and word[start] == wanted[start]:
        start += 1
    rest, rest_wanted = word[start:], wanted[start:]
    swapped = rest[:2] == rest_wanted[1::-1] and rest[2:] == rest_wanted[2:]
    return swapped or rest_wanted[1:] in (rest, rest[1:]) or rest[1:] == rest_wanted


def read_figure(question: NumberQuestion, typed: str) -> str:
    """The figure as it is kept, a plain decimal; "1,5" and "1.5" are the same. Its unit may stand behind it.

    Refuses what is no figure, another unit, and a figure that could be read in two ways ("1,500").
    """
    if len(typed) > LONGEST_ANSWER:
        raise Invalid("Write one figure, such as 12 or 1.5.", field="picked")
    text = typed_text.one_line(" ".join(typed.split())).translate(_SAME)
    found = _FIGURE.fullmatch(text)
    if found is None:
        raise Invalid("Write your answer as a figure, such as 12 or 1.5.", field="picked")
    sign, whole, part, unit = found.groups()
    if len(whole) + len(part or "") > LONGEST_FIGURE:
        raise Invalid("That is a longer figure than we can read. Did a key get stuck?", field="picked")
    if part and _COULD_BE_THOUSANDS.fullmatch(f"{int(whole)}.{part}"):
        raise Invalid(
            f"We cannot tell whether that is {int(whole)}{part} or a little more than {int(whole)}. Write it as "
            f"{int(whole)}{part}, or with one figure more or less after the point.",
            field="picked",
        )
    if unit and key_of(unit) not in _units(question):
        wanted = f" in {question.unit}" if question.unit else ""
        raise Invalid(f"Write only the figure{wanted}, such as 12 or 1.5.", field="picked")
    return plain(Decimal(f"{sign}{whole}.{part or 0}"))


def _units(question: NumberQuestion) -> set[str]:
    """The unit of a question, with and without an s at its end: “1 hour” answers in “hours”."""
    key = key_of(question.unit or "")
    return {key, key.removesuffix("s")} - {""}


def distance(question: NumberQuestion, figure: str) -> Decimal:
    """How far a figure is from being right: 0 within the tolerance, below 0 too low, above 0 too high."""
    off = Decimal(figure) - Decimal(str(question.answer))
    return off if abs(off) > Decimal(str(question.tolerance)) else Decimal(0)


def plain(figure: Decimal | float) -> str:
    """A figure in digits, without an exponent or zeros that say nothing."""
    text = f"{Decimal(str(figure)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
