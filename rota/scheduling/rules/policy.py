"""The rules' numbers and how strict each one is: a dated policy document, checked by its schema.

Kinds of rule are code; an organisation changes numbers and severities, never the meaning of a rule.
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
    """How strict a rule is. The engine breaks neither of the first two; a person may override the second."""

    HARD = "hard"
    OVERRIDABLE = "overridable"
    WISH = "wish"
    UNUSED = "unused"

    def is_stricter_than(self, other: Severity) -> bool:
        """Whether less is allowed than by the other."""
        order = tuple(Severity)
        return order.index(self) < order.index(other)


class RuleSettings(BaseModel):
    """What every rule's part of the policy holds: how strict it is, and where its figures come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Severity
    source: str
    price: Annotated[int, Field(ge=1, le=10_000)] = 1
    """What one over the limit weighs beside other wishes, where the rule is a wish."""
    stricter_for: dict[Stage, Severity] = Field(default_factory=dict)
    """Stages for whose people the rule is stricter: the law of working time binds staff, and volunteers are asked."""

    @model_validator(mode="after")
    def _is_stricter(self) -> Self:
        for stage, severity in self.stricter_for.items():
            if self.severity.is_stricter_than(severity):
                raise ValueError(f"{severity} for {stage} is less strict than {self.severity}")
        return self


class AlwaysHard(RuleSettings):
    """A rule that no policy can soften, because what it keeps out is never safe or never possible."""

    severity: Literal[Severity.HARD] = Severity.HARD


class WishAtMost(RuleSettings):
    """A rule that is weighed and never forbids, because people are sometimes away from what they usually do."""

    severity: Literal[Severity.WISH, Severity.UNUSED] = Severity.WISH


class RestSettings(RuleSettings):
    """Rest between shifts, in hours that pass."""

    adult_hours: Hours
    under_18_hours: Hours
    never_under_hours: Hours = 8
    """A rest shorter than this nobody sets aside, whatever the reason."""
    exempt_duties: frozenset[Duty] = frozenset()


class HoursSettings(RuleSettings):
    """Most hours worked in a stretch of time that may start at any moment."""

    adult_hours: Hours
    under_18_hours: Hours
    exempt_duties: frozenset[Duty] = frozenset()


class ClockSettings(RuleSettings):
    """Hours of the clock that somebody under 18 does not work."""

    starts: time
    ends: time


class DaysSettings(RuleSettings):
    """A number of days or weekends, at most or at least; none leaves it to what each person set."""

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
    """For who comes with a heavy account: no more than `most` nights in the first days of the period."""

    heavy_from_hours: Hours
    days: Count


class CoolDownSettings(RuleSettings):
    """The rest after a shift that was noted as hard, in hours that pass."""

    hours: Hours


class SuccessionSettings(RuleSettings):
    """For a kind of shift: the kinds that may not be worked on the very next day."""

    forbidden: dict[str, frozenset[str]] = Field(default_factory=dict)


class FairnessSettings(NightsSettings):
    """How much evenness of nights, weekends and hours weighs; beyond `most` units each further one weighs
    alike."""

    night_price: Count
    weekend_price: Count
    hours_price: Count


class BlendSettings(RuleSettings):
    """A rule about the mix on a shift, and the duties that are no part of it. Safety is never only a wish."""

    severity: Literal[Severity.HARD, Severity.OVERRIDABLE, Severity.UNUSED]
    exempt_duties: frozenset[Duty] = frozenset()


class CompanySettings(BlendSettings):
    """How many people a shift needs before it is safe to open."""

    at_least: Count


class BesideSettings(BlendSettings):
    """How many may work beside each one who looks after them."""

    most_each: Annotated[int, Field(ge=1, le=100)]


class PartsSettings(RuleSettings):
    """How short a part of a shift may be where two people share one; unused, nobody is offered to share one."""

    severity: Severity = Severity.HARD
    least_hours: Annotated[float, Field(ge=0.5, le=12, multiple_of=0.25)] = 2
    source: str = "Nightlight's own choice. For less than two hours hardly anybody comes on duty."


ABOUT_SHIFTS = (
    "room",
    "nobody_alone",
    "experienced_adult",
    "peers_beside",
    "newcomers_beside",
    "shadows_beside",
    "apart",
    "together",
)


class RotaRules(BaseModel):
    """The whole document. Every rule is named, so that nothing is in force that nobody can read."""

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
    room: AlwaysHard
    nobody_alone: CompanySettings
    experienced_adult: BlendSettings
    peers_beside: BesideSettings
    newcomers_beside: BesideSettings
    shadows_beside: BesideSettings
    apart: RuleSettings
    together: RuleSettings
    standing_slots: WishAtMost = WishAtMost(source="Nightlight's own choice.", price=2_000)
    wishes: RuleSettings
    fairness: FairnessSettings
    parts: PartsSettings = PartsSettings()

    @model_validator(mode="after")
    def _shifts_have_no_stage(self) -> Self:
        if named := [name for name in ABOUT_SHIFTS if getattr(self, name).stricter_for]:
            raise ValueError(f"these speak of shifts, which have no stage: {', '.join(named)}")
        return self

    def for_stage(self, stage: Stage | None) -> RotaRules:
        """The rules as they are for people of a stage; these very ones where nothing is stricter for them."""
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
