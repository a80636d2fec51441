"""The engine's entry point: propose a plan, with Python values or with JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rota.scheduling.engine.lexicographic_search import (
    ObjectiveResult,
    Proposal,
    Report,
    ShouldStop,
    solve_lexicographic,
)
from rota.scheduling.engine.rolling_horizon import MOST_SEATS_AT_ONCE, count_possible_seats, solve_rolling_horizon
from rota.scheduling.roster import Roster
from rota.scheduling.roster_json import plan_to_json, roster_from_json

__all__ = ["DEFAULT_SECONDS", "ObjectiveResult", "Proposal", "Report", "ShouldStop", "run_task", "solve"]

DEFAULT_SECONDS = 15.0
"""A month for 500 people is proved in less; after that a coordinator prefers the best plan so far."""


def solve(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    counts_steps: bool = False,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Proposal:
    """Return the best plan found in the time given, or until `should_stop` returns true. There always is one.

    With a seed the same roster gives the same plan, unless the time ends the search. With `counts_steps` too, the time
    does not end it: `seconds` are the solver's own, for each part of the search, so the plan is the same on every
    machine. `report` is called with {"filled", "bound", "seats", "seconds"} whenever one of them improves. A roster too
    large for a gigabyte is solved some days at a time, by the clock.
    """
    if count_possible_seats(roster) > MOST_SEATS_AT_ONCE:
        return solve_rolling_horizon(roster, seconds=seconds, seed=seed, report=report, should_stop=should_stop)
    return solve_lexicographic(
        roster, seconds=seconds, seed=seed, counts_steps=counts_steps, report=report, should_stop=should_stop
    )


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Call `solve` in a child process that has no database: JSON values in, JSON values out.

    `prepared` holds "roster" as `roster_to_json` wrote it, and may hold "seconds", "seed" and "counts_steps".
    """
    proposal = solve(
        roster_from_json(prepared["roster"]),
        seconds=float(prepared.get("seconds", DEFAULT_SECONDS)),
        seed=prepared.get("seed"),
        counts_steps=bool(prepared.get("counts_steps")),
        report=report,
        should_stop=should_stop,
    )
    return {
        "plan": plan_to_json(proposal.plan),
        "seats": proposal.seats,
        "filled": proposal.filled,
        "bound": proposal.bound,
        "proved": proposal.proved,
        "stages": [
            {
                "stage": r.objective.value,
                "words": r.objective.words,
                "value": r.value,
                "bound": r.bound,
                "proved": r.is_proved,
            }
            for r in proposal.objectives
        ],
        "seconds": round(proposal.seconds, 2),
        "breaches": [asdict(breach) for breach in proposal.breaches],
    }
