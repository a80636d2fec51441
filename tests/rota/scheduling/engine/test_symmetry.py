"""Identical shifts are planned as one, with values and bounds that stay correct."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.blended import blended
from progression.duties import Duty
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.solve import solve
from rota.scheduling.engine.symmetry import aggregate_symmetric_shifts, crew_objective_values
from rota.scheduling.roster import Pair, Plan, Roster, Seating, Wish
from rota.scheduling.rules.base import Scope
from rota.scheduling.standing_slots import StandingSlot
from tests.examples import examples
from tests.rota.scheduling.engine import brute_force
from tests.rota.scheduling.engine.test_against_brute_force import people, shifts
from tests.rota.scheduling.rosters import at, line, person, roster, rules_with, shift

OBJECTIVES = (Objective.SENIOR, Objective.BLEND, Objective.MINIMUM, Objective.WANTED, Objective.SHADOWS)


@st.composite
def rosters_with_several_channels(draw: st.DrawFn) -> Roster:
    first = draw(shifts(0, timedelta(0)))
    second = replace(first, id=1, channel="Live chat")
    drawn = [draw(people(number, timedelta(0))) for number in range(draw(st.integers(2, 5)))]
    crew = [replace(one, wishes=(), slots=()) for one in drawn]
    return roster(crew, [first, second], rules=rules_with(peers_beside={"most_each": 1}))


@settings(
    max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rosters_with_several_channels())
def test_with_aggregated_shifts_every_objective_still_reaches_its_best_value(drawn: Roster) -> None:
    assume(all(brute_force.keeps_own_rules(drawn, one, Plan()) for one in drawn.people))
    assert len(aggregate_symmetric_shifts(drawn).roster.shifts) == 1
    proposal = solve(drawn, seconds=20)
    best = min(brute_force.objective_values(drawn, plan) for plan in brute_force.plans(drawn))
    assert brute_force.objective_values(drawn, proposal.plan) == best
    reached = {result.objective: result for result in proposal.objectives}
    for objective, value in zip(OBJECTIVES, best, strict=True):
        if objective in reached:
            assert (reached[objective].value, reached[objective].bound) == (value, value)
    assert [breach for breach in proposal.breaches if breach.scope is Scope.PERSON] == []


def test_cover_objectives_are_counted_as_exhaustive_search_counts_them() -> None:
    example = blended(30, 1, 3)
    plan = solve(example, seconds=5).plan
    counted = crew_objective_values(example, plan)
    assert [counted[objective] for objective in OBJECTIVES] == list(brute_force.objective_values(example, plan))
    assert counted[Objective.WANTED] > 0


def test_a_wish_a_slot_a_pair_or_a_settled_seat_keeps_shifts_separate() -> None:
    twins = [shift(at(0, 9)), shift(at(0, 9))]
    crew = [person(1), person(2), person(3)]
    assert len(aggregate_symmetric_shifts(roster(crew, twins)).roster.shifts) == 1
    wishing = [person(1, wishes=(Wish(True, channel=twins[0].channel),)), *crew[1:]]
    assert len(aggregate_symmetric_shifts(roster(wishing, twins)).roster.shifts) == 2
    weekly = [person(1, slots=(StandingSlot(0, time(9), twins[0].channel, Duty.MODERATOR),)), *crew[1:]]
    assert len(aggregate_symmetric_shifts(roster(weekly, twins)).roster.shifts) == 2
    for seats in ({"fixed": (Seating(twins[0].id, Duty.MODERATOR, 1),)}, {"pairs": (Pair(1, 2),)}):
        assert len(aggregate_symmetric_shifts(roster(crew, twins, **seats)).roster.shifts) == 2


def test_shifts_that_need_other_people_or_hours_are_not_aggregated() -> None:
    others = [shift(at(0, 9)), shift(at(0, 9), 5), shift(at(0, 9), 4, line(Duty.MODERATOR, 2)), shift(at(1, 9))]
    assert not aggregate_symmetric_shifts(roster([person(1)], others)).groups


def test_many_channels_make_the_program_no_larger() -> None:
    example = blended(1_000, 1, 1)
    joined = aggregate_symmetric_shifts(example)
    assert len(joined.roster.shifts) * 2 == len(example.shifts)
    assert joined.roster.seats == example.seats
