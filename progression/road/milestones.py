"""What somebody has given, as days worth remembering. Pure: facts and days in, milestones out.

Milestones are read by the person alone. They are ranked with nobody's, and nothing is worked out from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from app import clock
from app.wording import plural
from progression.facts import Fact, without_withdrawn
from progression.worked import SHIFT, WORKED

# Chosen so that the first comes at once and the others stay rare; our own choice.
SHIFTS = (1, 10, 50, 100, 250, 500)
NIGHTS = (1, 10, 50, 100, 250)
MOST_YEARS = 60


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something reached, and the day it was."""

    on: date
    title: str


def shifts_worked(facts: Sequence[Fact]) -> list[Fact]:
    """The shifts that somebody worked, the earliest first."""
    found = [fact for fact in without_withdrawn(facts) if fact.kind == WORKED and fact.key == SHIFT]
    return sorted(found, key=lambda fact: (fact.happened_at, fact.id))


def milestones(facts: Sequence[Fact], *, joined_on: date, today: date, zone: ZoneInfo) -> list[Milestone]:
    """What somebody reached until today, the latest first: shifts, nights, and years since they joined.

    A year that began on 29 February is full on 28 February of a year without one.
    """
    shifts = shifts_worked(facts)
    nights = [fact for fact in shifts if fact.facts["night"]]
    found = [*_counted(shifts, SHIFTS, "shift", zone), *_counted(nights, NIGHTS, "night", zone)]
    for years in range(1, MOST_YEARS + 1):
        full_on = clock.months_after(joined_on, 12 * years)
        if full_on > today:
            break
        found.append(Milestone(full_on, f"{plural(years, 'year')} with us".capitalize()))
    return sorted(found, key=lambda each: each.on, reverse=True)


def _counted(shifts: Sequence[Fact], counts: Sequence[int], noun: str, zone: ZoneInfo) -> list[Milestone]:
    words = {1: f"Your first {noun}"}
    return [
        Milestone(clock.on(shifts[count - 1].happened_at, zone), words.get(count, f"{count} {noun}s"))
        for count in counts
        if count <= len(shifts)
    ]
