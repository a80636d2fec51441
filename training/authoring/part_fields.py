"""The forms of the parts of a draft, in words: for each kind of part its fields. Pure.

A form is a list of fields. Several of a thing are a list within it, whose fields have numbered names such as
`options-0-text`, which is also the place that a fault names. `part_forms` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from progression.duties import Duty
from training.authoring.models import PartKind

LINE, WORDS = 200, 2000  # characters, as the format of packs takes them


@dataclass(frozen=True)
class Typed:
    """Words that are typed: one line, or several rows. Left empty, an optional one is not written."""

    name: str
    label: str
    hint: str = ""
    longest: int = LINE
    rows: int = 1
    is_optional: bool = False


@dataclass(frozen=True)
class Lines:
    """Several short texts, typed one on each line."""

    name: str
    label: str
    hint: str = ""
    longest: int = 4000
    rows: int = 4
    is_optional: bool = False


@dataclass(frozen=True)
class Number:
    """A figure. What is none is kept as it was typed, so that its author can mend it."""

    name: str
    label: str
    hint: str = ""
    is_optional: bool = False
    longest: int = 20


@dataclass(frozen=True)
class Tick:
    """Yes or no; no is not written, unless it must be."""

    name: str
    label: str
    is_always_written: bool = False


@dataclass(frozen=True)
class Pick:
    """One of several values, each with its words; `source` names those that the draft itself offers."""

    name: str
    label: str
    values: tuple[tuple[str, str], ...] = ()
    source: str = ""
    hint: str = ""
    is_optional: bool = False
    longest: int = LINE


@dataclass(frozen=True)
class Ticks:
    """Any number of values that the draft itself offers, in its order."""

    name: str
    label: str
    source: str
    hint: str = ""


@dataclass(frozen=True)
class Hidden:
    """A key by which answers are stored: given once, and never changed after that."""

    name: str


@dataclass(frozen=True)
class Several:
    """A list of the same fields."""

    name: str
    one: str  # what one of them is called
    fields: tuple[Field, ...]
    least: int
    most: int
    label: str = ""


@dataclass(frozen=True)
class Group:
    """Fields that the format keeps together under one name."""

    name: str
    fields: tuple[Field, ...]


Field: TypeAlias = Typed | Lines | Number | Tick | Pick | Ticks | Hidden | Several | Group

DUTIES = tuple((duty.value, duty.words.capitalize()) for duty in Duty if duty.counts_as_cover)
TITLE = Typed("title", "Title")
MINUTES = Number("minutes", "Minutes", "About how long it takes. People plan their evening by it.")
LEAD = Typed("lead", "What stands before it", "To the reader, in a sentence or two.", WORDS, 3)
CONTENT_NOTE = Typed(
    "content_note",
    "A note about what may be hard to read",
    "Needed where somebody is quoted with hard words. Say gently what comes.",
    WORDS,
    2,
    is_optional=True,
)
BODY = Typed(
    "body",
    "The lesson",
    "Write ## before a heading, - before a point, > before a quotation, ** around strong words, and links as "
    "[words](https://…).",
    40_000,
    24,
)
ABOUT = Pick("about", "The lesson that it is about", source="lessons", hint="Somebody who is wrong is led back to it.")
ASK = Typed("ask", "What it asks", "", WORDS, 2)
SAID = (
    Typed("who", "Who says it", "A name that is made up."),
    Typed("at", "At what time", "Such as 01:12.", 5, is_optional=True),
    Typed("text", "What they say", "Write it as they would.", WORDS, 2),
    Typed("gentler", "The same, gently", "For people who skip hard words.", WORDS, 2, is_optional=True),
)
FEEDBACK = Typed("feedback", "What they learn", "Shown once it was picked.", WORDS, 2)
OPTIONS = (Typed("text", "Answer"), Tick("right", "This is right"), FEEDBACK)
HINT = Typed("hint", "A hint", "", WORDS, 2, is_optional=True)

SINGLE = (ABOUT, ASK, Several("options", "answer", OPTIONS, 2, 6))
QUESTIONS: Mapping[str, tuple[Field, ...]] = {
    "single": SINGLE,
    "multiple": (ABOUT, ASK, Several("options", "answer", OPTIONS, 3, 8)),
    "true-false": (
        ABOUT,
        Typed("says", "The statement", "", WORDS, 2),
        Tick("is_true", "It is true", is_always_written=True),
        Typed("if_true", "What somebody learns who says “true”", "", WORDS, 2),
        Typed("if_false", "What somebody learns who says “false”", "", WORDS, 2),
    ),
    "matching": (
        ABOUT,
        ASK,
        Several("pairs", "pair", (Typed("this", "This"), Typed("goes_with", "Goes with"), FEEDBACK), 2, 6),
    ),
    "ordering": (
        ABOUT,
        ASK,
        Lines("steps", "The steps", "One on each line, in the right order."),
        Typed("feedback", "Why this order", "", WORDS, 2),
    ),
    "short-text": (
        ABOUT,
        ASK,
        Lines("accept", "Right answers", "One on each line. The first is shown as the answer."),
        Tick("allow_a_slip", "Overlook one slip of the finger in a longer word"),
        Typed("if_right", "What somebody learns who is right", "", WORDS, 2),
        Several(
            "mistakes",
            "mistake that people make",
            (Lines("says", "What they write", "One on each line.", rows=2), FEEDBACK),
            0,
            10,
        ),
        Typed("otherwise", "What anybody else learns", "", WORDS, 2),
    ),
    "number": (
        ABOUT,
        ASK,
        Number("answer", "The answer"),
        Number("tolerance", "How far off still counts as right", "0 where it must be exact.", is_optional=True),
        Typed("unit", "Its unit", "Such as minutes.", 30, is_optional=True),
        Typed("if_right", "What somebody learns who is right", "", WORDS, 2),
        Typed("if_too_low", "What somebody learns who is too low", "", WORDS, 2),
        Typed("if_too_high", "What somebody learns who is too high", "", WORDS, 2),
    ),
}
"""The form of each kind of question."""

QUESTION_KINDS: Mapping[str, str] = {
    "single": "One right answer",
    "multiple": "Several right answers",
    "true-false": "True or false",
    "matching": "What belongs together",
    "ordering": "Steps in order",
    "short-text": "A few words, typed",
    "number": "A figure, typed",
}

EXERCISES: Mapping[str, tuple[Field, ...]] = {
    "spot": (
        ASK,
        HINT,
        Several("lines", "line", (*SAID, Tick("right", "This is one to find"), FEEDBACK), 3, 12, "The thread"),
    ),
    "sort": (
        ASK,
        HINT,
        Lines("boxes", "The boxes", "One on each line: two to five of them."),
        Several(
            "items",
            "item",
            (
                Typed("text", "Item", "", WORDS, 2),
                Typed("goes_in", "The box that it goes in", "As it is written above.", 60),
                FEEDBACK,
            ),
            3,
            10,
        ),
    ),
    "order": (
        ASK,
        HINT,
        Lines("steps", "The steps", "One on each line, in the right order: three to eight of them."),
        Typed("feedback", "Why this order", "", WORDS, 2),
    ),
    "rewrite": (
        ASK,
        HINT,
        Typed("text", "The reply as it stands", "", WORDS, 3),
        Lines("look_for", "What a better one has", "One on each line: two to six."),
        Typed("example", "A reply that works", "", WORDS, 3),
        Typed("because", "Why it works", "", WORDS, 2),
    ),
}
"""The form of each kind of exercise."""

EXERCISE_KINDS: Mapping[str, str] = {
    "spot": "Choose lines in a thread",
    "sort": "Put items into boxes",
    "order": "Put steps in order",
    "rewrite": "Write a reply, then compare",
}

CHOICES = Several(
    "choices",
    "answer",
    (
        Hidden("key"),
        Typed("text", "What they do", "", WORDS, 2),
        Typed("you_say", "Their words in the thread", "Where they reply to somebody.", WORDS, 2, is_optional=True),
        Several("then", "following line", SAID, 0, 6),
        Pick("lands", "How it lands", (("well", "Well"), ("think", "Worth another thought"))),
        Typed("feedback", "What they learn", "", WORDS, 2),
        Typed("look_for", "What to look for next time", "", WORDS, 2, is_optional=True),
        Pick("to", "Goes to", source="scenes"),
    ),
    2,
    5,
    "What the learner can do",
)

SHAPES: Mapping[PartKind, tuple[Field, ...]] = {
    PartKind.COURSE: (
        TITLE,
        Typed("summary", "What it is about", "For people who choose a course.", WORDS, 3),
        Typed("shows", "What somebody who passed has shown", "Such as: can listen without judging.", WORDS, 2),
        Group(
            "valid_for",
            (
                Number("months", "Counts for how many months"),
                Typed("source", "Where that figure comes from", "A guideline, or your own choice.", WORDS, 2),
            ),
        ),
        Ticks("refresher", "What a refresher asks for", "units", "Tick none, and it asks for everything."),
        Ticks("needs", "What must be said before it is taught", "slots", "Your organisation says it under Support."),
    ),
    PartKind.CHANGE: (
        Pick(
            "kind",
            "This version is",
            (("minor", "Minor: nobody is asked again"), ("major", "Major: people who passed do some of it again")),
        ),
        Typed("what", "What changed, why, and what it means", "As people read it who learned before.", WORDS, 4),
        Ticks("ask_again", "What is asked again", "units", "Of a major version only."),
        Number("within_days", "Within how many days", "7 to 365. Of a major version only.", is_optional=True),
    ),
    PartKind.LESSON: (TITLE, MINUTES, CONTENT_NOTE, BODY),
    PartKind.TO_KEEP: (Typed("body", "The page to keep", "One sheet of paper: up to 350 words.", 10_000, 20),),
    PartKind.QUIZ: (
        TITLE,
        MINUTES,
        LEAD,
        Number("draw", "How many questions one try draws"),
        Number("pass_mark", "How many of them must be right"),
        Number("tries", "How many tries, before a trainer is asked", "Empty: as many as they like.", is_optional=True),
        Number("wait_hours", "Hours between two tries", "Empty: no wait.", is_optional=True),
        Number("minutes_allowed", "Minutes for a try", "Empty: no clock, which is best.", is_optional=True),
    ),
    PartKind.SCENARIO: (
        TITLE,
        MINUTES,
        CONTENT_NOTE,
        LEAD,
        Pick(
            "gate",
            "The ending that is enough",
            (("safe", "A safe one"), ("risky", "A risky one or better")),
            hint="Left open, each ending that completes is enough.",
            is_optional=True,
        ),
        Number("gate_well", "How many replies must land well", "Empty: it does not matter.", is_optional=True),
    ),
    PartKind.REFLECTION: (TITLE, MINUTES, LEAD, Lines("questions", "One question or two", "One on each line.", rows=2)),
    PartKind.AGREEMENT: (TITLE, MINUTES, LEAD, Pick("document", "The document", source="documents")),
    PartKind.PRACTICAL: (
        TITLE,
        MINUTES,
        CONTENT_NOTE,
        LEAD,
        Typed("task", "What to do", "Write it as a lesson is written.", 10_000, 12),
        Pick("duty", "The duty whose rubric it is marked by", DUTIES),
        Pick("way", "How it is done", (("written", "Written in the browser"), ("conversation", "A mock conversation"))),
        Number("at_most", "How many characters a written one may have", "Empty: 6,000.", is_optional=True),
    ),
    PartKind.WORKSHOP: (TITLE, MINUTES, LEAD),
    PartKind.STEP: (
        TITLE,
        Typed("story", "What happens", "", WORDS, 3, is_optional=True),
        Several("said", "line", SAID, 0, 8, "What is said"),
        Typed("ask", "What you ask the learner", "Such as: What do you do next?"),
        Typed("hint", "A hint", "", WORDS, 2),
        CHOICES,
    ),
    PartKind.ENDING: (
        TITLE,
        Typed("story", "How it ends", "", WORDS, 4),
        Tick("completes", "To get here is to have done this unit", is_always_written=True),
        Pick(
            "grade",
            "How safe young people are here",
            (("safe", "Safe"), ("risky", "Risky"), ("unsafe", "Unsafe")),
            hint="Left open: safe if it completes, else unsafe.",
            is_optional=True,
        ),
    ),
}
"""The form of each kind of part but questions and exercises, which have kinds of their own."""
