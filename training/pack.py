"""The types of a course pack: a course, its lessons, quizzes and scenarios.

A pack is a folder with `course.yaml` and one file per unit. `pack_reader` reads it and `pack_checks` checks what types
cannot. The result is a `Pack`, which never changes and is identified by its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sized
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from training.pack_exercises import Exercise
from training.pack_live import Workshop
from training.pack_parts import Line, Minutes, Part, Slug, SpokenLine, Words
from training.pack_personal import Agreement, Reflection
from training.pack_practical import Practical


def _is_empty(value: Sized | None) -> bool:
    return not value


def _is_none(value: object) -> bool:
    return value is None


class Lesson(Part):
    """Something to read and to do: Markdown, in the dialect that `lessons` describes, which places its exercises."""

    kind: Literal["lesson"] = "lesson"
    slug: Slug
    title: Line
    minutes: Minutes
    content_note: Words | None = None
    body: Annotated[str, StringConstraints(min_length=1, max_length=40_000)]
    # Left out of the content where there are none, so that older versions keep their hash.
    exercises: Annotated[
        tuple[Annotated[Exercise, Field(discriminator="kind")], ...], Field(max_length=6, exclude_if=_is_empty)
    ] = ()

    def exercise(self, key: str) -> Exercise | None:
        """The exercise with this key, or None."""
        return next((exercise for exercise in self.exercises if exercise.key == key), None)


class Option(Part):
    """One answer that may be picked, and the feedback on picking it."""

    text: Line
    right: bool = False
    feedback: Words


class SingleChoice(Part):
    """A question with exactly one right answer."""

    kind: Literal["single"]
    key: Slug
    about: Slug
    ask: Words
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=6)]


class MultipleChoice(Part):
    """A question where every right answer, and no other, is to be picked."""

    kind: Literal["multiple"]
    key: Slug
    about: Slug
    ask: Words
    options: Annotated[tuple[Option, ...], Field(min_length=3, max_length=8)]


class TrueOrFalse(Part):
    """A statement that is true or is not."""

    kind: Literal["true-false"]
    key: Slug
    about: Slug
    says: Words
    is_true: bool
    if_true: Words  # the feedback on answering "true"
    if_false: Words


class MatchingPair(Part):
    """Two items that belong together, and why."""

    this: Line
    goes_with: Line
    feedback: Words


class Matching(Part):
    """A question where each item on the left is matched with one on the right."""

    kind: Literal["matching"]
    key: Slug
    about: Slug
    ask: Words
    pairs: Annotated[tuple[MatchingPair, ...], Field(min_length=2, max_length=6)]


class Ordering(Part):
    """A question where steps are put in order; they are written here in the right one."""

    kind: Literal["ordering"]
    key: Slug
    about: Slug
    ask: Words
    steps: Annotated[tuple[Line, ...], Field(min_length=3, max_length=8)]
    feedback: Words  # why this order


class KnownMistake(Part):
    """Wrong answers that people are expected to write, and the feedback on them."""

    says: Annotated[tuple[Line, ...], Field(min_length=1, max_length=10)]
    feedback: Words


class ShortText(Part):
    """A question that is answered in a few words of one's own; `typed_answers` says when two texts are the same."""

    kind: Literal["short-text"]
    key: Slug
    about: Slug
    ask: Words
    accept: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]  # the first is shown as the answer
    allow_a_slip: bool = False  # whether one slip of the finger in a word of six characters or more is overlooked
    if_right: Words
    mistakes: Annotated[tuple[KnownMistake, ...], Field(max_length=10)] = ()
    otherwise: Words  # the feedback on any other answer


Figure = Annotated[float, Field(ge=-1_000_000_000, le=1_000_000_000, allow_inf_nan=False)]


class NumberQuestion(Part):
    """A question that is answered with a figure."""

    kind: Literal["number"]
    key: Slug
    about: Slug
    ask: Words
    answer: Figure
    tolerance: Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)] = (
        0.0  # how far from the answer still counts as right
    )
    unit: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)] | None = None
    if_right: Words
    if_too_low: Words
    if_too_high: Words


Question: TypeAlias = SingleChoice | MultipleChoice | TrueOrFalse | Matching | Ordering | ShortText | NumberQuestion


