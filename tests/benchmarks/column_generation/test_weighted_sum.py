"""The weighted sum of a small public-benchmark instance is minimised under the product's own rules."""

from __future__ import annotations

from pathlib import Path

from benchmarks.column_generation.weighted_sum import minimise_cost
from benchmarks.shift_scheduling import read, write
from progression.duties import Duty
from rota.scheduling.roster import Limits, Roster, RosterLine, RosterShift
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules, Severity, shipped_rules
from tests.rota.scheduling.rosters import LONDON, at, person

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
    """Return the cost of a plan, one row of shift kinds for each person, computed from the instance by hand."""
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
    result = minimise_cost(roster, seconds=20)
    assert result.is_proved
    assert result.plan is not None
    rows = tuple(line.split(":")[1].replace(",", "") for line in write(roster, result.plan).splitlines())
    assert [len(row) for row in rows] == [7, 7, 7]
    assert price(roster, rows) == result.cost
    assert breaches(roster, result.plan) == []
    by_neighbourhoods = minimise_cost(roster, seconds=5, small_seats=0)
    assert by_neighbourhoods.cost == result.cost


def test_a_roster_whose_rules_leave_no_plan_says_so() -> None:
    limits = Limits(least_shifts=2)
    values = shipped_rules().model_dump()
    values["least_they_asked"]["severity"] = Severity.HARD
    wanted = (RosterLine(Duty.MODERATOR, 0, 1, 1),)
    both_at_once = tuple(RosterShift(n, "Board", at(0, 9), at(0, 13), wanted, True) for n in (1, 2))
    picture = Roster(LONDON, RotaRules.model_validate(values), (person(1, limits=limits),), both_at_once)
    result = minimise_cost(picture, seconds=5)
    assert (result.plan, result.cost, result.is_proved) == (None, None, False)
