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

from progression.duties import Duty
from progression.stages import Stage

DEFAULTS = Path(__file__).with_name("defaults.yaml")

Hours = Annotated[float, Field(ge=0, le=24 * 31, multiple_of=0.25)]
Count = Annotated[int, Field(ge=0, le=1000)]


class Severity(StrEnum):
    """How strict a rule is. The engine breaks neither of the first two; a person may set the second aside."""

    HARD = "hard"
    OVERRIDABLE = "overridable"
    WISH = "wish"
    UNUSED = "unused"

    def is_stricter_than(self, other: Severity) -> bool:
        """Whether this allows less than the other."""
        order = tuple(Severity)
        return order.index(self) < order.index(other)


class RuleSettings(BaseModel):
    """The settings that every rule has: how strict it is, and where its figures come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Severity
    source: str
    price: Annotated[int, Field(ge=1, le=10_000)] = 1
    """What exceeding the limit by one costs beside other wishes, where the rule is a wish."""
    stricter_for: dict[Stage, Severity] = Field(default_factory=dict)
    """Stages for whose people the rule is stricter: working time law binds staff, while volunteers are asked."""

    @model_validator(mode="after")
    def _is_stricter(self) -> Self:
        for stage, severity in self.stricter_for.items():
            if self.severity.is_stricter_than(severity):
                raise ValueError(f"{severity} for {stage} is less strict than {self.severity}")
        return self


class AlwaysHard(RuleSettings):
    """A rule that no policy can soften, because what it forbids is never safe or never possible."""

    severity: Literal[Severity.HARD] = Severity.HARD


class ShiftRuleSettings(RuleSettings):
    """A rule about a shift as a whole, which no stage can make stricter: a shift has no stage."""


class RoomSettings(AlwaysHard, ShiftRuleSettings):
    """How many people a shift has work for: its cover lines give the figures."""


class WishAtMost(RuleSettings):
    """A rule that is weighed and never forbids, because people sometimes cannot do what they usually do."""

    severity: Literal[Severity.WISH, Severity.UNUSED] = Severity.WISH


class RestSettings(RuleSettings):
    """Rest between shifts, in hours that pass."""

    adult_hours: Hours
    under_18_hours: Hours
    never_under_hours: Hours = 8
    """Nobody may have less rest than this, whatever the reason."""
    exempt_duties: frozenset[Duty] = frozenset()


class HoursSettings(RuleSettings):
    """Most hours worked in a time span that may start at any moment."""

    adult_hours: Hours
    under_18_hours: Hours
    exempt_duties: frozenset[Duty] = frozenset()


class ClockSettings(RuleSettings):
    """Hours of the clock that somebody under 18 does not work."""

    starts: time
    ends: time


class DaysSettings(RuleSettings):
    """A number of days or weekends, at most or at least. None: only each person's own limits hold."""

    most: Count | None = None
    least: Count | None = None


class NightsSettings(RuleSettings):
    """A number of nights. A stint is a night if so many of its hours lie between two times of the clock."""

    starts: time
    ends: time
    counts_from_hours: Hours
    most: Count
    exempt_duties: frozenset[Duty] = frozenset()


class RecoverySettings(NightsSettings):
    """The rest after `most` nights in a row, in hours that pass."""

    hours: Hours


class LighterSettings(NightsSettings):
    """For people who had many nights lately: no more than `most` nights in the first days of the period."""

    heavy_from_hours: Hours
    days: Count


class CoolDownSettings(RuleSettings):
    """The rest after a shift that was noted as hard, in hours that pass."""

    hours: Hours


class SuccessionSettings(RuleSettings):
    """For a kind of shift: the kinds that may not be worked on the very next day."""

    forbidden: dict[str, frozenset[str]] = Field(default_factory=dict)


class FairnessSettings(NightsSettings):
    """What nights, weekends and hours cost in a person's share; beyond `most` units each further one costs the same."""

    night_price: Count
    weekend_price: Count
    hours_price: Count


class BlendSettings(ShiftRuleSettings):
    """A rule about the mix on a shift, and the duties it leaves out. Safety is never only a wish."""

    severity: Literal[Severity.HARD, Severity.OVERRIDABLE, Severity.UNUSED]
    exempt_duties: frozenset[Duty] = frozenset()


class CompanySettings(BlendSettings):
    """How many people a shift needs before it is safe to open."""

    at_least: Count


class BesideSettings(BlendSettings):
    """How many people may work beside each person who looks after them."""

    most_each: Annotated[int, Field(ge=1, le=100)]


class PartsSettings(RuleSettings):
    """How short a part of a seat may be that two people share. Unused: nobody is offered a shared seat."""

    severity: Severity = Severity.HARD
    least_hours: Annotated[float, Field(ge=0.5, le=12, multiple_of=0.25)] = 2
    source: str = "Nightlight's own choice. For less than two hours hardly anybody comes on duty."


class RotaRules(BaseModel):
    """The whole document. Every rule has a field, so that no rule is in force that nobody can read.

    Documents that were kept must stay readable: fields are never renamed, and a new one has a default.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    clearance: AlwaysHard
    availability: RuleSettings
    overlap: AlwaysHard
    under_18_nights: ClockSettings
    rest: RestSettings
    hours_in_a_day: HoursSettings
    hours_in_a_week: HoursSettings
    cool_down: CoolDownSettings
    one_a_day: RuleSettings
    successions: SuccessionSettings
    longest_run: DaysSettings
    shortest_run: RuleSettings
    shortest_break: DaysSettings
    nights_in_a_row: NightsSettings
    nights_in_the_period: NightsSettings
    recovery_after_nights: RecoverySettings
    lighter_after_heavy: LighterSettings
    weekends: DaysSettings
    most_they_asked: RuleSettings
    least_they_asked: RuleSettings
    room: RoomSettings
    nobody_alone: CompanySettings
    experienced_adult: BlendSettings
    peers_beside: BesideSettings
    newcomers_beside: BesideSettings
    shadows_beside: BesideSettings
    apart: ShiftRuleSettings
    together: ShiftRuleSettings
    standing_slots: WishAtMost = WishAtMost(source="Nightlight's own choice.", price=2_000)
    wishes: RuleSettings
    fairness: FairnessSettings
    parts: PartsSettings = PartsSettings()

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
