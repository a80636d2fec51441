"""What a glance at somebody's stints says of a rule is what its check finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.policies.plain_data import plain
from progression.duties import Duty
from rota.scheduling.roster import Limits, RosterPerson, Stint, in_order
from rota.scheduling.rules.base import PersonRule, glance_at
from rota.scheduling.rules.policy import RotaRules, shipped_rules
from rota.scheduling.rules.registry import RULES
from tests.rota.scheduling.rosters import at, person, roster, shift

MOST = st.one_of(st.none(), st.integers(0, 4))
LIMITS = st.builds(
    Limits,
    most_shifts=MOST,
    least_shifts=MOST,
    most_minutes_a_week=st.one_of(st.none(), st.integers(0, 1800)),
    most_nights_a_month=MOST,
    most_nights=MOST,
    most_weekends=MOST,
    most_by_kind=st.one_of(st.just({}), st.just({"night": 1})),
    longest_run=st.one_of(st.none(), st.integers(1, 4)),
    shortest_run=st.one_of(st.none(), st.integers(1, 4)),
    shortest_break=st.one_of(st.none(), st.integers(1, 4)),
)
STINTS = st.lists(
    st.builds(
        lambda half_hours, lasts, duty, kind: Stint(
            at(0, 0) + timedelta(minutes=30 * half_hours),
            at(0, 0) + timedelta(minutes=30 * (half_hours + lasts)),
            duty,
            "Board",
            shift_id=1,
            kind=kind,
        ),
        st.integers(0, 600),
        st.integers(1, 26),
        st.sampled_from([Duty.HOST, Duty.MODERATOR, Duty.ON_CALL]),
        st.sampled_from(["", "night", "day"]),
    ),
    max_size=6,
).map(in_order)
BORN = st.sampled_from([date(1990, 1, 1), at(3, 0).date().replace(year=at(3, 0).year - 18), date(2015, 1, 1), None])


def policy(figures: dict[str, dict[str, object]]) -> RotaRules:
    document = plain(shipped_rules())
    for key, figure in figures.items():
        document[key] |= figure
    return RotaRules.model_validate(document)


POLICIES = [
    shipped_rules(),
    policy(
        {
            "hours_in_a_day": {"adult_hours": 8, "under_18_hours": 4},
            "hours_in_a_week": {"adult_hours": 16, "under_18_hours": 8},
            "nights_in_the_period": {"most": 1},
            "nights_in_a_row": {"most": 1},
            "recovery_after_nights": {"most": 1},
            "longest_run": {"most": 2},
            "weekends": {"severity": "hard", "most": 1},
            "shortest_break": {"severity": "hard", "least": 2},
            "successions": {"severity": "hard", "forbidden": {"night": ["day"]}},
            "lighter_after_heavy": {"severity": "hard", "most": 1},
        }
    ),
]


def rules_about_people(rules: RotaRules) -> list[PersonRule]:
    made = [rule.from_policy(rules, ()) for rule in RULES]
    return [rule for rule in made if isinstance(rule, PersonRule)]


@given(STINTS, LIMITS, BORN, st.sampled_from([0, 6000]), st.sampled_from(POLICIES))
def test_what_is_easily_kept_is_not_broken(
    stints: list[Stint], limits: Limits, born_on: date | None, load: int, rules: RotaRules
) -> None:
    example = replace(roster([person(1)], [shift(at(0, 9)), shift(at(12, 9))]), rules=rules)
    one = replace(example.people[0], limits=limits, born_on=born_on, load=load)
    for rule in rules_about_people(rules):
        if rule.is_easily_kept(example, one, glance_at(stints)):
            assert list(rule.check(example, one, stints)) == [], type(rule).__name__


SEEN = [
    "Overlap", "Rest", "LeastRest", "HoursInADay", "HoursInAWeek", "LongestRun", "ShortestBreak", "NightsInARow",
    "NightsInThePeriod", "RecoveryAfterNights", "LighterAfterHeavy", "Weekends", "MostTheyAsked", "LeastTheyAsked",
]  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_two_shifts_two_days_apart_need_no_closer_look(name: str) -> None:
    example = roster([person(1)], [shift(at(0, 9)), shift(at(2, 9))])
    one: RosterPerson = example.people[0]
    stints = [example.stint(each, Duty.MODERATOR) for each in example.shifts]
    rules = {type(rule).__name__: rule for rule in rules_about_people(shipped_rules())}
    assert rules[name].is_easily_kept(example, one, glance_at(stints))
