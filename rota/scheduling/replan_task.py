"""Filling the seats that became empty, as a child process does it: who can take them, and who has to move for that.

It knows no database. What it needs and what it returns are JSON values.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from progression.duties import Duty
from rota.scheduling.engine.replan import refill
from rota.scheduling.roster import Plan, Roster, RosterLine, Seating, filled_seats
from rota.scheduling.roster_json import plan_to_json, roster_from_json
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import Severity

Report = Callable[[dict[str, Any]], None]


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: Callable[[], bool]) -> dict[str, Any]:
    """Fill the vacated seats of a plan, moving as few people as possible. It is quick, and is never stopped half-way.

    `prepared` holds "roster" as `roster_to_json` wrote it, whose `current` is the plan; "vacated", a list of a shift, a
    duty and how many of its seats are to be filled; and "seconds". It may hold "seed".
    Returns "plan", and of the vacated "seats" how many are "filled", in how many "seconds".
    """
    _load_solver()
    roster = roster_from_json(prepared["roster"])
    plan = Plan(frozenset(roster.current))
    vacated = Counter({(one["shift_id"], Duty(one["duty"])): one["seats"] for one in prepared["vacated"]})
    roster = _wanting_only(_holding_what_breaks_a_rule(roster, plan), plan, vacated)
    replanned = refill(
        roster,
        plan,
        sorted({shift_id for shift_id, _ in vacated}),
        aim=filled_seats(roster, plan) + vacated.total(),
        seconds=prepared["seconds"],
        seed=prepared.get("seed"),
    )
    return {
        "plan": plan_to_json(replanned.plan),
        "seats": vacated.total(),
        "filled": replanned.filled - replanned.filled_before,
        "seconds": round(replanned.seconds, 2),
    }


def _load_solver() -> None:
    """Load it before the clock runs: that can take seconds, which would be lost for looking at who could move."""
    from ortools.linear_solver.python import model_builder_helper
    from ortools.sat.python import cp_model

    assert model_builder_helper, cp_model


def _holding_what_breaks_a_rule(roster: Roster, plan: Plan) -> Roster:
    """The roster with those seatings fixed that the engine could not give: a coordinator answered for them."""
    seated = tuple(person for person in roster.people if person.id in plan.by_person)
    broken = set(_broken_seatings(replace(roster, people=seated), plan))
    return replace(roster, fixed=tuple(sorted({*roster.fixed, *broken})))


def _broken_seatings(roster: Roster, plan: Plan) -> Iterator[Seating]:
    for breach in breaches(roster, plan):
        if breach.scope is Scope.PERSON and breach.severity in (Severity.HARD, Severity.OVERRIDABLE):
            theirs = plan.by_person.get(breach.person_id or 0, ())
            yield from (seating for seating in theirs if seating.shift_id in breach.shift_ids)


def _wanting_only(roster: Roster, plan: Plan, vacated: Mapping[tuple[int, Duty], int]) -> Roster:
    """The roster in which each line wants the people it has and those who left, so that nobody moves for more."""

    def line_as_it_was(shift_id: int, line: RosterLine) -> RosterLine:
        present = len(plan.on(shift_id, line.duty))
        wanted = min(line.wanted, present + vacated.get((shift_id, line.duty), 0))
        return replace(line, minimum=min(line.minimum, wanted), wanted=wanted, most=max(wanted, present))

    shifts = tuple(
        replace(shift, lines=tuple(line_as_it_was(shift.id, line) for line in shift.lines)) for shift in roster.shifts
    )
    return replace(roster, shifts=shifts)
