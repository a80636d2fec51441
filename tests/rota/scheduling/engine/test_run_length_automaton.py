"""The automaton of runs of days allows exactly what the rules allow."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from progression.duties import Duty
from rota.scheduling.engine.model import RosterModel
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
def test_the_automaton_allows_exactly_the_runs_that_the_rules_allow(longest: int, shortest: int, off: int) -> None:
    limits = Limits(longest_run=longest, shortest_run=shortest, shortest_break=off)
    days = 7
    wanted = (RosterLine(Duty.MODERATOR, 0, 1, 1),)
    shifts = [RosterShift(n, "Board", at(n, 9), at(n, 13), wanted, True) for n in range(days)]
    ends = date(2027, 2, 1), date(2027, 2, 1) + timedelta(days=days - 1)
    example = Roster(
        LONDON, run_rules(), (person(1, limits=limits),), tuple(shifts), starts_on=ends[0], ends_on=ends[1]
    )
    model = RosterModel(example)
    assert len(model.program.lower) > days * 3
    for pattern in product((0, 1), repeat=days):
        seatings = {Seating(n, Duty.MODERATOR, 1) for n in range(days) if pattern[n]}
        values = list(model.program.lower)
        for seating in seatings:
            values[model.seats[seating]] = 1
        keeps = not breaches(example, Plan(frozenset(seatings)))
        assert model.program.is_feasible(model.with_derived(values)) is keeps, pattern
