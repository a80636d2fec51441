"""Measure the forecast of the coming weeks, for the month of `blended` carried on and people whose training lapses.

python -m benchmarks.forecast --people 500 --weeks 12 --lapsing 30 --seed 1

Prints one JSON line: seats, how many can be filled as things stand and with the invitations, processor seconds, memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from datetime import timedelta

from benchmarks.blended import blended
from progression.duties import Duty
from progression.intervals import ALWAYS_SINCE, Interval
from rota.scheduling.ahead_task import ahead_to_json, run_task
from rota.scheduling.cover_ahead import Ahead, AheadLine, AheadPerson, AheadShift, Asked
from rota.scheduling.roster import Roster, RosterPerson

DAY = timedelta(days=1)


def main() -> None:
    """Make the weeks, look at them as a child process does, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=12)
    parser.add_argument("--lapsing", type=int, default=30, help="of a hundred people, whose training lapses meanwhile")
    parser.add_argument("--seed", type=int, default=1, help="draws the people and when their training lapses")
    asked = parser.parse_args()
    ahead = ahead_of(blended(asked.people, asked.weeks, asked.seed), asked.lapsing, random.Random(asked.seed))
    prepared = {"ahead": ahead_to_json(ahead)}
    began = time.process_time()
    found = run_task(prepared, lambda _progress: None, lambda: False)
    figures = {
        "people": asked.people,
        "weeks": asked.weeks,
        **{key: found[key] for key in ("seats", "filled", "filled_then")},
        "invitations": len(found["invitations"]),
        "seconds": round(time.process_time() - began, 1),
        "mebibytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "kibibytes_kept": len(json.dumps(found)) // 1024,
    }
    print(json.dumps(figures))


def ahead_of(roster: Roster, lapsing: int, chance: random.Random) -> Ahead:
    """The roster as the forecast reads it; the training of so many people in a hundred lapses on some day of it."""
    first, last = roster.days
    starts = min(shift.starts_at for shift in roster.shifts)
    nights = roster.rules.nights_in_the_period
    shifts = tuple(
        AheadShift(
            shift.id,
            int(shift.channel.rpartition(" ")[2]) if shift.channel[-1].isdigit() else 1,
            roster.day_of(shift),
            shift.starts_at,
            shift.ends_at,
            tuple(AheadLine(line.duty, line.minimum, line.wanted) for line in shift.lines),
            least=2,
            is_night=roster.night_minutes(shift.starts_at, shift.ends_at, nights.starts, nights.ends) >= 180,
        )
        for shift in roster.shifts
    )
    days = (last - first).days

    def person(each: RosterPerson) -> AheadPerson:
        lapses: tuple[Asked, ...] = ()
        if chance.randrange(100) < lapsing:
            ends = starts + chance.randrange(1, days) * DAY
            lapses = (Asked("training:safeguarding", (Interval(ALWAYS_SINCE, ends),), ends),)
        duties = {duty: lapses for duty in Duty if duty in each.clearances}
        limits = each.limits
        return AheadPerson(each.id, each.availability, duties, limits.most_shifts_a_week, limits.most_minutes_a_week)

    return Ahead(shifts, tuple(person(each) for each in roster.people))


if __name__ == "__main__":
    main()
