"""Cheapest schedules, the bound they prove and the plans they make, against all schedules that the rules allow."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import numpy
import pytest

from benchmarks.column_generation.cover_constraints import CoverConstraints
from benchmarks.column_generation.enumeration import EnumerationResult, cheapest_set, schedules_below
from benchmarks.column_generation.individual_schedules import PricingProblem, Schedule
from benchmarks.column_generation.pricing import ColumnGeneration
from benchmarks.column_generation.search import pricing_problems
from benchmarks.column_generation.sequential_start import improve_in_turn, sequential_start
from benchmarks.column_generation.weighted_sum import minimise_cost
from benchmarks.column_generation.weighted_sum_model import WeightedSumModel
from benchmarks.shift_scheduling import read
from progression.duties import Duty
from rota.scheduling.roster import Roster, RosterPerson, Seating
from rota.scheduling.rules.book import breaches, person_breaches, rules_in_force
from rota.scheduling.rules.policy import Severity
from tests.rota.scheduling.rosters import at, person, shift
from tests.rota.scheduling.rosters import roster as roster_of

DAYS = 7
KINDS = {"E": 480, "L": 600}


def instance(seed: int, people: int) -> str:
    """Return a small random instance in the form of the public benchmark."""
    draw = random.Random(seed)
    lines = ["SECTION_HORIZON", str(DAYS), "", "SECTION_SHIFTS"]
    lines += [f"E,{KINDS['E']},", f"L,{KINDS['L']},E", "", "SECTION_STAFF"]
    for n in range(people):
        caps = f"E={draw.choice((1, 2, DAYS))}|L={draw.choice((0, 1, DAYS))}"
        most = draw.choice((1440, 2400, 3000))
        least = draw.choice((0, 480, 960))
        runs = f"{draw.randint(2, 4)},{draw.randint(1, 2)},{draw.randint(1, 3)}"
        lines.append(f"P{n},{caps},{most},{least},{runs},{draw.randint(0, 1)}")
    lines += ["", "SECTION_DAYS_OFF", *(f"P{n},{draw.randrange(DAYS)}" for n in range(people))]
    for section in ("ON", "OFF"):
        lines += ["", f"SECTION_SHIFT_{section}_REQUESTS"]
        lines += [f"P{n},{draw.randrange(DAYS)},{draw.choice('EL')},{draw.randint(1, 5)}" for n in range(people)]
    lines += ["", "SECTION_COVER"]
    lines += [f"{day},{kind},{draw.randint(0, 2)},{draw.choice((3, 20))},1" for day in range(DAYS) for kind in KINDS]
    return "\n".join(lines) + "\n"


def drawn(tmp_path: Path, seed: int, people: int) -> Roster:
    path = tmp_path / "Instance.txt"
    path.write_text(instance(seed, people), encoding="utf-8")
    return read(path)


def allowed(roster: Roster, model: WeightedSumModel, of: RosterPerson) -> list[tuple[int, ...]]:
    """Return all schedules of one person in which checking the rules finds no breach, as seat variables."""
    book = rules_in_force(roster.rules)
    by_day: list[list[int | None]] = [[None] for _ in range(DAYS)]
    for s in roster.shifts:
        by_day[(roster.day_of(s) - roster.days[0]).days].append(s.id)
    allowed_schedules = []
    for choice in product(*by_day):
        seatings = [Seating(n, Duty.MODERATOR, of.id) for n in choice if n is not None]
        broken = person_breaches(roster, book, of, roster.stints(of, seatings))
        if all(breach.severity is Severity.WISH for breach in broken):
            allowed_schedules.append(tuple(model.seats[seating] for seating in seatings))
    return allowed_schedules


def drawn_problems(roster: Roster, model: WeightedSumModel) -> dict[int, PricingProblem]:
    problems = pricing_problems(model)
    assert problems is not None
    return problems


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_schedule_is_the_cheapest_of_all_that_the_rules_allow(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.column_generation.individual_schedules.PATIENCE", 0)
    roster = drawn(tmp_path, seed, 2)
    model = WeightedSumModel(roster, has_automata=False)
    prices = numpy.random.default_rng(seed).integers(-20, 10, len(model.program.lower)).astype(float)
    for of in roster.people:
        problem = drawn_problems(roster, model)[of.id]
        possible = {seats: prices[list(seats)].sum() for seats in allowed(roster, model, of)}
        for seats in possible:
            possible[seats] += problem.schedule(seats).cost
        result = problem.cheapest(prices, 4)
        if not possible:
            assert result.schedules == ()
            continue
        least = min(possible.values())
        assert result.lower_bound + problem.constraints.fixed_cost == least
        assert possible[result.schedules[0].seats] == least
        assert all(schedule.seats in possible for schedule in result.schedules)
        limit = least - problem.constraints.fixed_cost + 5
        within = problem.within(prices, limit, 10_000)
        assert within is not None
        near = {seats for seats, price in possible.items() if price <= least + 5}
        assert {schedule.seats for schedule in within} == near
        assert len(within) == len(near)
        assert len(near) == 1 or problem.within(prices, limit, 1) is None


@pytest.mark.parametrize("seed", range(12))
def test_a_resource_that_is_only_priced_gives_a_valid_bound_and_schedules_that_keep_its_limit(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.column_generation.individual_schedules.MOST_STATES", 1)
    roster = drawn(tmp_path, seed, 1)
    model = WeightedSumModel(roster, has_automata=False)
    prices = numpy.random.default_rng(seed).integers(-20, 10, len(model.program.lower)).astype(float)
    problem = drawn_problems(roster, model)[0]
    possible = allowed(roster, model, roster.people[0])
    result = problem.cheapest(prices, 4)
    assert {schedule.seats for schedule in result.schedules} <= set(possible)
    for seats in possible:
        assert (
            result.lower_bound + problem.constraints.fixed_cost
            <= prices[list(seats)].sum() + problem.schedule(seats).cost
        )


def least_cost(roster: Roster, model: WeightedSumModel, schedules: list[list[Schedule]]) -> int:
    """Return the cost of the cheapest pair of schedules of two people, counted line by line."""
    lines = [(s.id, s.lines[0]) for s in roster.shifts]
    wanted, short, over = (
        numpy.array([getattr(line, name) for _, line in lines])
        for name in ("wanted", "shortage_price", "surplus_price")
    )
    seat_on = {seating.person_id: {} for seating in model.seats}  # type: dict[int, dict[int, int]]
    for seating, variable in model.seats.items():
        seat_on[seating.person_id][seating.shift_id] = variable
    first, second = (
        numpy.array(
            [[seat_on[w.person_id].get(shift_id) in w.seats for shift_id, _ in lines] for w in theirs], dtype=int
        )
        for theirs in schedules
    )
    own = numpy.array([schedule.cost for schedule in schedules[1]])
    costs = []
    for schedule, there in zip(schedules[0], first, strict=True):
        lacking = wanted - there - second
        cover = (lacking.clip(0) * short + (-lacking).clip(0) * over).sum(axis=1)
        costs.append(schedule.cost + int((cover + own).min()))
    return min(costs)


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_is_never_above_the_cheapest_plan_which_is_found_and_proved(tmp_path: Path, seed: int) -> None:
    roster = drawn(tmp_path, seed, 2)
    model = WeightedSumModel(roster, has_automata=False)
    problems = drawn_problems(roster, model)
    every = [[problems[p.id].schedule(seats) for seats in allowed(roster, model, p)] for p in roster.people]
    result = minimise_cost(roster, seconds=20)
    if not all(every):
        assert result.plan is None
        return
    best = least_cost(roster, model, every)
    assert (result.cost, result.bound, result.is_proved) == (best, best, True)
    assert result.plan is not None
    assert breaches(roster, result.plan) == []
    cover = CoverConstraints(model)
    columns = ColumnGeneration(cover, problems, lambda: False)
    first = sequential_start(cover, problems, random.Random(seed))
    assert first is not None
    improve_in_turn(first, problems, random.Random(seed), lambda: False, columns.add)
    columns.add(first.schedules.values())
    assert columns.close(20.0)
    assert columns.whole_bound <= best <= first.cost
    below, at = (schedules_below(columns, cost) for cost in (best, best + 1))
    assert below is not None
    assert at is not None
    assert cheapest_set(columns, below, best, 20.0) == EnumerationResult(None, True)
    enumerated = cheapest_set(columns, at, best + 1, 20.0)
    assert enumerated.schedules is not None
    assert enumerated.schedules.cost == best
    for person_id, schedule in enumerated.schedules.schedules.items():
        assert schedule in every[person_id]


def test_a_rule_about_several_people_cannot_be_stated_in_a_pricing_problem() -> None:
    several = roster_of([person(1, Duty.LEAD), person(2)], [shift(at(0, 9), blend_exempt=False)])
    model = WeightedSumModel(several, has_automata=False)
    assert pricing_problems(model) is None
