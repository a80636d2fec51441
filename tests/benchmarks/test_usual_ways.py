"""The two ways that the engine is measured against keep the rules they claim to keep, and measure as they say."""

from __future__ import annotations

import pytest

from benchmarks.usual_ways import longest_since_last_turn, self_sign_up, unevenness_of_nights, unsafe_shifts
from progression.duties import Duty
from rota.scheduling.roster import Plan, Seating
from tests.rota.scheduling.rosters import at, line, person, roster, shift


def test_each_takes_what_they_may_have_and_the_next_what_is_left() -> None:
    both = [shift(at(0, 9)), shift(at(2, 9))]
    plan = self_sign_up(roster([person(1), person(2)], both), seed=1)
    assert len(plan.seatings) == 2
    assert len({seating.person_id for seating in plan.seatings}) == 1


def test_turns_go_round() -> None:
    days = [shift(at(day, 9)) for day in range(4)]
    plan = longest_since_last_turn(roster([person(1), person(2)], days))
    assert [plan.on(day.id, Duty.MODERATOR) for day in days] == [(1,), (2,), (1,), (2,)]


def test_nobody_is_seated_against_a_rule_about_themselves() -> None:
    at_once = [shift(at(0, 9)), shift(at(0, 10))]
    picture = roster([person(1)], at_once)
    assert len(self_sign_up(picture, seed=1).seatings) == 1
    assert len(longest_since_last_turn(picture).seatings) == 1


def test_a_peer_on_their_own_is_counted_as_not_safe() -> None:
    seat = shift(at(0, 9), 4, line(Duty.MODERATOR), line(Duty.HOST), blend_exempt=False)
    picture = roster([person(1, Duty.HOST)], [seat])
    assert unsafe_shifts(picture, self_sign_up(picture, seed=1)) == 1
    assert unsafe_shifts(picture, Plan()) == 0


@pytest.mark.parametrize(("nights_of_the_first", "part"), [(2, 0.0), (4, 0.5)])
def test_unevenness_is_the_part_of_nights_that_would_have_to_change_hands(
    nights_of_the_first: int, part: float
) -> None:
    nights = [shift(at(2 * day, 23), 6) for day in range(4)]
    people = [1] * nights_of_the_first + [2] * (4 - nights_of_the_first)
    seats = (Seating(night.id, Duty.MODERATOR, who) for night, who in zip(nights, people, strict=True))
    assert unevenness_of_nights(roster([person(1), person(2)], nights), Plan(frozenset(seats))) == part
