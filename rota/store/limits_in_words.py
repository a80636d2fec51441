"""What each figure that a person gives counts under the rules in force, and how firmly it holds, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from progression.duties import Duty
from rota.scheduling.rules.policy import NightsSettings, RotaRules, Severity
from rota.store.limits import FIGURES, Figure


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that a page shows together: their heading, their names, and what counts, in sentences."""

    title: str
    names: tuple[str, ...]
    sentences: tuple[str, ...]


def groups(rules: RotaRules) -> list[Group]:
    """All figures in the groups of the pages, each group with what counts and how firmly it holds under these rules."""
    hours = (
        "A shift counts in full on the day it begins, whichever channel or rota it is on; time on call and shadowing"
        " count too."
    )
    return [
        _group(rules, "In a week, at most", "_a_week", "A week is Monday to Sunday.", hours, _night(rules)),
        _group(rules, "In a month, at most", "_a_month", "A month is that of the calendar, from the first day.", hours),
        Group(
            "In one rota",
            ("most_nights", "most_weekends", "least_shifts"),
            (
                f"{_night(rules)} All nights that begin on the days of one rota count together, whichever channel they"
                " are on.",
                "A weekend counts if a shift begins on its Saturday or Sunday.",
                "At least so many shifts is a wish: it is weighed, and nothing is promised.",
                *_firmness(rules, ("most_nights", "most_weekends", "least_shifts")),
            ),
        ),
        Group(
            "Days in a row",
            ("shortest_run", "shortest_break"),
            (
                "Days on duty in a row: if you would rather come for some days together than for single ones.",
                "Days off in a row: how many free days lie between two spells of duty, at least.",
                *_firmness(rules, ("shortest_run", "shortest_break")),
            ),
        ),
    ]


def _group(rules: RotaRules, title: str, ending: str, *sentences: str) -> Group:
    names = tuple(name for name in FIGURES if name.endswith(ending))
    return Group(title, names, (*sentences, *_firmness(rules, names)))


def _night(rules: RotaRules) -> str:
    nights = rules.nights_in_the_period
    return (
        f"A night is a shift with at least {nights.counts_from_hours:g} hours between {nights.starts:%H:%M} and"
        f" {nights.ends:%H:%M}{_without(nights)}."
    )


def _without(nights: NightsSettings) -> str:
    if not nights.exempt_duties:
        return ""
    duties = " or ".join(duty.words for duty in Duty if duty in nights.exempt_duties)
    return f", unless as {duties}"


def _firmness(rules: RotaRules, names: tuple[str, ...]) -> Iterator[str]:
    """How firmly these figures hold: one sentence where all hold the same, else one for each."""
    figures = [FIGURES[name] for name in names]
    severities = {figure.name: getattr(rules, figure.rule).severity for figure in figures}
    if len(set(severities.values())) == 1:
        yield from _how_firmly("This limit" if len(names) == 1 else "These limits", severities[names[0]])
        return
    for figure in figures:
        yield from _how_firmly(_subject(figure), severities[figure.name])


def _subject(figure: Figure) -> str:
    return f"“{figure.label}”"


def _how_firmly(what: str, severity: Severity) -> Iterator[str]:
    is_many = what == "These limits"
    if severity is Severity.UNUSED:
        use = "are not used" if is_many else "is not used"
        yield f"{what} {use} by your organisation’s rules at present."
    elif severity is Severity.WISH:
        are = "are wishes" if is_many else "is a wish"
        yield f"{what} {are} under your organisation’s rules, and may be passed where a shift would stay empty."
    elif severity is Severity.OVERRIDABLE:
        yield f"{what} can be passed by a coordinator who gives a reason."
