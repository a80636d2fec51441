"""A proposal as computed in a child process: the plan, and why weeks that stay short cannot be filled.

It has no database: input and output are JSON values.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from app import clock
from progression.duties import Duty
from rota.scheduling.engine import solve
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.roster_json import plan_from_json, roster_from_json
from rota.scheduling.shortfall import shortfalls
from rota.scheduling.unfillable import why_unfillable

SECONDS = 2.0
"""How long to look for the reasons for one duty in one week; a shortage without reasons is still a result."""

Report = Callable[[dict[str, Any]], None]


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Solve, and explain each week that stays short.

    Returns what `engine.solve.run_task` returns, and under "reasons", by the Monday of the week, one entry for each
    duty and time of day that lacks somebody: the shifts, the facts, and what would help.
    """
    output = solve.run_task(prepared, report, should_stop)
    reasons: dict[str, list[dict[str, Any]]] = {}
    if output["filled"] < output["seats"]:
        roster, plan = roster_from_json(prepared["roster"]), plan_from_json(output["plan"])
        for (monday, duty), shift_ids in short_weeks(roster, plan).items():
            if should_stop():
                break
            found = why_unfillable(roster, plan, shift_ids, duty=duty, seconds=SECONDS)
            if found == []:
                continue
            causes = None if found is None else {reason.rule for reason in found}
            for one in shortfalls(roster, plan, shift_ids, duty, causes=causes, seconds=SECONDS):
                entry = {"duty": duty, "shift_ids": list(one.shift_ids), "facts": one.facts, "todo": one.todo}
                reasons.setdefault(monday, []).append(entry)
    return output | {"reasons": reasons}


def short_weeks(roster: Roster, plan: Plan) -> dict[tuple[str, Duty], list[int]]:
    """The shifts that lack somebody, by the Monday of their week, as 2027-02-22, and the duty that they lack."""
    weeks: dict[tuple[str, Duty], list[int]] = defaultdict(list)
    for shift in roster.shifts_by_start:
        monday = clock.monday_of(roster.day_of(shift)).isoformat()
        for line in shift.lines:
            if line.duty.counts_as_cover and len(plan.on(shift.id, line.duty)) < line.wanted:
                weeks[monday, line.duty].append(shift.id)
    return dict(sorted(weeks.items()))