class Quiz(Part):
    """A question bank, from which each attempt draws some."""

    kind: Literal["quiz"]
    slug: Slug
    title: Line
    minutes: Minutes
    lead: Words
    draw: Annotated[int, Field(ge=1, le=50)]
    pass_mark: Annotated[int, Field(ge=1, le=50)]  # how many of the drawn questions must be right
    # Without these two, people try as often and as soon as they like. `tries` says how often before a trainer is asked;
    # `wait_hours` how long after a try that did not pass.
    tries: Annotated[int, Field(ge=1, le=20)] | None = None
    wait_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    # From the start of a try; without it there is no clock. Left out of the content, as above.
    minutes_allowed: Annotated[Annotated[int, Field(ge=1, le=480)] | None, Field(exclude_if=_is_none)] = None
    questions: Annotated[
        tuple[Annotated[Question, Field(discriminator="kind")], ...], Field(min_length=1, max_length=300)
    ]

    def question(self, key: str) -> Question:
        """The question with this key; raises `KeyError` where there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)


class Choice(Part):
    """One possible action, and its consequence."""

    key: Slug
    text: Words
    you_say: Words | None = None  # your words in the thread, where the choice is a reply
    then: Annotated[tuple[SpokenLine, ...], Field(max_length=6)] = ()
    lands: Literal["well", "think"]
    feedback: Words
    look_for: Words | None = None
    to: Slug


class Step(Part):
    """A moment in a scenario at which you choose."""

    key: Slug
    title: Line
    story: Words | None = None
    said: Annotated[tuple[SpokenLine, ...], Field(max_length=8)] = ()
    ask: Line
    hint: Words
    choices: Annotated[tuple[Choice, ...], Field(min_length=2, max_length=5)]

    def choice(self, key: str) -> Choice:
        """The choice with this key; raises `KeyError` where there is none."""
        for choice in self.choices:
            if choice.key == key:
                return choice
        raise KeyError(key)


class Ending(Part):
    """An ending of the story. One that does not complete the unit invites another attempt."""

    key: Slug
    title: Line
    story: Words
    completes: bool
    # Without one, an ending that completes is safe, and any other is not.
    grade: Literal["safe", "risky", "unsafe"] | None = None

    @property
    def graded(self) -> Literal["safe", "risky", "unsafe"]:
        """How safe young people are in this ending."""
        return self.grade or ("safe" if self.completes else "unsafe")


class Scenario(Part):
    """A branching story in which a reader practises; it begins at its first step."""

    kind: Literal["scenario"]
    slug: Slug
    title: Line
    minutes: Minutes
    content_note: Words | None = None
    lead: Words
    # What an ending that completes must also be for the unit to count as done; without these, nothing more.
    gate: Literal["safe", "risky"] | None = None  # the worst grade that is enough
    gate_well: Annotated[int, Field(ge=1, le=60)] | None = None  # how many of the replies that count landed well
    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=60)]
    endings: Annotated[tuple[Ending, ...], Field(min_length=1, max_length=10)]

    def step(self, key: str) -> Step | None:
        """The step with this key, or None where the key is an ending's."""
        return next((step for step in self.steps if step.key == key), None)

    def ending(self, key: str) -> Ending | None:
        """The ending with this key, or None where the key is a step's."""
        return next((ending for ending in self.endings if ending.key == key), None)


Unit: TypeAlias = Lesson | Quiz | Scenario | Reflection | Agreement | Practical | Workshop


class Validity(Part):
    """How long the training counts, and the source of that figure."""

    months: Annotated[int, Field(ge=1, le=120)]
    source: Words


class Change(Part):
    """What a version changes against the one before it. A first version has none."""

    kind: Literal["minor", "major"]  # major: people who passed an older version are asked for a part of it again
    what: Words  # what changed, why, and what it means for who learned before, as they read it
    ask_again: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    within_days: Annotated[int, Field(ge=7, le=365)] = 30


class Pack(Part):
    """A whole course. Two packs with the same content have the same hash."""

    code: Slug  # names the training in evidence: `training:<code>`
    title: Line
    summary: Words
    shows: Words  # what a holder of the certificate has shown they can do
    valid_for: Validity
    # The units that a refresher asks for; the others are there to read again. Without any, it asks for every unit.
    refresher: Annotated[tuple[Slug, ...], Field(max_length=40)] = ()
    change: Annotated[Change | None, Field(exclude_if=_is_none)] = None
    # Slots of the organisation that the course must not be taught without (`app.organisation.slots`).
    needs: Annotated[tuple[Slug, ...], Field(max_length=20, exclude_if=_is_empty)] = ()
    # The one page to keep: Markdown in the dialect of lessons.
    to_keep: Annotated[str | None, Field(max_length=10_000, exclude_if=_is_empty)] = None
    units: Annotated[tuple[Annotated[Unit, Field(discriminator="kind")], ...], Field(min_length=1, max_length=40)]

    def unit(self, slug: str) -> Unit | None:
        """The unit with this slug, or None."""
        return next((unit for unit in self.units if unit.slug == slug), None)

    def units_asked(self, *, is_refresher: bool) -> tuple[Unit, ...]:
        """The units that have to be done to pass: all of them, or for a refresher those that the course names."""
        if not is_refresher or not self.refresher:
            return self.units
        return tuple(unit for unit in self.units if unit.slug in self.refresher)

    def minutes_of(self, *, is_refresher: bool) -> int:
        """Learning time in minutes, as the units that are asked for state it."""
        return sum(unit.minutes for unit in self.units_asked(is_refresher=is_refresher))

    @property
    def is_major(self) -> bool:
        """Whether this version asks people who passed an older one for parts of it again."""
        return self.change is not None and self.change.kind == "major"

    @property
    def asked_again(self) -> tuple[Unit, ...]:
        """The units that it asks of them; none where it is not major."""
        slugs = self.change.ask_again if self.change is not None and self.is_major else ()
        return tuple(unit for unit in self.units if unit.slug in slugs)

    def content_hash(self) -> str:
        """SHA-256 of the whole content, in hexadecimal: the same on every platform."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()
