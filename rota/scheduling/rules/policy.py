"""The schema of the rota rules: how strict each rule is, and its figures, as one dated policy document.

Kinds of rule are code; an organisation changes figures and severities, never the meaning of a rule.
"""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.policies.words import Words
from progression.duties import Duty
from progression.stages import Stage
from rota.scheduling.rules import policy_words as said

DEFAULTS = Path(__file__).with_name("defaults.yaml")

Hours = Annotated[float, Field(ge=0, le=24 * 31, multiple_of=0.25)]
Count = Annotated[int, Field(ge=0, le=1000)]
Exempt = Annotated[frozenset[Duty], Words("Duties it leaves out", rare=True)]


class Severity(StrEnum):
    """How strict a rule is. The engine breaks neither of the first two; a person may set the second aside."""

    HARD = "hard"
    OVERRIDABLE = "overridable"
    WISH = "wish"
    UNUSED = "unused"

    @property
    def words(self) -> str:
        """How strict that is, on pages."""
        return {
            Severity.HARD: "Never broken",
            Severity.OVERRIDABLE: "A coordinator may set it aside with a reason",
            Severity.WISH: "A wish: weighed, and forbids nothing",
            Severity.UNUSED: "Not used",
        }[self]

    def is_stricter_than(self, other: Severity) -> bool:
        """Whether this allows less than the other."""
        order = tuple(Severity)
        return order.index(self) < order.index(other)


class RuleSettings(BaseModel):
    """The settings that every rule has: how strict it is, and where its figures come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Annotated[Severity, Words("How strict")]
    source: Annotated[str, Words("Where it comes from", rows=2)]
    price: Annotated[
        int,
        Field(ge=1, le=10_000),
        Words(
            "Weight as a wish",
            hint="Where the rule is a wish: how much it counts beside other wishes.",
            rare=True,
            where=("severity", Severity.WISH),
        ),
    ] = 1
    """What exceeding the limit by one costs beside other wishes, where the rule is a wish."""
    stricter_for: Annotated[
        dict[Stage, Severity],
        Words("Stricter for some people", hint="The law binds staff where volunteers are only asked.", rare=True),
    ] = Field(default_factory=dict)
    """Stages for whose people the rule is stricter: working time law binds staff, while volunteers are asked."""

    @model_validator(mode="after")
    def _is_stricter(self) -> Self:
        for stage, severity in self.stricter_for.items():
            if self.severity.is_stricter_than(severity):
                raise ValueError(f"{severity} for {stage} is less strict than {self.severity}")
        return self


class AlwaysHard(RuleSettings):
    """A rule that no policy can soften, because what it forbids is never safe or never possible."""

    severity: Annotated[Literal[Severity.HARD], Words("How strict")] = Severity.HARD


class ShiftRuleSettings(RuleSettings):
    """A rule about a shift as a whole, which no stage can make stricter: a shift has no stage."""


class RoomSettings(AlwaysHard, ShiftRuleSettings):
    """How many people a shift has work for: its cover lines give the figures."""


class WishAtMost(RuleSettings):
    """A rule that is weighed and never forbids, because people sometimes cannot do what they usually do."""

    severity: Annotated[Literal[Severity.WISH, Severity.UNUSED], Words("How strict")] = Severity.WISH


class RestSettings(RuleSettings):
    """Rest between shifts, in hours that pass."""

    adult_hours: Annotated[Hours, Words("Hours of rest for adults")]
    under_18_hours: Annotated[Hours, Words("Hours of rest under 18")]
    never_under_hours: Annotated[Hours, Words("Hours of rest that everybody has whatever the reason")] = 8
    """Nobody may have less rest than this, whatever the reason."""
    exempt_duties: Exempt = frozenset()


class HoursSettings(RuleSettings):
    """Most hours worked in a time span that may start at any moment."""

    adult_hours: Annotated[Hours, Words("Most hours of adults")]
    under_18_hours: Annotated[Hours, Words("Most hours under 18")]
    exempt_duties: Exempt = frozenset()


class ClockSettings(RuleSettings):
    """Hours of the clock that somebody under 18 does not work."""

    starts: Annotated[time, Words("From")]
    ends: Annotated[time, Words("Until")]


class DaysSettings(RuleSettings):
    """A number of days or weekends, at most or at least. None: only each person's own limits hold."""

    most: Annotated[Count | None, Words("At most", empty="(no figure is set: any number of)")] = None
    least: Annotated[Count | None, Words("At least", empty="(no figure is set: any number of)")] = None


