"""The pathway: the policy of what each step up, and each duty on a shift, requires.

Steps, kinds of requirement and duties are code. Which requirements, how often and with which details is dated data,
kept in versions (`app.policies`). Every requirement names its source.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.policies.words import Words
from progression.duties import Duty
from progression.stages import Stage

AGE = "age"  # the one kind of requirement that is met by a birth date, not by evidence

MOST_SIGNERS = 3  # more would only wait for each other

SHIPPED = Path(__file__).with_name("pathway.yaml")

Sentence = Annotated[str, StringConstraints(min_length=3, max_length=400, strip_whitespace=True)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


LONGEST_GRACE = timedelta(days=184)  # half a year: longer would be a rule that does not hold


class Grace(_Document):
    """Who was cleared before a requirement came stays cleared without it until a day; others need it at once."""

    cleared_at: Annotated[
        AwareDatetime, Words("For who was cleared at")
    ]  # who was cleared by all else at this instant, by what was recorded then
    until: Annotated[date, Words("Until")]  # the last day; the end of it in the organisation's zone

    @model_validator(mode="after")
    def _is_a_time(self) -> Self:
        if not self.cleared_at.date() <= self.until <= self.cleared_at.date() + LONGEST_GRACE:
            raise ValueError(f"a grace period ends within {LONGEST_GRACE.days} days of the instant it is for")
        return self


class Requirement(_Document):
    """One requirement, met by evidence of this kind and key (or, for `age:18`, by a birthday)."""

    evidence: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z][a-z-]{1,29}:[a-z0-9][a-z0-9-]{0,59}$"),
        Words("Recorded as"),
    ]
    title: Annotated[Sentence, Words("What it is")]
    how: Annotated[Sentence, Words("Where to get it")]  # where to get it, in a sentence for the person
    times: Annotated[int, Words("How often")] = Field(default=1, ge=1, le=1000)
    # A detail of the evidence must be one of these: {"workforce": ["child"]} asks for a check made for that.
    facts: Annotated[dict[str, tuple[str, ...]], Words("With these details")] = Field(default_factory=dict)
    source: Annotated[Sentence, Words("Where it comes from", rows=2)]
    grace: Annotated[Grace | None, Field(exclude_if=lambda grace: grace is None), Words("Time to do it")] = None

    @cached_property
    def kind(self) -> str:
        return self.evidence.partition(":")[0]

    @cached_property
    def key(self) -> str:
        return self.evidence.partition(":")[2]

    @model_validator(mode="after")
    def _an_age_is_a_number(self) -> Self:
        if self.kind == AGE and not (self.key.isdecimal() and 1 <= int(self.key) <= 99 and self.times == 1):
            raise ValueError("an age is written age:18, and is asked for once")
        return self


class DutyDemand(_Document):
    """Who may do a duty: people from this stage on who meet these requirements."""

    from_stage: Annotated[Stage, Words("From the stage of")]
    needs: Annotated[tuple[Code, ...], Words("Asks for")]

    @model_validator(mode="after")
    def _somebody_signed_off(self) -> Self:
        if self.from_stage is Stage.USER:
            raise ValueError("nobody goes on a shift before somebody signed them off as a peer")
        return self


class Signing(_Document):
    """How a step is decided."""

    signers: Annotated[int, Words("Different people who sign")] = Field(default=1, ge=1, le=MOST_SIGNERS)


class Pathway(_Document):
    """The whole policy. Every duty must have an entry: without one, who may do it would be a guess."""

    name: Annotated[Sentence, Words("Name")]
    # Evidence that ends within so many days is shown as about to lapse.
    lapses_soon_days: Annotated[int, Words("Shown as about to lapse within", unit="days")] = Field(ge=1, le=365)
    check_again_after_months: Annotated[int, Words("Background checks are made again after", unit="months")] = Field(
        ge=1, le=120
    )
    check_again_source: Annotated[Sentence, Words("Where that comes from", rows=2)]
    requirements: Annotated[dict[Code, Requirement], Words("What can be asked for")]
    steps: Annotated[dict[Stage, tuple[Code, ...]], Words("Each step asks for")]
    duties: Annotated[dict[Duty, DutyDemand], Words("Each duty")]
    # A step that is not listed is signed by one person.
    signing: Annotated[
        dict[Stage, Signing], Field(default_factory=dict, exclude_if=lambda signing: not signing), Words("Who signs")
    ]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if set(self.steps) != set(Stage) - {Stage.USER}:
            raise ValueError("steps must say what peer, volunteer and staff each need")
        if missing := sorted(set(Duty) - set(self.duties)):
            raise ValueError(f"no word on who may do: {', '.join(missing)}")
        if Stage.USER in self.signing:
            raise ValueError("everybody begins as a user, so nobody signs for that")
        asked = [code for step in self.steps.values() for code in step]
        asked += [code for demand in self.duties.values() for code in demand.needs]
        if unknown := sorted(set(asked) - set(self.requirements)):
            raise ValueError(f"asked for, but not described under requirements: {', '.join(unknown)}")
        if unasked := sorted(set(self.requirements) - set(asked)):
            raise ValueError(f"described under requirements, but asked for nowhere: {', '.join(unasked)}")
        return self

    def needs_of_step(self, to: Stage) -> tuple[Requirement, ...]:
        """What the step up to a stage requires, in the order pages list it."""
        return tuple(self.requirements[code] for code in self.steps[to])

    def signers_of_step(self, to: Stage) -> int:
        """How many different people sign for the step up to a stage."""
        return self.signing[to].signers if to in self.signing else 1

    def needs_of_duty(self, duty: Duty) -> tuple[Requirement, ...]:
        """What a duty requires besides the stage."""
        return tuple(self.requirements[code] for code in self.duties[duty].needs)

    def with_time_to_do_it(self, today: date) -> Pathway:
        """The same pathway, in which a grace period that is not over ends nothing yet: people can still do it."""
        if not any(need.grace and need.grace.until >= today for need in self.requirements.values()):
            return self
        requirements = {
            code: need.model_copy(update={"grace": need.grace.model_copy(update={"until": date.max})})
            if need.grace and need.grace.until >= today
            else need
            for code, need in self.requirements.items()
        }
        return self.model_copy(update={"requirements": requirements})

    @property
    def evidence_asked_for(self) -> frozenset[str]:
        """Every `kind:key` that a step or duty requires; other evidence changes nobody's standing."""
        return frozenset(requirement.evidence for requirement in self.requirements.values())
