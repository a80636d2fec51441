"""The rubrics of practicals: what each duty's is marked by, by how many people, and how it goes on. A dated policy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app import clock, settings
from app.people.rights import people_who_may
from app.policies import documents
from app.policies.words import Words
from progression.duties import Duty
from training.pack_parts import Slug
from training.permissions import TrainingPermission

SHIPPED = Path(__file__).with_name("rubrics.yaml")

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Document):
    """One thing that is looked at, and its levels in words, the lowest first."""

    key: Annotated[
        Slug, Words("Short name", hint="In lower case. Marks are kept under it, so leave it as it is once used.")
    ]
    title: Annotated[Text, Words("What is looked at")]
    levels: Annotated[
        tuple[Text, ...],
        Field(min_length=2, max_length=5),
        Words("Levels", hint="One on each line, the lowest first.", rows=5),
    ]
    passes_from: Annotated[
        int, Field(ge=2, le=5), Words("Passes from level", hint="The number of the lowest that passes.")
    ]  # the number of the lowest level that passes, from 1
    must_pass: Annotated[bool, Words("Must pass: no other makes up for it")] = (
        False  # whether no other criterion can make up for it, such as safety
    )

    @model_validator(mode="after")
    def _can_be_passed(self) -> Self:
        if self.passes_from > len(self.levels):
            raise ValueError(f"“{self.key}” passes from level {self.passes_from} and has only {len(self.levels)}")
        return self


class Rubric(_Document):
    """What the practicals for one duty are marked by."""

    criteria: Annotated[
        tuple[Criterion, ...], Field(min_length=1, max_length=12), Words("What is looked at", one="criterion")
    ]
    may_miss: Annotated[int, Field(ge=0, le=11), Words("How many may be missed of those that are no must")] = (
        0  # how many criteria that are no must may be below their level
    )
    markers: Annotated[int, Field(ge=1, le=2), Words("People who mark each, 1 or 2")] = 1
    again_after_weeks: Annotated[int, Field(ge=0, le=26), Words("Weeks until another try")] = (
        1  # after a try that did not pass
    )

    @model_validator(mode="after")
    def _each_is_named_once_and_somebody_can_fail(self) -> Self:
        keys = [each.key for each in self.criteria]
        if len(set(keys)) < len(keys):
            raise ValueError("two criteria have the same key")
        if self.may_miss >= len(keys):
            raise ValueError("may_miss lets every criterion be missed, so that everything passes")
        return self


class PracticalRubrics(_Document):
    """The whole policy."""

    give_back_after_hours: Annotated[
        int, Field(ge=1, le=336), Words("Taken and not marked, work is open to others again after", unit="hours")
    ]  # work that a marker took and did not mark
    keep_words_weeks: Annotated[
        int, Field(ge=4, le=260), Words("The work, comments and answers are kept after the result for", unit="weeks")
    ]  # after the result: the work, comments and answers
    rubrics: Annotated[dict[Duty, Rubric], Field(max_length=10), Words("For each duty")]


def rubrics_now(now: datetime) -> PracticalRubrics:
    """The rubrics in force today, by the calendar of the organisation's zone."""
    return documents.on(PracticalRubrics, clock.on(now, settings.current().zone))


def too_few_markers(rubrics: PracticalRubrics, now: datetime) -> list[str]:
    """A warning where practicals would wait for marks that nobody is there to give."""
    may_mark = len(people_who_may(TrainingPermission.MARK, on=clock.on(now, settings.current().zone)))
    # Where two come to different results, a third decides.
    wanted = max((3 if rubric.markers == 2 else 1 for rubric in rubrics.rubrics.values()), default=0)
    if may_mark >= wanted:
        return []
    people = "person" if may_mark == 1 else "people"
    return [
        f"{may_mark} {people} may mark practicals, and {wanted} can be needed for one. Until there are more trainers "
        "or assessors, work waits."
    ]
