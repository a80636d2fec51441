"""Run the benchmarks: `./run bench` measures speed and rota quality, `./run bench NAME ARGUMENTS` one of them."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = {
    "pages": "how fast pages are with 5,000 people and two years of shifts",
    "learners": "how fast the pages of learning are with 5,000 people and 200,000 attempts",
    "matrix": "how fast the page of who has learned what is with 500 people and 20 courses",
    "bulk": "how fast certificates are printed into one file, and how much memory that takes",
    "restore": "how long a backup and a restore take with 5,000 people and two years of shifts",
    "blended": "how fast and how full a round-the-clock rota for 500 people is",
    "dropouts": "how a month for 500 people is repaired after each of 200 drop-outs",
    "demonstration_month": "how fast and how full the weeks are that the demonstration leaves to plan",
    "forecast": "how fast the forecast of twelve weeks for 500 people is",
    "growth": "how time and memory grow from 50 to 5,000 people, as rows for docs/benchmarks.md",
    "outbox": "how many e-mails leave a second, and whether any is lost or doubled while workers are killed",
    "shift_scheduling": "one instance of the public Shift Scheduling Benchmark; needs its file",
}
RUN_BY_DEFAULT = ("pages", "blended")


def main() -> int:
    """Run the benchmarks asked for, each in its own process, so that none warms up another."""
    asked = sys.argv[1:]
    if asked and asked[0] not in BENCHMARKS:
        print("\n".join(f"{name:22}{words}" for name, words in BENCHMARKS.items()), file=sys.stderr)
        return 1
    runs = [asked] if asked else [[name] for name in RUN_BY_DEFAULT]
    for name, *arguments in runs:
        print(f"{name}: {BENCHMARKS[name]}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *arguments], check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
