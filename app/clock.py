"""Time: the one place where the clock is read, and the only conversions between instants and local times.

Instants are aware datetimes in UTC. Python subtracts two datetimes of the same zone as wall time and treats the two
01:30s of an autumn night as equal, so everything is converted to UTC before it is compared or subtracted.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

_set_to: datetime | None = None


def now() -> datetime:
    """The present instant in UTC, to the microsecond. Only views, jobs and commands call this.

    In tests the clock of the whole process can be set by `set_to`, or for other processes by a file named in
    NIGHTLIGHT_CLOCK_FILE that holds one ISO instant (read only when NIGHTLIGHT_ENV is test).
    """
    if _set_to is not None:
        return _set_to
    if os.environ.get("NIGHTLIGHT_ENV") == "test" and (path := os.environ.get("NIGHTLIGHT_CLOCK_FILE")):
        return datetime.fromisoformat(Path(path).read_text().strip()).astimezone(UTC)
    return datetime.now(UTC)


def real_now() -> datetime:
    """The present instant even where the clock is set for tests, for a scheduler that must keep running."""
    return datetime.now(UTC)


def set_to(instant: datetime | None) -> None:
    """Stop this process's clock at an instant (tests only); None lets it run again."""
    global _set_to  # noqa: PLW0603  there is one clock
    _set_to = None if instant is None else instant.astimezone(UTC)


@lru_cache(maxsize=4096)
def local(
    zone: ZoneInfo, year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, fold: int = 0
) -> datetime:
    """The instant at which a wall clock in `zone` shows this time.

    A time that the clocks skip becomes the end of the gap; of a time that comes twice, the first unless `fold` is 1.
    """
    wall = datetime(year, month, day, hour, minute, tzinfo=zone, fold=fold)
    instant = wall.astimezone(UTC)
    back = instant.astimezone(zone)
    if (back.hour, back.minute) != (hour, minute):
        return _end_of_gap(wall, zone)
    return instant


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks jump over `wall`, found by bisection to the second."""
    before = wall.replace(fold=1).astimezone(UTC)  # read with the offset after the change: just before the jump
    after = wall.replace(fold=0).astimezone(UTC)  # read with the offset before it: just after the jump
    offset_before = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def on(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day in `zone` at this instant."""
    return instant.astimezone(zone).date()


def monday_of(day: date) -> date:
    """The Monday of the week that a day is in."""
    return day - timedelta(days=day.weekday())


def starts(day: date, zone: ZoneInfo) -> datetime:
    """The instant a calendar day begins in `zone`."""
    return local(zone, day.year, day.month, day.day)


@lru_cache(maxsize=4096)
def ends(day: date, zone: ZoneInfo) -> datetime:
    """The instant a calendar day ends in `zone`, which is when the next begins."""
    return starts(day + timedelta(days=1), zone)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or earlier where negative; that month's last day if shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))
