"""Measure how time and memory grow with the number of people, as rows of the tables in docs/benchmarks.md.

python -m benchmarks.growth --seconds 60 --seed 1
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

SIZES = (50, 200, 500, 1_000, 2_000, 5_000)


def main() -> None:
    """Solve one rota of each size and print the rows. Each has its own process, so that its peak memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=SIZES)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1, help="draws the people and the engine's random choices")
    parser.add_argument("--fed", action="store_true", help="feed every rule, as in benchmarks/fed_rules.py")
    asked = parser.parse_args()
    options = ("--weeks", asked.weeks, "--seconds", asked.seconds, "--seed", asked.seed, *["--fed"] * asked.fed)
    results = [_one(people, *options) for people in asked.people]
    print(
        "\n| people | seats | filled | most fillable | proved | cover after, s (processor) | in all, s (processor)"
        " | MiB | unevenness, bound |"
    )
    print("| --: | --: | --: | --: | :-- | --: | --: | --: | --: |")
    for t in results:
        proved = "yes" if t["proved"] else "no"
        even = f"{t['unevenness']:,}, {t['unevenness_bound']:,}" if t["unevenness_bound"] else "no bound in time"
        print(
            f"| {t['people']:,} | {t['seats']:,} | {t['filled']:,} | {t['most_fillable']:,} | {proved}"
            f" | {t['seconds_to_best_cover']:.1f} ({t['processor_seconds_to_best_cover']:.1f})"
            f" | {t['seconds']:.1f} ({t['processor_seconds']:.1f}) | {t['peak_mib']:,} | {even} |"
        )
    print("\n| people | way | filled | shifts not safe | nights that would have to change hands |")
    print("| --: | :-- | --: | --: | --: |")
    ways = {"self_sign_up": "self-sign-up", "longest_since_last_turn": "longest since last turn"}
    for t in results:
        for words, way in (("Nightlight", t), *((words, t[name]) for name, words in ways.items())):
            share = f"{way['nights_uneven']:.0%}"
            print(f"| {t['people']:,} | {words} | {way['filled']:,} | {way['shifts_not_safe']} | {share} |")


def _one(people: int, *options: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.blended", *map(str, ("--people", people, *options))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    last = done.stdout.splitlines()[-1]
    print(last, flush=True)
    figures: dict[str, Any] = json.loads(last)
    return figures


if __name__ == "__main__":
    main()
