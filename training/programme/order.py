"""The programme: the order of courses, and which course must be passed before another. A dated policy."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app import clock, settings
from app.policies import documents
from app.policies.words import Words
from app.refusals import Conflict
from app.wording import listed
from progression.facts import without_withdrawn
from progression.ledger import facts_of_person
from training import catalogue
from training.models import EVIDENCE_KIND
from training.pack_parts import Slug

SHIPPED = Path(__file__).with_name("programme.yaml")


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CourseInOrder(_Document):
    """A course in its place, and the courses to pass before it can be begun."""

    code: Annotated[Slug, Words("Course", hint="Its short name, as the list of courses has it.")]
    after: Annotated[
        tuple[Slug, ...],
        Words(
            "Begun only after",
            hint="The short names of courses above it, one on each line.",
            empty="nothing else",
            rows=2,
        ),
    ] = ()


class Programme(_Document):
    """The whole policy. A course that it does not name comes last and can be begun at once."""

    courses: Annotated[tuple[CourseInOrder, ...], Field(max_length=200), Words("Courses in their order", one="course")]

    @model_validator(mode="after")
    def _each_builds_on_earlier_ones(self) -> Self:
        """A course builds on courses above it only, so that no two wait for each other."""
        above: set[str] = set()
        for each in self.courses:
            if each.code in above:
                raise ValueError(f"“{each.code}” is named twice")
            if unknown := [code for code in each.after if code not in above]:
                raise ValueError(f"“{each.code}” comes after “{unknown[0]}”, which must be named above it")
            above.add(each.code)
        return self

    def place(self, code: str) -> int:
        """The position of a course, from 0; of one that is not named, behind all others."""
        return next((place for place, each in enumerate(self.courses) if each.code == code), len(self.courses))

    def before(self, code: str) -> tuple[str, ...]:
        """The codes of the courses to pass before this one."""
        return next((each.after for each in self.courses if each.code == code), ())


def programme_now(now: datetime) -> Programme:
    """The programme in force today, by the calendar of the organisation's zone."""
    return documents.on(Programme, clock.on(now, settings.current().zone))


def courses_not_here(programme: Programme, _now: datetime) -> list[str]:
    """A warning for each course that the programme names and nobody has installed."""
    here = catalogue.titles()
    return [
        f"No course “{each.code}” is installed: its place stays empty, and nothing waits for it."
        for each in programme.courses
        if each.code not in here
    ]


def to_pass_before(code: str, passed: Collection[str], programme: Programme) -> dict[str, str]:
    """The installed courses to pass before this one, without those in `passed`: their titles by code.

    None for a course that was passed itself: beginning it again waits for nothing.
    """
    if code in passed:
        return {}
    before = [each for each in programme.before(code) if each not in passed]
    titles = catalogue.titles() if before else {}
    return {each: titles[each] for each in before if each in titles}


def waits_for(code: str, person_id: int, *, now: datetime) -> dict[str, str]:
    """The same for a person. A pass that has lapsed is enough, here or elsewhere: it is refreshed in its own time."""
    counted = without_withdrawn(facts_of_person(person_id))
    return to_pass_before(code, {fact.key for fact in counted if fact.kind == EVIDENCE_KIND}, programme_now(now))


def check_may_begin(code: str, person_id: int, *, now: datetime) -> None:
    """Refuse a course while the person has never passed one that it builds on."""
    if missing := waits_for(code, person_id, now=now):
        wanted = listed(missing.values(), quoted=True)
        raise Conflict(f"This course builds on {wanted}. Please take that first; you find it under Learning.")
