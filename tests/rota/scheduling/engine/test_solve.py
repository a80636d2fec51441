"""The engine's promises on small rosters."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.blended import blended
from progression.duties import Duty
from rota.scheduling.engine.objectives import Objective
from rota.scheduling.engine.solve import run_task, solve
from rota.scheduling.roster import Plan, Seating
from rota.scheduling.roster_json import plan_from_json, plan_to_json, roster_from_json, roster_to_json
from tests.rota.scheduling.rosters import at, line, person, roster, rules_with, shift


def test_a_seat_is_filled_by_the_one_who_is_cleared() -> None:
    seat = shift(at(0, 9))
    proposal = solve(roster([person(1, Duty.HOST), person(2)], [seat]), seconds=5)
    assert proposal.plan.on(seat.id, Duty.MODERATOR) == (2,)
    assert (proposal.seats, proposal.filled, proposal.bound, proposal.proved) == (1, 1, 1, True)
    assert proposal.breaches == ()


def test_a_shortage_is_a_result_and_its_bound_says_that_no_rota_does_better() -> None:
    both_at_once = [shift(at(0, 9)), shift(at(0, 10))]
    proposal = solve(roster([person(1)], both_at_once), seconds=5)
    assert (proposal.seats, proposal.filled, proposal.bound, proposal.proved) == (2, 1, 1, True)


def test_lead_seats_come_before_all_other_seats() -> None:
    lead = shift(at(0, 9), 4, line(Duty.LEAD))
    others = [shift(at(0, 9), 2), shift(at(0, 22))]
    proposal = solve(roster([person(1, Duty.LEAD, Duty.MODERATOR)], [lead, *others]), seconds=5)
    assert proposal.plan.on(lead.id, Duty.LEAD) == (1,)
    assert {r.objective: r.value for r in proposal.objectives}[Objective.SENIOR] == 0


def test_a_shift_that_can_open_safely_comes_before_two_half_filled_ones() -> None:
    pair = line(Duty.MODERATOR, 2)
    first, second = (
        shift(at(0, 9), 4, pair, blend_exempt=False),
        shift(at(0, 10), 4, pair, blend_exempt=False),
    )
    proposal = solve(roster([person(1), person(2)], [first, second]), seconds=5)
    crews = sorted(len(proposal.plan.by_shift.get(s.id, ())) for s in (first, second))
    assert crews == [0, 2]
    assert proposal.breaches == ()


def test_a_peer_is_not_seated_without_somebody_beside_them() -> None:
    seat = shift(at(0, 9), 4, line(Duty.HOST), line(Duty.MODERATOR), blend_exempt=False)
    proposal = solve(roster([person(1, Duty.HOST)], [seat]), seconds=5)
    assert proposal.plan == Plan()
    assert (proposal.filled, proposal.bound) == (0, 0)


def test_a_fixed_seat_that_breaks_a_rule_stays_and_is_reported() -> None:
    late, early = shift(at(0, 18), 4), shift(at(1, 6), 4)
    fixed = tuple(Seating(s.id, Duty.MODERATOR, 1) for s in (late, early))
    third = shift(at(1, 11), 4)
    proposal = solve(roster([person(1)], [late, early, third], fixed=fixed), seconds=5)
    assert proposal.plan.seatings == frozenset(fixed)
    assert [breach.rule for breach in proposal.breaches] == ["rest"]


def test_who_holds_a_seat_now_keeps_it_where_cover_allows() -> None:
    seat = shift(at(0, 9))
    people = [person(n) for n in range(1, 6)]
    for holder in (2, 4):
        current = (Seating(seat.id, Duty.MODERATOR, holder),)
        assert solve(roster(people, [seat], current=current), seconds=5).plan.on(seat.id, Duty.MODERATOR) == (holder,)


def test_the_task_takes_and_gives_json_and_says_how_far_it_is() -> None:
    example = roster([person(1)], [shift(at(0, 9)), shift(at(2, 9))])
    reports: list[dict[str, object]] = []
    prepared = json.loads(json.dumps({"roster": roster_to_json(example), "seconds": 5}))
    result = json.loads(json.dumps(run_task(prepared, reports.append, lambda: False)))
    assert (result["filled"], result["bound"], result["seats"], result["proved"]) == (2, 2, 2, True)
    assert len(plan_from_json(result["plan"]).seatings) == 2
    assert reports[-1]["filled"] == 2
    assert set(reports[-1]) == {"filled", "bound", "seats", "seconds"}


def test_a_roster_comes_back_from_json_as_it_was() -> None:
    seat = shift(at(0, 9))
    fixed = (Seating(seat.id, Duty.MODERATOR, 1),)
    example = roster(
        [person(1, Duty.HOST, Duty.MODERATOR)], [seat], fixed=fixed, rules=rules_with(rest={"adult_hours": 8})
    )
    assert roster_from_json(json.loads(json.dumps(roster_to_json(example)))) == example
    assert plan_from_json(plan_to_json(Plan(frozenset(fixed)))) == Plan(frozenset(fixed))


def test_the_engine_loads_neither_the_web_nor_the_database_nor_the_solver() -> None:
    question = (
        "import sys, rota.scheduling.engine.solve, rota.scheduling.candidates;"
        "print([name for name in ('flask', 'sqlalchemy', 'ortools') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_seed_gives_the_same_plan_again() -> None:
    example = blended(40, 1, 2)
    first, second = (solve(example, seconds=30, seed=7) for _ in range(2))
    assert first.plan == second.plan
    assert first.proved


def test_a_search_that_is_stopped_at_once_keeps_what_it_has() -> None:
    example = blended(40, 1, 2)
    proposal = solve(example, seconds=60, should_stop=lambda: True)
    assert 0 < proposal.filled <= proposal.bound
    assert [breach for breach in proposal.breaches if breach.person_id is not None] == []
