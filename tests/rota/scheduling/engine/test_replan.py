"""A plan after a person dropped out: as full as possible, with the fewest seats taken from others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from progression.duties import Duty
from rota.scheduling.engine.replan import MOST_SHIFTS_AT_ONCE, replan_without
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Plan, Roster, RosterShift, Seating
from tests.examples import examples
from tests.rota.scheduling.engine import brute_force
from tests.rota.scheduling.engine.test_against_brute_force import people, shifts
from tests.rota.scheduling.rosters import at, line, person, roster, shift


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    crew = [draw(people(number, timedelta(0))) for number in range(draw(st.integers(2, 4)))]
    return roster(crew, [draw(shifts(number, timedelta(0))) for number in range(draw(st.integers(1, 3)))])


@settings(
    max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(rosters())
def test_the_seats_taken_from_others_are_the_fewest_possible(example: Roster) -> None:
    assume(all(brute_force.keeps_own_rules(example, one, Plan()) for one in example.people))
    plan = solve(example, seconds=10).plan
    assume(plan.seatings)
    who = min(plan.by_person)
    again = replan_without(example, plan, who, seconds=20)
    assert again.is_fewest
    away = [replace(one, availability=()) if one.id == who else one for one in example.people]
    without = replace(example, people=tuple(away))
    left = plan.without(*plan.by_person[who]).seatings
    fewest = min(
        (*brute_force.objective_values(without, p), len(left - p.seatings)) for p in brute_force.plans(without)
    )
    assert (*brute_force.objective_values(without, again.plan), len(again.taken)) == fewest


def _on_a_large_rota(*needed: RosterShift) -> list[RosterShift]:
    """Return these shifts and so many others, which nobody can take, that the rota counts as large."""
    elsewhere = [
        shift(at(0, 9) + timedelta(hours=4 * n), 4, line(Duty.ON_CALL, 0)) for n in range(MOST_SHIFTS_AT_ONCE + 1)
    ]
    return [*needed, *elsewhere]


def test_on_a_large_rota_a_seat_is_filled_by_somebody_free_and_nobody_else_moves() -> None:
    early, late = shift(at(1, 9)), shift(at(1, 9))
    crew = [person(1), person(2), person(3)]
    plan = Plan(frozenset({Seating(early.id, Duty.MODERATOR, 1), Seating(late.id, Duty.MODERATOR, 2)}))
    again = replan_without(roster(crew, _on_a_large_rota(early, late)), plan, 1, seconds=20)
    assert again.plan.seatings == {Seating(early.id, Duty.MODERATOR, 3), Seating(late.id, Duty.MODERATOR, 2)}
    assert (again.taken, again.filled, again.is_fewest) == ((), 2, True)


def test_on_a_large_rota_one_person_moves_where_that_fills_the_seat() -> None:
    lead = shift(at(1, 9), 4, line(Duty.LEAD))
    other, third = shift(at(1, 9)), shift(at(3, 9))
    crew = [person(1, Duty.LEAD), person(2, Duty.LEAD, Duty.MODERATOR), person(3), person(4)]
    plan = Plan(
        frozenset(
            {
                Seating(lead.id, Duty.LEAD, 1),
                Seating(other.id, Duty.MODERATOR, 2),
                Seating(third.id, Duty.MODERATOR, 4),
            }
        )
    )
    again = replan_without(roster(crew, _on_a_large_rota(lead, other, third)), plan, 1, seconds=20)
    assert again.taken == (Seating(other.id, Duty.MODERATOR, 2),)
    assert again.plan.on(lead.id, Duty.LEAD) == (2,)
    assert again.plan.on(third.id, Duty.MODERATOR) == (4,)
    assert (again.filled_before, again.filled) == (3, 3)


def test_on_a_large_rota_a_seat_that_nobody_can_take_stays_empty_and_nobody_moves() -> None:
    lead, other = shift(at(1, 9), 4, line(Duty.LEAD)), shift(at(1, 9))
    plan = Plan(frozenset({Seating(lead.id, Duty.LEAD, 1), Seating(other.id, Duty.MODERATOR, 2)}))
    crew = [person(1, Duty.LEAD), person(2), person(3)]
    again = replan_without(roster(crew, _on_a_large_rota(lead, other)), plan, 1, seconds=20)
    assert again.plan.seatings == {Seating(other.id, Duty.MODERATOR, 2)}
    assert (again.taken, again.given, again.filled) == ((), (), 1)


def test_on_a_large_rota_somebody_moves_to_where_peers_would_be_left_alone() -> None:
    peers = shift(at(1, 9), 4, line(Duty.MODERATOR), line(Duty.HOST), blend_exempt=False)
    other = shift(at(1, 9), 4, line(Duty.HOST))
    crew = [person(1), person(2, Duty.MODERATOR, Duty.HOST), person(3, Duty.HOST), person(4, Duty.HOST)]
    plan = Plan(
        frozenset(
            {
                Seating(peers.id, Duty.MODERATOR, 1),
                Seating(peers.id, Duty.HOST, 3),
                Seating(other.id, Duty.HOST, 2),
            }
        )
    )
    again = replan_without(roster(crew, _on_a_large_rota(peers, other)), plan, 1, seconds=20)
    assert again.taken == (Seating(other.id, Duty.HOST, 2),)
    assert again.plan.on(peers.id, Duty.MODERATOR) == (2,)
    assert again.filled == 3
