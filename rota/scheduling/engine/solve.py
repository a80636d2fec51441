"""Propose a plan: the engine's front door, with values as they are or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rota.scheduling.engine.lexicographic_search import Proposal, Report, ShouldStop, StageResult, solve_whole
from rota.scheduling.engine.rolling_horizon import MOST_SEATS, seats_to_judge, solve_by_parts
from rota.scheduling.roster import Roster, from_json, plan_to_json

__all__ = ["DEFAULT_SECONDS", "Proposal", "Report", "ShouldStop", "StageResult", "run_task", "solve"]

DEFAULT_SECONDS = 15.0
"""A month for 500 people is proved in less; past it, a coordinator would rather see what there is."""


def solve(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Proposal:
    """The best plan found in the time given, or until `should_stop` says so. There always is one.

    With a seed the same roster gives the same plan, as long as the time is not what ends the search.
    `report` is given {"filled", "bound", "seats", "seconds"} whenever one of them is better known.
    A roster too large for a gigabyte is solved some days at a time.
    """
    way = solve_whole if seats_to_judge(roster) <= MOST_SEATS else solve_by_parts
    return way(roster, seconds=seconds, seed=seed, report=report, should_stop=should_stop)


def run_task(prepared: Mapping[str, Any], report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """`solve` for a child process that has no database: JSON values in, JSON values out.

    `prepared` holds "roster" as `to_json` wrote it, and may hold "seconds" and "seed".
    """
    proposal = solve(
        from_json(prepared["roster"]),
        seconds=float(prepared.get("seconds", DEFAULT_SECONDS)),
        seed=prepared.get("seed"),
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
                "stage": r.stage.value,
                "words": r.stage.words,
                "value": r.value,
                "bound": r.bound,
                "proved": r.is_proved,
            }
            for r in proposal.stages
        ],
        "seconds": round(proposal.seconds, 2),
        "breaches": [asdict(breach) for breach in proposal.breaches],
    }
