"""Whether a policy's figures make sense together, which protections it gives up, and which rules are not in use yet.

The schema judges one value at a time, and also reads documents kept long ago; this judges a version to be written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import chain

from app.policies.yaml_lines import Place
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import DataNeed, Rule
from rota.scheduling.rules.hours import HoursInADay, HoursInAWeek, Rest
from rota.scheduling.rules.policy import RotaRules, RuleSettings, Severity, shipped_rules
from rota.scheduling.rules.registry import RULE_OF, RULES

LEAST_REST = 8.0  # hours; less leaves no whole night's sleep
LEAST_REST_UNDER_18 = 12.0  # hours; Working Time Regulations 1998, regulation 10
MOST_UNDER_18 = {HoursInADay.key: 8.0, HoursInAWeek.key: 40.0}  # hours; Working Time Regulations 1998, regulation 5A


def contradictions(rules: RotaRules) -> list[tuple[Place, str]]:
    """Figures that contradict each other, each with its place in the document."""
    return [*_in_rest(rules), *_in_hours(rules), *_in_days(rules)]


def _in_rest(rules: RotaRules) -> Iterator[tuple[Place, str]]:
    rest = rules.rest
    for name in ("adult_hours", "under_18_hours"):
        if rest.never_under_hours > (asked := getattr(rest, name)):
            yield (
                (Rest.key, "never_under_hours"),
                f"nobody may ever rest less than {rest.never_under_hours:g} hours, yet “{name}” asks for only "
                f"{asked:g}.",
            )
    if rest.under_18_hours < rest.adult_hours:
        yield (
            (Rest.key, "under_18_hours"),
            f"people under 18 would rest {rest.under_18_hours:g} hours, less than adults with {rest.adult_hours:g}.",
        )


def _in_hours(rules: RotaRules) -> Iterator[tuple[Place, str]]:
    for name in MOST_UNDER_18:
        hours = getattr(rules, name)
        if hours.under_18_hours > hours.adult_hours:
            yield (
                (name, "under_18_hours"),
                f"people under 18 could work {hours.under_18_hours:g} hours, more than adults with "
                f"{hours.adult_hours:g}.",
            )
    for name in ("adult_hours", "under_18_hours"):
        in_a_day, in_a_week = getattr(rules.hours_in_a_day, name), getattr(rules.hours_in_a_week, name)
        if in_a_day > in_a_week:
            yield (
                (HoursInAWeek.key, name),
                f"{in_a_week:g} hours in a week are fewer than the {in_a_day:g} that one day may have.",
            )


def _in_days(rules: RotaRules) -> Iterator[tuple[Place, str]]:
    for name, settings in rules:
        least, most = getattr(settings, "least", None), getattr(settings, "most", None)
        if least is not None and most is not None and least > most:
            yield (name, "least"), f"at least {least} and at most {most} cannot both hold."
        starts = getattr(settings, "starts", None)
        if starts is not None and starts == settings.ends:
            yield (name, "ends"), f"from {starts:%H:%M} to {starts:%H:%M} is no time at all."


def cautions(rules: RotaRules, _now: datetime, *, supplied: Collection[RosterData]) -> list[str]:
    """A sentence for each protection of young or tired people that this version switches off or weakens.

    `supplied` is the roster data that the product has. A rule that lacks some of it protects nobody yet: where its
    severity or figures are not those that ship, the sentence says so instead.
    """
    return [*_weakened(rules, supplied), *_too_little_rest(rules), *_too_long_for_the_young(rules)]


def not_in_use(rules: RotaRules, *, supplied: Collection[RosterData]) -> list[str]:
    """A sentence for each rule that lacks roster data, in the order of the registry."""
    return list(chain.from_iterable(_lacks(rule, getattr(rules, rule.key), supplied) for rule in _each_once()))


def _each_once() -> Iterator[type[Rule]]:
    """The rule class of each key, in the order of the registry."""
    return (rule for rule in RULES if RULE_OF[rule.key] is rule)


def _lacks(rule: type[Rule], settings: RuleSettings, supplied: Collection[RosterData]) -> Iterator[str]:
    for need in _unmet(rule, settings, supplied):
        how_far = "not in use yet" if need.is_essential else "only partly in use yet"
        yield f"“{rule.key}” is {how_far}: Nightlight has no {need.data}. Until there is one, {need.otherwise}."


def _unmet(rule: type[Rule], settings: RuleSettings, supplied: Collection[RosterData]) -> list[DataNeed]:
    return [need for need in rule.needs_under(settings) if need.data not in supplied]


def _weakened(rules: RotaRules, supplied: Collection[RosterData]) -> Iterator[str]:
    for rule in _each_once():
        settings: RuleSettings = getattr(rules, rule.key)
        shipped: RuleSettings = getattr(shipped_rules(), rule.key)
        if settings != shipped.model_copy(update={"source": settings.source}):
            yield from _lacks(rule, settings, supplied)
        if rule.protects is None or any(need.is_essential for need in _unmet(rule, settings, supplied)):
            continue
        if settings.severity is Severity.UNUSED:
            yield f"“{rule.key}” is switched off: {rule.protects}, and nobody is told."
        elif settings.severity is Severity.WISH:
            yield f"“{rule.key}” is only a wish: {rule.protects} wherever that fills a shift."
        elif settings.severity is Severity.OVERRIDABLE and shipped.severity is Severity.HARD:
            yield f"“{rule.key}” can be set aside: {rule.protects}, if somebody gives a reason."


def _too_little_rest(rules: RotaRules) -> Iterator[str]:
    rest = rules.rest
    if rest.never_under_hours < LEAST_REST:
        least = f"after {rest.never_under_hours:g} hours of rest" if rest.never_under_hours else "with no rest at all"
        yield f"“never_under_hours” in “rest”: with a reason, somebody could go on {least}. A night's sleep takes 8."
    if rest.under_18_hours < LEAST_REST_UNDER_18:
        yield (
            f"“under_18_hours” in “rest”: {rest.under_18_hours:g} hours are less than the 12 that the Working Time "
            "Regulations 1998 give people of 16 and 17."
        )


def _too_long_for_the_young(rules: RotaRules) -> Iterator[str]:
    for name, most in MOST_UNDER_18.items():
        if (hours := getattr(rules, name).under_18_hours) > most:
            yield (
                f"“under_18_hours” in “{name}”: {hours:g} hours are more than the {most:g} that the Working Time "
                "Regulations 1998 allow people of 16 and 17."
            )
