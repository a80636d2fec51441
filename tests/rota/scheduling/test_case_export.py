"""A roster as a test case: what must stay so that the case is as hard as it was, and what must not."""

from __future__ import annotations

from datetime import date

import pytest

from rota.scheduling import case_export
from rota.scheduling.roster import Pair
from tests.rota.scheduling.rosters import at, person, rules_with, shift
from tests.rota.scheduling.rosters import roster as roster_of


@pytest.mark.parametrize(
    ("born_on", "kept"),
    [
        (date(1984, 4, 23), case_export.AN_ADULT),
        (date(2009, 2, 1), case_export.AN_ADULT),  # 18 on the first day
        (date(2009, 2, 2), date(2009, 2, 2)),  # 18 within the roster
        (date(2009, 2, 3), date(2010, 12, 31)),  # under 18 throughout
        (None, None),
    ],
)
def test_a_birth_date_says_only_who_is_an_adult_unless_the_birthday_decides(
    born_on: date | None, kept: date | None
) -> None:
    night = shift(at(0, 20), 10)
    roster = case_export.without_birth_dates(roster_of([person(7, born_on=born_on)], [night]))
    assert [each.born_on for each in roster.people] == [kept]


def test_numbers_keep_their_order_and_seats_follow() -> None:
    evening = shift(at(0, 18))
    roster = roster_of([person(70), person(12)], [evening], pairs=(Pair(12, 70),))
    plain = case_export.without_names(roster)
    assert [(each.id, each.name) for each in plain.people] == [(2, "Person 2"), (1, "Person 1")]
    assert case_export.without_pairs(roster).pairs == ()


def test_only_figures_that_differ_are_named_and_never_their_source() -> None:
    rules = rules_with(rest={"adult_hours": 8, "source": "A talk with Ada on Monday."})
    roster = roster_of([person(1)], [shift(at(0, 18))], rules=rules)
    assert case_export.as_case(roster, words="")["roster"]["rules"] == {"rest": {"adult_hours": 8}}
