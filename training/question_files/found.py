"""What a question file holds: questions as Moodle means them, and what reading came to. Plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from training.pack import Question

LARGEST_FILE = 1_000_000  # bytes
MOST_QUESTIONS = 1_000
LONGEST_QUESTION = 20_000  # characters of one question with its answers
PLACEHOLDER = "lesson"
"""Stands for the lesson that a question is about, which no file says; the person who takes questions names it."""


class Kind(StrEnum):
    """The kinds of question in Moodle that there are here too."""

    CHOICE = "choice"
    TRUE_FALSE = "true-false"
    SHORT = "short"
    NUMBER = "number"
    MATCHING = "matching"
    ORDERING = "ordering"


@dataclass(frozen=True)
class MoodleAnswer:
    """One answer: its words, the share of the mark it gives (1 is all of it), and the feedback on it.

    Of a pair, `text` is the left side and `goes_with` the right one. `tolerance` belongs to figures.
    """

    text: str
    fraction: float = 0.0
    feedback: str = ""
    tolerance: str = "0"
    goes_with: str = ""


@dataclass(frozen=True)
class MoodleQuestion:
    """One question as Moodle reads it, its texts in plain words."""

    kind: Kind
    line: int
    name: str
    ask: str
    answers: tuple[MoodleAnswer, ...]
    single: bool = True  # of a choice: whether one answer is picked
    minds_capitals: bool = False  # of a short answer
    general_feedback: str = ""
    units: tuple[str, ...] = ()  # of a number


@dataclass(frozen=True)
class NotTaken:
    """A question that is not taken: the line in which it begins, its name, and why, in a sentence."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True)
class Taken:
    """A question that is taken, and what differs from Moodle."""

    line: int
    name: str
    question: Question
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadFile:
    """What reading a file came to, in the order of the file."""

    taken: tuple[Taken, ...] = ()
    not_taken: tuple[NotTaken, ...] = field(default=())


class CannotTake(Exception):
    """A question that cannot be taken; the sentence says why."""
