"""Every rule there is. What other modules know about rules in general, they read from these classes.

A new rule is a class listed here, a field of `RotaRules` with its settings, and its default in `defaults.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping

from rota.scheduling.rules.base import Rule
from rota.scheduling.rules.days import LongestRun, OneADay, ShortestBreak, ShortestRun, Weekends
from rota.scheduling.rules.hours import HoursInADay, HoursInAWeek, LeastRest, Overlap, Rest
from rota.scheduling.rules.nights import NightsInARow, NightsInThePeriod, RecoveryAfterNights
from rota.scheduling.rules.seats import Absence, Availability, Clearance, CoolDown, Under18Nights
from rota.scheduling.rules.shift_mix import (
    Apart,
    ExperiencedAdult,
    NewcomersBeside,
    NobodyAlone,
    PartnerWishes,
    PeersBeside,
    Room,
    ShadowsBeside,
    Together,
)
from rota.scheduling.rules.successions import Successions
from rota.scheduling.rules.totals import LeastTheyAsked, LighterAfterHeavy, MostTheyAsked
from rota.scheduling.rules.wishes import Fairness, StandingSlots, Wishes

RULES: tuple[type[Rule], ...] = (
    Clearance,
    Under18Nights,
    Availability,
    Absence,
    CoolDown,
    Overlap,
    Rest,
    LeastRest,
    OneADay,
    HoursInADay,
    HoursInAWeek,
    Successions,
    LongestRun,
    ShortestRun,
    ShortestBreak,
    NightsInARow,
    NightsInThePeriod,
    RecoveryAfterNights,
    LighterAfterHeavy,
    Weekends,
    MostTheyAsked,
    LeastTheyAsked,
    StandingSlots,
    Wishes,
    Fairness,
    Room,
    Apart,
    PeersBeside,
    NewcomersBeside,
    ShadowsBeside,
    NobodyAlone,
    ExperiencedAdult,
    Together,
    PartnerWishes,
)
"""Every rule class, in the order in which their breaches are given as reasons: of rules about the same kind of subject,
those come later that only matter once the earlier ones hold."""


RULE_OF: Mapping[str, type[Rule]] = {rule.key: rule for rule in reversed(RULES)}
"""The rule class of each key; of two with one key, the first."""
