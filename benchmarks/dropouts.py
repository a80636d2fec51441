"""Measure drop-outs: single people drawn at random drop out of a solved month, and the plan is repaired each time.

python -m benchmarks.dropouts --people 500 --weeks 4 --times 200 --seed 1

Prints one JSON line: how long each repair took, how many seats others had to leave, how many were filled result.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from statistics import median

from benchmarks.blended import blended
from rota.scheduling.engine.replan import Replan, replan_without
from rota.scheduling.engine.solve import solve
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import breaches


def main() -> None:
    """Solve a month, let one person drop out of it at a time, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--times", type=int, default=200, help="how many drop-outs, each from the original month")
    parser.add_argument("--seconds", type=float, default=3.0, help="the most that one repair may take")
    parser.add_argument("--seed", type=int, default=1, help="draws the people and who drops out")
    asked = parser.parse_args()
    roster = blended(asked.people, asked.weeks, asked.seed)
    plan = solve(roster, seconds=15).plan
    chance = random.Random(asked.seed)
    replans = [_one(roster, plan, chance, asked.seconds) for _ in range(asked.times)]
    print(json.dumps({"people": asked.people, "weeks": asked.weeks, "drop_outs": len(replans), **_figures(replans)}))


def _one(roster: Roster, plan: Plan, chance: random.Random, seconds: float) -> tuple[Replan, int]:
    """Return one replan, and how many rules about people its plan breaks."""
    person_id = chance.choice(sorted(plan.by_person))
    result = replan_without(roster, plan, person_id, seconds=seconds)
    broken = [b for b in breaches(roster, result.plan) if b.scope is Scope.PERSON]
    return result, len(broken)


def _figures(replans: list[tuple[Replan, int]]) -> dict[str, object]:
    seconds = sorted(result.seconds for result, _ in replans)
    changed = [len(result.taken) for result, _ in replans]
    return {
        "seats_left": sum(len(result.lost) for result, _ in replans),
        "lost_for_good": sum(result.filled_before - result.filled for result, _ in replans),
        "changed_for_others": {str(seats): n for seats, n in sorted(Counter(changed).items())},
        "changed_median": median(changed),
        "changed_most": max(changed),
        "given_median": median(len(result.given) for result, _ in replans),
        "fewest_known": sum(result.is_fewest for result, _ in replans),
        "seconds_median": round(median(seconds), 2),
        "seconds_p95": round(seconds[len(seconds) * 95 // 100 if len(seconds) > 1 else 0], 2),
        "seconds_most": round(seconds[-1], 2),
        "breaches": sum(broken for _, broken in replans),
    }


if __name__ == "__main__":
    main()