class NightsSettings(RuleSettings):
    """A number of nights. A stint is a night if so many of its hours lie between two times of the clock."""

    starts: Annotated[time, Words("Night begins")]
    ends: Annotated[time, Words("Night ends")]
    counts_from_hours: Annotated[Hours, Words("Hours of the night from which a shift is a night")]
    most: Annotated[Count, Words("Most nights")]
    exempt_duties: Exempt = frozenset()


class RecoverySettings(NightsSettings):
    """The rest after `most` nights in a row, in hours that pass."""

    hours: Annotated[Hours, Words("Hours of rest")]


class LighterSettings(NightsSettings):
    """For people who had many nights lately: no more than `most` nights in the first days of the period."""

    heavy_from_hours: Annotated[Hours, Words("Hours of nights lately that are many")]
    days: Annotated[Count, Words("Days at the start of the period")]


class CoolDownSettings(RuleSettings):
    """The rest after a shift that was noted as hard, in hours that pass."""

    hours: Annotated[Hours, Words("Hours of rest")]


class SuccessionSettings(RuleSettings):
    """For a kind of shift: the kinds that may not be worked on the very next day."""

    forbidden: Annotated[
        dict[str, frozenset[str]],
        Words(
            "Kinds of shift, and what may not follow them",
            hint="On each line the name of a shift, a colon, and with commas the names that may not come the next day. "
            "Such as “Late: Early, Morning”.",
            empty="(none named)",
            rows=3,
        ),
    ] = Field(default_factory=dict)


class FairnessSettings(NightsSettings):
    """What nights, weekends and hours cost in a person's share; beyond `most` units each further one costs the same."""

    night_price: Annotated[Count, Words("Weight of a night")]
    weekend_price: Annotated[Count, Words("Weight of a shift at the weekend")]
    hours_price: Annotated[Count, Words("Weight of four hours")]


class BlendSettings(ShiftRuleSettings):
    """A rule about the mix on a shift, and the duties it leaves out. Safety is never only a wish."""

    severity: Annotated[Literal[Severity.HARD, Severity.OVERRIDABLE, Severity.UNUSED], Words("How strict")]
    exempt_duties: Exempt = frozenset()


class CompanySettings(BlendSettings):
    """How many people a shift needs before it is safe to open."""

    at_least: Annotated[Count, Words("People at least")]


class BesideSettings(BlendSettings):
    """How many people may work beside each person who looks after them."""

    most_each: Annotated[int, Field(ge=1, le=100), Words("People beside each at most")]


class NewcomerSettings(BesideSettings):
    """Who is new to the work: people with fewer shifts behind them than `first_shifts`."""

    first_shifts: Annotated[int, Field(ge=0, le=100), Words("Shifts until somebody is no longer new")] = 3


class PartsSettings(RuleSettings):
    """How short a part of a seat may be that two people share. Unused: no part of a seat is offered to anybody."""

    severity: Annotated[Severity, Words("How strict")] = Severity.HARD
    least_hours: Annotated[float, Field(ge=0.5, le=12, multiple_of=0.25), Words("Hours of a part at least")] = 2
    source: Annotated[str, Words("Where it comes from", rows=2)] = (
        "Nightlight's own choice. For less than two hours hardly anybody comes on duty."
    )


