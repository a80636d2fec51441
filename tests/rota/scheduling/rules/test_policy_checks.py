"""What the figures of a policy contradict, and which protections they give up."""

from __future__ import annotations

import pytest

from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.policy import shipped_rules
from rota.scheduling.rules.policy_checks import cautions, contradictions
from tests.rota.scheduling.rosters import MONDAY, rules_with


def test_the_shipped_policy_contradicts_nothing_and_gives_up_no_protection() -> None:
    assert contradictions(shipped_rules()) == []
    assert cautions(shipped_rules(), MONDAY, supplied=frozenset(RosterData)) == []


@pytest.mark.parametrize(
    ("rule", "figures", "place"),
    [
        ("rest", {"never_under_hours": 23.0}, ("rest", "never_under_hours")),
        ("rest", {"under_18_hours": 9.0, "adult_hours": 11.0}, ("rest", "under_18_hours")),
        ("hours_in_a_week", {"under_18_hours": 60.0, "adult_hours": 48.0}, ("hours_in_a_week", "under_18_hours")),
    ],
)
def test_figures_that_cannot_both_hold_are_named_with_their_place(
    rule: str, figures: dict[str, float], place: tuple[str, str]
) -> None:
    assert place in [where for where, _ in contradictions(rules_with(**{rule: figures}))]


@pytest.mark.parametrize(
    ("rule", "figures", "words"),
    [
        ("nobody_alone", {"severity": "unused"}, "somebody could be alone on a shift"),
        ("rest", {"severity": "wish"}, "is only a wish"),
        ("rest", {"never_under_hours": 0.0}, "with no rest at all"),
        ("hours_in_a_week", {"under_18_hours": 41.0}, "41 hours are more than the 40"),
    ],
)
def test_a_protection_that_is_given_up_is_named(rule: str, figures: dict[str, object], words: str) -> None:
    assert any(
        words in sentence
        for sentence in cautions(rules_with(**{rule: figures}), MONDAY, supplied=frozenset(RosterData))
    )
