"""How a rota bears people dropping out: single drop-outs drawn at random from a solved month, each made good again.

python -m benchmarks.dropouts --people 500 --weeks 4 --times 200 --seed 1

Ends with one JSON line: how long each took, how many seats others had to leave, how many were filled again.
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
    """Solve a month, let people drop out of it one at a time, say how it went."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--times", type=int, default=200, help="how many drop-outs, each from the month as it was")
    parser.add_argument("--seconds", type=float, default=3.0, help="the most that one may take")
    parser.add_argument("--seed", type=int, default=1, help="draws the people and who drops out")
    asked = parser.parse_args()
    roster = blended(asked.people, asked.weeks, asked.seed)
    plan = solve(roster, seconds=15).plan
    chance = random.Random(asked.seed)
    made = [_one(roster, plan, chance, asked.seconds) for _ in range(asked.times)]
    print(json.dumps({"people": asked.people, "weeks": asked.weeks, "drop_outs": len(made), **_told(made)}))


def _one(roster: Roster, plan: Plan, chance: random.Random, seconds: float) -> tuple[Replan, int]:
    """One re-plan, and how many rules about people its plan breaks."""
    person_id = chance.choice(sorted(plan.by_person))
    again = replan_without(roster, plan, person_id, seconds=seconds)
    broken = [b for b in breaches(roster, again.plan) if b.scope is Scope.PERSON]
    return again, len(broken)


def _told(made: list[tuple[Replan, int]]) -> dict[str, object]:
    seconds = sorted(again.seconds for again, _ in made)
    changed = [len(again.taken) for again, _ in made]
    return {
        "seats_left": sum(len(again.lost) for again, _ in made),
        "lost_for_good": sum(again.filled_before - again.filled for again, _ in made),
        "changed_for_others": {str(seats): n for seats, n in sorted(Counter(changed).items())},
        "changed_median": median(changed),
        "changed_most": max(changed),
        "given_median": median(len(again.given) for again, _ in made),
        "fewest_known": sum(again.is_fewest for again, _ in made),
        "seconds_median": round(median(seconds), 2),
        "seconds_p95": round(seconds[len(seconds) * 95 // 100 if len(seconds) > 1 else 0], 2),
        "seconds_most": round(seconds[-1], 2),
        "breaches": sum(broken for _, broken in made),
    }


if __name__ == "__main__":
    main()