class RotaRules(BaseModel):
    """The whole document. Every rule has a field, so that no rule is in force that nobody can read.

    Documents that were kept must stay readable: fields are never renamed, and a new one has a default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    clearance: Annotated[AlwaysHard, said.CLEARANCE]
    availability: Annotated[RuleSettings, said.AVAILABILITY]
    overlap: Annotated[AlwaysHard, said.OVERLAP]
    under_18_nights: Annotated[ClockSettings, said.UNDER_18_NIGHTS]
    rest: Annotated[RestSettings, said.REST]
    hours_in_a_day: Annotated[HoursSettings, said.HOURS_IN_A_DAY]
    hours_in_a_week: Annotated[HoursSettings, said.HOURS_IN_A_WEEK]
    cool_down: Annotated[CoolDownSettings, said.COOL_DOWN]
    one_a_day: Annotated[RuleSettings, said.ONE_A_DAY]
    successions: Annotated[SuccessionSettings, said.SUCCESSIONS]
    longest_run: Annotated[DaysSettings, said.LONGEST_RUN]
    shortest_run: Annotated[RuleSettings, said.SHORTEST_RUN]
    shortest_break: Annotated[DaysSettings, said.SHORTEST_BREAK]
    nights_in_a_row: Annotated[NightsSettings, said.NIGHTS_IN_A_ROW]
    nights_in_the_period: Annotated[NightsSettings, said.NIGHTS_IN_THE_PERIOD]
    recovery_after_nights: Annotated[RecoverySettings, said.RECOVERY_AFTER_NIGHTS]
    lighter_after_heavy: Annotated[LighterSettings, said.LIGHTER_AFTER_HEAVY]
    weekends: Annotated[DaysSettings, said.WEEKENDS]
    most_they_asked: Annotated[RuleSettings, said.MOST_THEY_ASKED]
    least_they_asked: Annotated[RuleSettings, said.LEAST_THEY_ASKED]
    room: Annotated[RoomSettings, said.ROOM]
    nobody_alone: Annotated[CompanySettings, said.NOBODY_ALONE]
    experienced_adult: Annotated[BlendSettings, said.EXPERIENCED_ADULT]
    peers_beside: Annotated[BesideSettings, said.PEERS_BESIDE]
    newcomers_beside: Annotated[NewcomerSettings, said.NEWCOMERS_BESIDE]
    shadows_beside: Annotated[BesideSettings, said.SHADOWS_BESIDE]
    apart: Annotated[ShiftRuleSettings, said.APART]
    together: Annotated[ShiftRuleSettings, said.TOGETHER]
    standing_slots: Annotated[WishAtMost, said.STANDING_SLOTS] = WishAtMost(
        source="Nightlight's own choice.", price=2_000
    )
    wishes: Annotated[RuleSettings, said.WISHES]
    fairness: Annotated[FairnessSettings, said.FAIRNESS]
    parts: Annotated[PartsSettings, said.PARTS] = PartsSettings()

    @model_validator(mode="after")
    def _shifts_have_no_stage(self) -> Self:
        if named := [
            name for name, settings in self if isinstance(settings, ShiftRuleSettings) and settings.stricter_for
        ]:
            raise ValueError(f"these speak of shifts, which have no stage: {', '.join(named)}")
        return self

    def __hash__(self) -> int:
        # Some values are dictionaries, which have no hash. A few figures are enough: equal documents have equal ones.
        return hash((self.rest.adult_hours, self.hours_in_a_week.adult_hours, self.longest_run.most))

    def for_stage(self, stage: Stage | None) -> RotaRules:
        """The rules for people of a stage; this same object where nothing is stricter for them."""
        named = ((name, getattr(self, name)) for name in type(self).model_fields)
        stricter = {
            name: settings.model_copy(update={"severity": settings.stricter_for[stage]})
            for name, settings in named
            if stage in settings.stricter_for and settings.stricter_for[stage] is not settings.severity
        }
        return self.model_copy(update=stricter) if stricter else self


@cache
def shipped_rules() -> RotaRules:
    """The rules as they ship, each figure with its source."""
    return RotaRules.model_validate(yaml.safe_load(DEFAULTS.read_text(encoding="utf-8")))
