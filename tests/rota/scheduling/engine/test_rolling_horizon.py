"""A roster too large for memory is solved some days at a time, with valid bounds."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.blended import blended
from progression.duties import Duty
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.rolling_horizon import count_possible_seats, solve_rolling_horizon
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Limits, Plan, Roster, Seating
from rota.scheduling.rules.base import Scope
from tests.examples import examples
from tests.rota.scheduling.engine import brute_force
from tests.rota.scheduling.engine.test_against_brute_force import people, shifts
from tests.rota.scheduling.rosters import at, person, roster, rules_with, shift

OBJECTIVES = (Objective.SENIOR, Objective.BLEND, Objective.MINIMUM, Objective.WANTED, Objective.SHADOWS)


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    crew = [draw(people(number, timedelta(0))) for number in range(draw(st.integers(1, 3)))]
    needed = [draw(shifts(number, timedelta(0))) for number in range(draw(st.integers(2, 4)))]
    return roster(crew, needed, rules=rules_with(recovery_after_nights={"most": 1}))


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rosters())
def test_a_day_at_a_time_the_rules_are_kept_and_no_bound_is_too_high(example: Roster) -> None:
    assume(all(brute_force.keeps_own_rules(example, one, Plan()) for one in example.people))
    proposal = solve_rolling_horizon(example, seconds=20, window_seats=1)
    assert [breach for breach in proposal.breaches if breach.scope is Scope.PERSON] == []
    values = dict(zip(OBJECTIVES, brute_force.objective_values(example, proposal.plan), strict=True))
    every = [
        dict(zip(OBJECTIVES, brute_force.objective_values(example, plan), strict=True))
        for plan in brute_force.plans(example)
    ]
    for result in proposal.objectives:
        if result.objective in OBJECTIVES:
            assert result.value == values[result.objective]
            assert result.bound <= min(plan[result.objective] for plan in every)
    assert proposal.filled <= proposal.bound


def test_a_realistic_week_in_windows_is_filled_almost_as_well() -> None:
    example = blended(60, 1, 2)
    whole, windows = (
        solve(example, seconds=10, seed=1),
        solve_rolling_horizon(example, seconds=20, seed=1, window_seats=200),
    )
    assert whole.proved
    assert windows.bound >= whole.bound >= windows.filled >= whole.filled * 9 // 10


def test_seats_of_earlier_days_and_fixed_seats_of_later_days_are_held() -> None:
    days = [shift(at(day, 9)) for day in range(3)]
    few = [person(1, limits=Limits(most_shifts=2)), person(2, limits=Limits(most_shifts=1))]
    fixed = (Seating(days[2].id, Duty.MODERATOR, 1),)
    proposal = solve_rolling_horizon(roster(few, days, fixed=fixed), seconds=10, window_seats=1)
    assert (proposal.filled, proposal.bound, proposal.breaches) == (3, 3, ())
    assert proposal.plan.on(days[2].id, Duty.MODERATOR) == (1,)


def test_possible_seats_are_counted_once_for_identical_channels() -> None:
    twins = [shift(at(0, 9)), shift(at(0, 9))]
    assert count_possible_seats(roster([person(1), person(2)], twins)) == 2
    assert count_possible_seats(roster([person(1), person(2)], [*twins, shift(at(1, 9))])) == 4
