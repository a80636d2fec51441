"""Requirements that hold while somebody did enough lately: so many shifts or hours in the last so many days.

Held from the moment there is enough. Lost once there was less than the low mark for longer than the days of grace, and
held again only with the full amount: so nobody gains and loses a duty from week to week. Days away are not counted, and
make the window longer. Pure, and the only place that knows these rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app import clock
from progression.days_away import DaysAway
from progression.intervals import FOR_EVER, Interval

LAST_DAY_OF_CLOCK = FOR_EVER.date() - timedelta(days=400)  # later days are for ever


class Amount(NamedTuple):
    """Something that counts towards a window from an instant on: one shift, or its minutes."""

    at: datetime
    worth: int
    until: datetime = FOR_EVER  # counts no longer from here on, however long the window is


def times_enough(
    done: Iterable[Amount], *, full: int, low: int, days: int, grace_days: int, zone: ZoneInfo, away: DaysAway
) -> tuple[Interval, ...]:
    """When enough was done lately, as merged intervals.

    What was done on a day counts through the day that is `days` later. `full` and `low` are in the unit of the amounts,
    and `low` is at most `full`.
    """
    result: list[Interval] = []
    since: datetime | None = None  # held since
    ends_at: datetime | None = None  # below the low mark, and lost then
    for at, amount in _amounts(done, days=days, zone=zone, away=away):
        if since is not None and ends_at is not None and ends_at < at:
            result.append(Interval(since, ends_at))
            since = ends_at = None
        if since is None:
            since = at if amount >= full else None
        elif amount >= low:
            ends_at = None
        elif ends_at is None:
            ends_at = _end_of_grace(at, grace_days, zone, away)
            if ends_at == at:
                result.append(Interval(since, at))
                since = ends_at = None
    if since is not None:
        result.append(Interval(since, FOR_EVER if ends_at is None else ends_at))
    return tuple(result)


def counting_at(
    done: Iterable[Amount], at: datetime, *, days: int, zone: ZoneInfo, away: DaysAway
) -> list[tuple[Amount, datetime]]:
    """What counts at an instant, each with the instant from which it no longer does."""
    ends = ((each, _stops(each, days=days, zone=zone, away=away)) for each in done)
    return [(each, end) for each, end in ends if each.at <= at < end]


def _amounts(done: Iterable[Amount], *, days: int, zone: ZoneInfo, away: DaysAway) -> Iterator[tuple[datetime, int]]:
    """Each instant at which the amount changes, in order, with the amount from then on."""
    changes = []
    for each in done:
        changes += [(each.at, each.worth), (_stops(each, days=days, zone=zone, away=away), -each.worth)]
    changes.sort()
    amount = 0
    for at, together in groupby(changes, itemgetter(0)):
        amount += sum(change for _, change in together)
        if at < FOR_EVER:
            yield at, amount


def _stops(each: Amount, *, days: int, zone: ZoneInfo, away: DaysAway) -> datetime:
    last = away.after(clock.on(each.at, zone), days)
    return min(each.until, clock.ends(last, zone) if last < LAST_DAY_OF_CLOCK else FOR_EVER)


def _end_of_grace(at: datetime, grace_days: int, zone: ZoneInfo, away: DaysAway) -> datetime:
    """The end of the last day of grace, where less than enough counts from the instant `at`.

    Whole days: of a day that has begun, the rest comes on top.
    """
    if not grace_days:
        return at
    day_before = clock.on(at - timedelta(microseconds=1), zone)
    return clock.ends(away.after(day_before, grace_days), zone)
