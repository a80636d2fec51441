"""What is looked at when somebody is observed on a shift, for each duty, and when it counts. A dated policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app import clock, settings
from app.policies import documents
from app.policies.words import Words
from progression.duties import Duty
from progression.pathway import Pathway

SHIPPED = Path(__file__).with_name("observation_forms.yaml")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,29}$")]


class Mark(StrEnum):
    """How something that was looked at went."""

    NOT_SEEN = "not-seen"
    NEEDS_WORK = "needs-work"
    GOOD = "good"
    STRONG = "strong"

    @property
    def words(self) -> str:
        """The mark as a person chooses and reads it."""
        return self.value.replace("-", " ").capitalize()


class Variety(StrEnum):
    """What observations should show somebody in."""

    DAY = "day"
    NIGHT = "night"
    BOARD = "board"
    CHAT = "chat"

    @property
    def words(self) -> str:
        """It as something still to be seen."""
        return f"a {'live chat' if self is Variety.CHAT else self.value}"


class RecordedAs(StrEnum):
    """What the pathway asks for that an observation stands for."""

    SHIFT = "shift"
    LEAD = "lead"


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Question(_Document):
    """One thing to look at."""

    key: Annotated[
        Slug, Words("Short name", hint="In lower case. Answers are kept under it, so leave it as it is once used.")
    ]
    text: Annotated[Text, Words("What to look at", hint="A short sentence: Asks before advising.")]


class ObservationForm(_Document):
    """What is looked at on a shift for one duty, and when the observation counts for a step."""

    recorded_as: Annotated[RecordedAs, Words("Stands for the requirement “Observed on” or “Observed leading”")]
    questions: Annotated[
        tuple[Question, ...], Field(min_length=1, max_length=10), Words("What is looked at", one="question")
    ]
    least_good: Annotated[int, Field(ge=1, le=10), Words("Counts with at least so many good or strong")]
    most_needing_work: Annotated[int, Field(ge=0, le=9), Words("And with at most so many that need work")] = 0
    assessors_only: Annotated[bool, Words("Only assessors write it, and not the lead of the shift")] = False
    source: Annotated[Text, Words("Where it comes from", rows=2)]

    @model_validator(mode="after")
    def _can_be_passed(self) -> Self:
        keys = [each.key for each in self.questions]
        if len(set(keys)) < len(keys):
            raise ValueError("two questions have the same short name")
        if self.least_good > len(keys):
            raise ValueError("it asks for more good answers than it has questions")
        return self

    def passes(self, marks: Mapping[str, Mark]) -> bool:
        """Whether an observation with these marks counts, by the figures of this form."""
        counts = Counter(marks[question.key] for question in self.questions)
        return (
            counts[Mark.GOOD] + counts[Mark.STRONG] >= self.least_good
            and counts[Mark.NEEDS_WORK] <= self.most_needing_work
        )


class ObservationForms(_Document):
    """The whole policy."""

    mentors: Annotated[
        tuple[Duty, ...],
        Words("Besides the lead, these write of somebody who shadowed on their shift"),
    ] = (Duty.MODERATOR,)
    branches: Annotated[
        tuple[Slug, ...],
        Field(max_length=20),
        Words(
            "And people in these branches, of everybody who was on a shift with them",
            hint="The short name of each branch, one on a line. The page on which the pathway is changed has them.",
            rows=3,
        ),
    ] = ()
    most_per_shift: Annotated[
        int, Field(ge=1, le=20), Words("One person writes of at most so many people on one shift")
    ] = 3
    most_counted_by_one: Annotated[
        int, Field(ge=1, le=20), Words("Of one person, at most so many by the same observer count")
    ] = 2
    counted_by_one_days: Annotated[
        int,
        Field(ge=30, le=1100),
        Words("Counted since their last step, and over the past", unit="days"),
    ] = 365
    variety: Annotated[tuple[Variety, ...], Words("Observations should show somebody in")] = ()
    forms: Annotated[dict[Duty, ObservationForm], Field(max_length=10), Words("For each duty")]


def branches_not_here(forms: ObservationForms, now: datetime) -> list[str]:
    """What is to be read before the forms are kept: the branches that they name and the pathway of today has not."""
    there = documents.on(Pathway, clock.on(now, settings.current().zone)).branches
    return [
        f"“branches” names {code}, and the pathway has no such branch: nobody writes observations by it."
        for code in forms.branches
        if code not in there
    ]


def forms_now(now: datetime) -> ObservationForms:
    """The forms in force today, by the calendar of the organisation's zone."""
    return forms_on(clock.on(now, settings.current().zone))


def forms_on(day: date) -> ObservationForms:
    """The forms in force on a day."""
    return documents.on(ObservationForms, day)
