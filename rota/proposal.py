"""A proposal as a child process works it out: the plan, and why each week that stays short cannot be filled whole.

It knows no database. What it needs and what it finds are JSON values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from rota.engine import solve
from rota.reasons import why_unfillable
from rota.roster import Plan, Roster, from_json, plan_from_json

SECONDS_A_WEEK = 3.0
"""How long to look for the reasons of one week; a shortage without reasons is still a result."""

Report = Callable[[dict[str, Any]], None]


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """What `rota.engine.solve.run_task` gives, and under "reasons" the sentences for each Monday of a short week."""
    output = solve.run_task(prepared, report, should_stop)
    reasons: dict[str, list[str]] = {}
    if output["filled"] < output["seats"]:
        roster, plan = from_json(prepared["roster"]), plan_from_json(output["plan"])
        for monday, shift_ids in short_weeks(roster, plan).items():
            if should_stop():
                break
            found = why_unfillable(roster, plan, shift_ids, seconds=SECONDS_A_WEEK)
            if found:
                reasons[monday] = [reason.sentence for reason in found]
    return output | {"reasons": reasons}


def short_weeks(roster: Roster, plan: Plan) -> dict[str, list[int]]:
    """The shifts that lack somebody, by the Monday of their week as 2027-02-22."""
    weeks: dict[str, list[int]] = defaultdict(list)
    for shift in roster.shifts_by_start:
        cover = (line for line in shift.lines if line.duty.counts_as_cover)
        if any(len(plan.on(shift.id, line.duty)) < line.wanted for line in cover):
            day = roster.day_of(shift)
            weeks[(day - timedelta(days=day.weekday())).isoformat()].append(shift.id)
    return dict(weeks)
