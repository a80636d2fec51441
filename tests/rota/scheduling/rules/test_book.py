"""What rules find against one seat, asked for one seat or for many."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from rota.scheduling.roster import Plan, Roster
from rota.scheduling.rules.book import check_assignment, which_fit
from tests.rota.scheduling.engine.test_against_brute_force import rosters
from tests.rota.scheduling.rosters import at, everyone_on, person, roster, shift


@given(rosters())
def test_which_seats_fit_is_what_checking_each_alone_says(drawn: Roster) -> None:
    # Each shift twice, so that seats at the same time on two channels are judged together.
    twice = replace(drawn, shifts=(*drawn.shifts, *(replace(s, id=s.id + 100, channel="Other") for s in drawn.shifts)))
    plan = Plan(frozenset(drawn.current))
    seats = [(each, line.duty) for each in twice.shifts for line in each.lines]
    for one in twice.people:
        alone = [not check_assignment(twice, plan, one, *seat) for seat in seats]
        assert which_fit(twice, plan, one, seats) == alone


def test_a_seat_that_somebody_has_fits_them_and_one_at_the_same_time_does_not() -> None:
    held, beside = shift(at(0, 9)), shift(at(0, 9), channel="Other")
    example = roster([person(1)], [held, beside])
    [who] = example.people
    plan = everyone_on((held, held.lines[0].duty, who))
    assert which_fit(example, plan, who, [(s, s.lines[0].duty) for s in (held, beside)]) == [True, False]
