"""Rosters judged by one sum of prices, and the walk through runs of days that proves them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from benchmarks.shift_scheduling import read, write
from progression.duties import Duty
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.weighted_sum import cheapest
from rota.scheduling.roster import Limits, Plan, Roster, RosterLine, RosterShift, Seating
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules, Severity, shipped_rules
from tests.rota.scheduling.rosters import LONDON, at, person


def run_rules() -> RotaRules:
    values = shipped_rules().model_dump()
    for key, settings in values.items():
        always = settings["severity"] is Severity.HARD
        used = key in ("longest_run", "shortest_run", "shortest_break")
        settings["severity"] = Severity.HARD if always or used else Severity.UNUSED
    return RotaRules.model_validate(values)


@pytest.mark.parametrize(
    ("longest", "shortest", "off"), [(3, 2, 2), (2, 1, 1), (4, 3, 1), (3, 1, 3), (9, 2, 2), (2, 2, 4)]
)
def test_the_walk_allows_just_the_runs_that_the_rules_allow(longest: int, shortest: int, off: int) -> None:
    limits = Limits(longest_run=longest, shortest_run=shortest, shortest_break=off)
    days = 7
    wanted = (RosterLine(Duty.MODERATOR, 0, 1, 1),)
    shifts = [RosterShift(n, "Board", at(n, 9), at(n, 13), wanted, True) for n in range(days)]
    ends = date(2027, 2, 1), date(2027, 2, 1) + timedelta(days=days - 1)
    picture = Roster(
        LONDON, run_rules(), (person(1, limits=limits),), tuple(shifts), starts_on=ends[0], ends_on=ends[1]
    )
    model = RosterModel(picture)
    assert len(model.program.lows) > days * 3
    for pattern in product((0, 1), repeat=days):
        seatings = {Seating(n, Duty.MODERATOR, 1) for n in range(days) if pattern[n]}
        values = list(model.program.lows)
        for seating in seatings:
            values[model.seats[seating]] = 1
        keeps = not breaches(picture, Plan(frozenset(seatings)))
        assert model.program.holds(model.settled(values)) is keeps, pattern


INSTANCE = """\
SECTION_HORIZON
7

SECTION_SHIFTS
E,480,
L,480,E

SECTION_STAFF
# two who work late or early, and one who works early only
A,E=7|L=7,2400,960,3,1,2,1
B,E=7|L=7,2400,960,3,2,2,1
C,E=7|L=0,1440,480,3,1,1,0

SECTION_DAYS_OFF
A,2
C,0

SECTION_SHIFT_ON_REQUESTS
A,0,L,3
C,1,E,2

SECTION_SHIFT_OFF_REQUESTS
B,3,E,4

SECTION_COVER
0,E,1,100,1
0,L,1,100,1
1,E,2,100,1
1,L,1,100,1
2,E,1,100,1
3,E,1,100,1
4,L,1,100,1
5,E,1,100,1
6,L,1,100,1
"""


def price(roster: Roster, rows: tuple[str, ...]) -> int:
    """What a roster of this instance costs, read off the instance by hand."""
    cover = {(0, "E"): 1, (0, "L"): 1, (1, "E"): 2, (1, "L"): 1, (2, "E"): 1, (3, "E"): 1, (4, "L"): 1}
    cover |= {(5, "E"): 1, (6, "L"): 1}
    cost = 3 * (rows[0][0] != "L") + 2 * (rows[2][1] != "E") + 4 * (rows[1][3] == "E")
    for day in range(7):
        for kind in "EL":
            there = sum(row[day] == kind for row in rows)
            wanted = cover.get((day, kind), 0)
            # A kind that nobody wants on a day has no price for too many.
            surplus = max(0, there - wanted) if (day, kind) in cover else 0
            cost += 100 * max(0, wanted - there) + surplus
    return cost


def test_an_instance_of_the_public_benchmark_is_solved_by_the_products_own_rules(tmp_path: Path) -> None:
    path = tmp_path / "Instance.txt"
    path.write_text(INSTANCE, encoding="utf-8")
    roster = read(path)
    found = cheapest(roster, seconds=20)
    assert found.is_proved
    assert found.plan is not None
    rows = tuple(line.split(":")[1].replace(",", "") for line in write(roster, found.plan).splitlines())
    assert [len(row) for row in rows] == [7, 7, 7]
    assert price(roster, rows) == found.cost
    assert breaches(roster, found.plan) == []
    in_steps = cheapest(roster, seconds=5, small=0)
    assert in_steps.cost == found.cost


def test_a_roster_whose_rules_leave_no_plan_says_so() -> None:
    limits = Limits(least_shifts=2)
    values = shipped_rules().model_dump()
    values["least_they_asked"]["severity"] = Severity.HARD
    wanted = (RosterLine(Duty.MODERATOR, 0, 1, 1),)
    both_at_once = tuple(RosterShift(n, "Board", at(0, 9), at(0, 13), wanted, True) for n in (1, 2))
    picture = Roster(LONDON, RotaRules.model_validate(values), (person(1, limits=limits),), both_at_once)
    found = cheapest(picture, seconds=5)
    assert (found.plan, found.cost, found.is_proved) == (None, None, False)
