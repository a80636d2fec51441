"""A rule as it checks a plan and as it constrains the engine, on one small roster.

The check judges the plan in which everybody has every seat, and the engine is asked whether it would make that plan.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Plan, Roster, Seating
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules, Severity, shipped_rules
from tests.rota.scheduling.rosters import LONDON, at, person, roster, shift

NEW_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")

BORN = date(2009, 2, 3)
"""Turns 18 on Wednesday, the third day of the roster's week."""

CLOCKS = [
    # zone, the evening before the change, hours that pass from 22:00 to 09:00 over it
    pytest.param(LONDON, (2027, 3, 27), 10, id="London, forward"),
    pytest.param(LONDON, (2027, 10, 30), 12, id="London, back"),
    pytest.param(NEW_YORK, (2027, 3, 13), 10, id="New York, forward"),
    pytest.param(NEW_YORK, (2027, 11, 6), 12, id="New York, back"),
    pytest.param(LORD_HOWE, (2027, 10, 2), 10.5, id="Lord Howe, forward"),
    pytest.param(LORD_HOWE, (2027, 4, 3), 11.5, id="Lord Howe, back"),
]
"""Both clock changes of a year in three zones, one of which moves by half an hour."""


def only(rule: str, **figures: Any) -> RotaRules:
    """The shipped rules with all but one switched off, as far as they can be, and that one hard."""
    values = shipped_rules().model_dump()
    for key, settings in values.items():
        if settings["severity"] is not Severity.HARD or key in ("under_18_nights", "peers_beside", "apart"):
            settings["severity"] = Severity.UNUSED
        if key == rule:
            settings |= {"severity": Severity.HARD, **figures}
    return RotaRules.model_validate(values)


def seats(example: Roster) -> Plan:
    """Everybody in every seat that they have a clearance for."""
    return Plan(
        frozenset(
            Seating(s.id, each.duty, p.id)
            for s in example.shifts
            for each in s.lines
            for p in example.people
            if each.duty in p.clearances
        )
    )


def is_kept(example: Roster, rule: str) -> bool:
    """Whether the plan with everybody everywhere keeps the rule, if the check and the engine agree."""
    plan = seats(example)
    found = {breach.rule for breach in breaches(example, plan)}
    assert found <= {rule}
    proposal = solve(example, seconds=10)
    assert proposal.breaches == ()
    assert (proposal.plan == plan) is (not found)
    return not found


def worked(*when: tuple[datetime, float], rules: RotaRules, zone: ZoneInfo = LONDON, **who: Any) -> Roster:
    """One person, and shifts at these instants for so many hours."""
    return roster([person(1, **who)], [shift(start, hours) for start, hours in when], rules=rules, zone=zone)


def on(year: int, month: int, day: int, hour: int, zone: ZoneInfo, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=zone).astimezone(ZoneInfo("UTC"))


def days(*numbers: int, hour: float = 9, hours: float = 4) -> list[tuple[datetime, float]]:
    """A shift on each of these days."""
    return [(at(day, hour), hours) for day in numbers]


def broken_rules(example: Roster, plan: Plan) -> set[str]:
    return {breach.rule for breach in breaches(example, plan)}
