"""Cheapest walks, the bound they prove and the plans they make, against all walks that the rules allow."""

from __future__ import annotations

import random
from itertools import product
from pathlib import Path

import numpy
import pytest

from benchmarks.shift_scheduling import read
from progression.duties import Duty
from rota.scheduling.engine.column_generation.cover_lines import Cover
from rota.scheduling.engine.column_generation.enumeration import Finish, every_walk_below, plan_below
from rota.scheduling.engine.column_generation.individual_schedules import Walk, Walker
from rota.scheduling.engine.column_generation.pricing import Columns
from rota.scheduling.engine.column_generation.sequential_start import better_one_by_one, one_after_another
from rota.scheduling.engine.column_generation.solve import walkers_of
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.weighted_sum import cheapest
from rota.scheduling.roster import Roster, RosterPerson, Seating
from rota.scheduling.rules.book import breaches, person_breaches, rules_in_force
from rota.scheduling.rules.policy import Severity
from tests.rota.scheduling.rosters import at, person, shift
from tests.rota.scheduling.rosters import roster as roster_of

DAYS = 7
KINDS = {"E": 480, "L": 600}


def instance(seed: int, people: int) -> str:
    """A small instance of the public benchmark's form, drawn by lot."""
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


def allowed(roster: Roster, model: RosterModel, of: RosterPerson) -> list[tuple[int, ...]]:
    """All walks of one person that the rules' checking face lets pass, as variables."""
    book = rules_in_force(roster.rules)
    by_day: list[list[int | None]] = [[None] for _ in range(DAYS)]
    for s in roster.shifts:
        by_day[(roster.day_of(s) - roster.days[0]).days].append(s.id)
    walks = []
    for choice in product(*by_day):
        seatings = [Seating(n, Duty.MODERATOR, of.id) for n in choice if n is not None]
        broken = person_breaches(roster, book, of, roster.stints(of, seatings))
        if all(breach.severity is Severity.WISH for breach in broken):
            walks.append(tuple(model.seats[seating] for seating in seatings))
    return walks


def drawn_walkers(roster: Roster, model: RosterModel) -> dict[int, Walker]:
    walkers = walkers_of(model)
    assert walkers is not None
    return walkers


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_walk_is_the_cheapest_of_all_that_the_rules_allow(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rota.scheduling.engine.column_generation.individual_schedules.PATIENCE", 0)
    roster = drawn(tmp_path, seed, 2)
    model = RosterModel(roster, is_priced=True, has_walks=False)
    prices = numpy.random.default_rng(seed).integers(-20, 10, len(model.program.lows)).astype(float)
    for of in roster.people:
        walker = drawn_walkers(roster, model)[of.id]
        possible = {seats: prices[list(seats)].sum() for seats in allowed(roster, model, of)}
        for seats in possible:
            possible[seats] += walker.walk(seats).price
        found = walker.cheapest(prices, 4)
        if not possible:
            assert found.walks == ()
            continue
        least = min(possible.values())
        assert found.least + walker.shape.always == least
        assert possible[found.walks[0].seats] == least
        assert all(walk.seats in possible for walk in found.walks)
        limit = least - walker.shape.always + 5
        within = walker.within(prices, limit, 10_000)
        assert within is not None
        near = {seats for seats, price in possible.items() if price <= least + 5}
        assert {walk.seats for walk in within} == near
        assert len(within) == len(near)
        assert len(near) == 1 or walker.within(prices, limit, 1) is None


@pytest.mark.parametrize("seed", range(12))
def test_a_total_that_is_only_charged_for_gives_a_true_bound_and_walks_that_keep_it(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rota.scheduling.engine.column_generation.individual_schedules.MOST_STATES", 1)
    roster = drawn(tmp_path, seed, 1)
    model = RosterModel(roster, is_priced=True, has_walks=False)
    prices = numpy.random.default_rng(seed).integers(-20, 10, len(model.program.lows)).astype(float)
    walker = drawn_walkers(roster, model)[0]
    possible = allowed(roster, model, roster.people[0])
    found = walker.cheapest(prices, 4)
    assert {walk.seats for walk in found.walks} <= set(possible)
    for seats in possible:
        assert found.least + walker.shape.always <= prices[list(seats)].sum() + walker.walk(seats).price


def least_cost(roster: Roster, model: RosterModel, walks: list[list[Walk]]) -> int:
    """The cheapest of all pairs of walks of two people, counted line by line."""
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
        for theirs in walks
    )
    own = numpy.array([walk.price for walk in walks[1]])
    costs = []
    for walk, there in zip(walks[0], first, strict=True):
        lacking = wanted - there - second
        cover = (lacking.clip(0) * short + (-lacking).clip(0) * over).sum(axis=1)
        costs.append(walk.price + int((cover + own).min()))
    return min(costs)


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_is_never_above_the_cheapest_plan_which_is_found_and_proved(tmp_path: Path, seed: int) -> None:
    roster = drawn(tmp_path, seed, 2)
    model = RosterModel(roster, is_priced=True, has_walks=False)
    walkers = drawn_walkers(roster, model)
    every = [[walkers[p.id].walk(seats) for seats in allowed(roster, model, p)] for p in roster.people]
    found = cheapest(roster, seconds=20)
    if not all(every):
        assert found.plan is None
        return
    best = least_cost(roster, model, every)
    assert (found.cost, found.bound, found.is_proved) == (best, best, True)
    assert found.plan is not None
    assert breaches(roster, found.plan) == []
    cover = Cover(model)
    columns = Columns(cover, walkers, lambda: False)
    first = one_after_another(cover, walkers, random.Random(seed))
    assert first is not None
    better_one_by_one(first, walkers, random.Random(seed), lambda: False, columns.add)
    columns.add(first.walks.values())
    assert columns.close(20.0)
    assert columns.floor <= best <= first.cost
    below, at = (every_walk_below(columns, cost) for cost in (best, best + 1))
    assert below is not None
    assert at is not None
    assert plan_below(columns, below, best, 20.0) == Finish(None, True)
    finish = plan_below(columns, at, best + 1, 20.0)
    assert finish.together is not None
    assert finish.together.cost == best
    for person_id, walk in finish.together.walks.items():
        assert walk in every[person_id]


def test_what_walks_do_not_know_is_left_to_the_solver() -> None:
    together = roster_of([person(1, Duty.LEAD), person(2)], [shift(at(0, 9), blend_exempt=False)])
    model = RosterModel(together, is_priced=True, has_walks=False)
    assert walkers_of(model) is None
