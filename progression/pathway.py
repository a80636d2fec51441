"""The pathway: the policy of what each step up, and each duty on a shift, requires.

Steps, kinds of requirement and duties are code. Which requirements, how often and with which details is dated data,
kept in versions (`app.policies`). Every requirement names its source.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from app.policies.words import Words
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import AWAY, Fact, kind_of
from progression.stages import Stage
from progression.worked import WORKED

AGE = "age"  # met by a birth date, not by evidence
AT_STAGE = "at-stage"  # met by having been at a stage, or above it, for so many days
COMPUTED = frozenset({AGE, AT_STAGE})  # kinds that are met without evidence of that kind
WITH_OUTCOME = frozenset({FactKind.REFERENCE, FactKind.INTERVIEW})  # what was recorded may speak against somebody

MOST_SIGNERS = 3  # more would only wait for each other

SHIPPED = Path(__file__).with_name("pathway.yaml")

Sentence = Annotated[str, StringConstraints(min_length=3, max_length=400, strip_whitespace=True)]
Evidence = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,29}:[a-z0-9][a-z0-9-]{0,59}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


LEAST_NOTICE = 14  # days; so that the e-mails of 30 and 7 days before have something to be before
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


class Unit(StrEnum):
    """What a window counts."""

    SHIFTS = "shifts"  # or whatever the evidence is: each row is one
    HOURS = "hours"


class Window(_Document):
    """So much in the last so many days. Days away make the window longer, and nobody gains and loses it every week."""

    least: Annotated[int, Words("At least")] = Field(ge=1, le=2000)
    unit: Annotated[Unit, Words("Counted in")] = Unit.SHIFTS
    days: Annotated[int, Words("In the last", unit="days")] = Field(ge=1, le=1100)
    # Who has it keeps it while there is at least this much.
    low: Annotated[int | None, Words("Kept with at least", empty="the same")] = Field(default=None, ge=1, le=2000)
    grace_days: Annotated[int, Words("Kept with less than that for", unit="days")] = Field(default=0, ge=0, le=184)
    # Each piece of evidence counts only until so many shifts were worked after it. Nobody can know that day beforehand,
    # so there are days left from it on.
    shifts_since: Annotated[int | None, Words("Counts until so many shifts were worked since", empty="any number")] = (
        Field(default=None, ge=1, le=500)
    )
    # Evidence, as kind:key, after which there is a whole window of time to begin, or to begin again.
    restarted_by: Annotated[tuple[Evidence, ...], Words("Begins again with")] = ()

    @model_validator(mode="after")
    def _has_a_low_mark_below_the_full_one(self) -> Self:
        if self.low is not None and self.low > self.least:
            raise ValueError("what keeps it is at most what gives it")
        if self.shifts_since is not None and self.grace_days < LEAST_NOTICE:
            raise ValueError(f"what ends after so many shifts is kept for at least {LEAST_NOTICE} days from then on")
        return self

    @property
    def keeps(self) -> int:
        """How much keeps it, in its unit."""
        return self.least if self.low is None else self.low


class AtStage(_Document):
    """For how long somebody has been at a stage."""

    days: Annotated[int, Words("For at least", unit="days")] = Field(ge=1, le=1100)
    leave_counts: Annotated[bool, Words("Days away count too")] = False


class Requirement(_Document):
    """One requirement, met by evidence of this kind and key (or, for `age:18`, by a birthday)."""

    evidence: Annotated[Evidence, Words("Recorded as")]
    title: Annotated[Sentence, Words("What it is")]
    how: Annotated[Sentence, Words("Where to get it")]  # where to get it, in a sentence for the person
    times: Annotated[int, Words("How often")] = Field(default=1, ge=1, le=1000)
    # A detail of the evidence must be one of these: {"workforce": ["child"]} asks for a check made for that.
    facts: Annotated[dict[str, tuple[str, ...]], Words("With these details")] = Field(default_factory=dict)
    source: Annotated[Sentence, Words("Where it comes from", rows=2)]
    within: Annotated[Window | None, Field(exclude_if=lambda within: within is None), Words("Lately")] = None
    at_stage: Annotated[AtStage | None, Field(exclude_if=lambda time: time is None), Words("Time at the stage")] = None
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

    @model_validator(mode="after")
    def _times_fit_the_kind(self) -> Self:
        if (self.kind == AT_STAGE) != (self.at_stage is not None):
            raise ValueError("time at a stage is written at-stage:volunteer, with the days under at_stage")
        if self.at_stage is not None and (self.key not in set(Stage) - {Stage.USER} or self.times != 1 or self.facts):
            raise ValueError("time at a stage names peer, volunteer or staff, and is asked for once")
        if self.kind in WITH_OUTCOME and not self.facts.get("outcome"):
            raise ValueError("references and interviews can go either way: say which outcome counts, under facts")
        if self.within is None:
            return self
        if self.kind in COMPUTED or self.times != 1:
            raise ValueError("what is asked for lately says how much under within, and is worked or recorded")
        if self.within.unit is Unit.HOURS and self.kind != WORKED:
            raise ValueError("only what people worked has hours: worked:shift")
        if self.within.shifts_since is not None and self.kind == WORKED:
            raise ValueError("shifts do not end by shifts: ask for so many of them lately")
        return self

    def is_met_by(self, fact: Fact) -> bool:
        """Whether a fact has the kind, key and details that are asked for, whether it still holds or not."""
        if fact.key != self.key or fact.kind != self.kind:
            return False
        details = fact.facts
        for detail, accepted in self.facts.items():  # noqa: SIM110  as long as `all` takes for what most never ask
            if details.get(detail) not in accepted:
                return False
        return True

    @property
    def looks_further(self) -> bool:
        """Whether facts of other kinds than its own decide too when it is met."""
        return self.at_stage is not None or self.within is not None or self.kind == FactKind.BRANCH

    @property
    def pauses_for_leave(self) -> bool:
        """Whether days away change when it is met."""
        return self.within is not None or (self.at_stage is not None and not self.at_stage.leave_counts)

    @property
    def amount(self) -> int:
        """How much is asked for in all: pieces of evidence, hours or days."""
        if self.within is not None:
            return self.within.least
        return self.at_stage.days if self.at_stage is not None else self.times


class DutyDemand(_Document):
    """Who may do a duty: people from this stage on who meet these requirements."""

    from_stage: Annotated[Stage, Words("From the stage of")]
    needs: Annotated[tuple[Code, ...], Words("Asks for")]

    @model_validator(mode="after")
    def _somebody_signed_off(self) -> Self:
        if self.from_stage is Stage.USER:
            raise ValueError("nobody goes on a shift before somebody signed them off as a peer")
        return self


class Branch(_Document):
    """A way beside the steps, such as leading or a placement: it gives duties, not a stage.

    What it gives stands with the duties: one that asks for `branch:` and its code is done by people in the branch.
    """

    title: Annotated[Sentence, Words("What it is")]
    what: Annotated[Sentence, Words("What people do in it", rows=2)]
    from_stage: Annotated[Stage, Words("From the stage of")]
    needs: Annotated[tuple[Code, ...], Words("Asks for")]
    signers: Annotated[int, Words("Different people who sign")] = Field(default=1, ge=1, le=MOST_SIGNERS)
    source: Annotated[Sentence, Words("Where it comes from", rows=2)]


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
    branches: Annotated[
        dict[Code, Branch], Field(default_factory=dict, exclude_if=lambda branches: not branches), Words("Branches")
    ]
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
        asked += [code for branch in self.branches.values() for code in branch.needs]
        if unknown := sorted(set(asked) - set(self.requirements)):
            raise ValueError(f"asked for, but not described under requirements: {', '.join(unknown)}")
        if unasked := sorted(set(self.requirements) - set(asked)):
            raise ValueError(f"described under requirements, but asked for nowhere: {', '.join(unasked)}")
        self._check_branches()
        return self

    def _check_branches(self) -> None:
        for code, need in self.requirements.items():
            if need.kind != FactKind.BRANCH:
                continue
            branch = self.branches.get(need.key)
            if branch is None:
                raise ValueError(f"“{code}” asks for the branch {need.key}, which is not described under branches")
            if need.times != branch.signers or need.facts or need.within:
                raise ValueError(f"“{code}” asks for {need.times} signatures, and its branch for {branch.signers}")
            if any(code in each.needs for each in self.branches.values()):
                raise ValueError(f"“{code}” is asked for by a branch; branches begin from stages")

    def needs_of_step(self, to: Stage) -> tuple[Requirement, ...]:
        """What the step up to a stage requires, in the order pages list it."""
        return tuple(self.requirements[code] for code in self.steps[to])

    def needs_of_branch(self, code: str) -> tuple[Requirement, ...]:
        """What a branch requires besides the stage, before somebody signs for it."""
        return tuple(self.requirements[each] for each in self.branches[code].needs)

    def duties_of_branch(self, code: str) -> tuple[Duty, ...]:
        """The duties that only people in a branch may do."""
        asked = f"{FactKind.BRANCH}:{code}"
        return tuple(duty for duty in Duty if any(need.evidence == asked for need in self.needs_of_duty(duty)))

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
    def kinds_read(self) -> frozenset[str]:
        """The kinds of fact that decide whether requirements are met, besides those that decide the stage."""
        needs = self.requirements.values()
        restarts = (each for need in needs if need.within for each in need.within.restarted_by)
        kinds = {kind_of(each) for each in (*self.evidence_asked_for, *restarts)}
        return frozenset(
            kinds
            | ({AWAY} if self.pauses_for_leave else set())
            | ({FactKind.BRANCH_LEFT} if FactKind.BRANCH in kinds else set())
            | ({WORKED} if any(need.within and need.within.shifts_since for need in needs) else set())
        )

    @property
    def pauses_for_leave(self) -> bool:
        """Whether days away change when some requirement is met."""
        return any(need.pauses_for_leave for need in self.requirements.values())

    @property
    def evidence_asked_for(self) -> frozenset[str]:
        """Every `kind:key` that a step or duty requires; other evidence changes nobody's standing."""
        return frozenset(requirement.evidence for requirement in self.requirements.values())
