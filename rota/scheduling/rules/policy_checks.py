"""Whether a policy's figures make sense together, and which of its protections it gives up.

The schema looks at one value at a time, and also reads what was kept long ago; this looks at a version to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.policies.yaml_lines import Place
from rota.scheduling.rules.policy import RotaRules, RuleSettings, Severity

# What each rule keeps young or tired people, or whoever asks for help, from: said where it no longer always does.
PROTECTS = {
    "under_18_nights": "people under 18 could be given night shifts",
    "rest": "people could go on with less than the rest between shifts",
    "hours_in_a_day": "people could work more hours in a day than the limit",
    "hours_in_a_week": "people could work more hours in a week than the limit",
    "cool_down": "people could be given a shift soon after a hard one",
    "nights_in_a_row": "people could work more nights in a row than the limit",
    "recovery_after_nights": "people could go on without the rest after nights in a row",
    "longest_run": "people could work more days in a row than the limit",
    "nobody_alone": "somebody could be alone on a shift",
    "experienced_adult": "a shift could have no experienced adult",
    "peers_beside": "peers could be without somebody who looks after them",
    "newcomers_beside": "newcomers could be without somebody who looks after them",
    "apart": "people who are kept apart could be seated together",
    "most_they_asked": "people could be given more than they asked for",
}
ALWAYS_KEPT = ("under_18_nights", "apart", "peers_beside", "most_they_asked")  # as they ship, nobody sets them aside
LEAST_REST = 8.0  # hours; less leaves no whole night's sleep
LEAST_REST_UNDER_18 = 12.0  # hours; Working Time Regulations 1998, regulation 10
MOST_UNDER_18 = {"hours_in_a_day": 8.0, "hours_in_a_week": 40.0}  # Working Time Regulations 1998, regulation 5A


def contradictions(rules: RotaRules) -> list[tuple[Place, str]]:
    """Figures that cannot both be meant, each with its place in the document."""
    return [*_of_rest(rules), *_of_hours(rules), *_of_days(rules)]


def _of_rest(rules: RotaRules) -> Iterator[tuple[Place, str]]:
    rest = rules.rest
    for name in ("adult_hours", "under_18_hours"):
        if rest.never_under_hours > (asked := getattr(rest, name)):
            yield (
                ("rest", "never_under_hours"),
                f"nobody may ever rest less than {rest.never_under_hours:g} hours, yet “{name}” asks for only "
                f"{asked:g}.",
            )
    if rest.under_18_hours < rest.adult_hours:
        yield (
            ("rest", "under_18_hours"),
            f"people under 18 would rest {rest.under_18_hours:g} hours, less than adults with {rest.adult_hours:g}.",
        )


def _of_hours(rules: RotaRules) -> Iterator[tuple[Place, str]]:
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
                ("hours_in_a_week", name),
                f"{in_a_week:g} hours in a week are fewer than the {in_a_day:g} that one day may have.",
            )


def _of_days(rules: RotaRules) -> Iterator[tuple[Place, str]]:
    for name, settings in rules:
        least, most = getattr(settings, "least", None), getattr(settings, "most", None)
        if least is not None and most is not None and least > most:
            yield (name, "least"), f"at least {least} and at most {most} cannot both hold."
        starts = getattr(settings, "starts", None)
        if starts is not None and starts == settings.ends:
            yield (name, "ends"), f"from {starts:%H:%M} to {starts:%H:%M} is no time at all."


def cautions(rules: RotaRules, _now: datetime) -> list[str]:
    """A sentence for each protection of young or tired people that this version switches off or makes weaker."""
    return [*_switched_off(rules), *_too_little_rest(rules), *_too_long_for_the_young(rules)]


def _switched_off(rules: RotaRules) -> Iterator[str]:
    for name, what in PROTECTS.items():
        settings: RuleSettings = getattr(rules, name)
        if settings.severity is Severity.UNUSED:
            yield f"“{name}” is switched off: {what}, and nobody is told."
        elif settings.severity is Severity.WISH:
            yield f"“{name}” is only a wish: {what} wherever that fills a shift."
        elif settings.severity is Severity.OVERRIDABLE and name in ALWAYS_KEPT:
            yield f"“{name}” can be set aside: {what}, if somebody gives a reason."


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
