"""The cover of the next days hour by hour: how many people are on and needed, and which shifts are short.

Read without names: the map says how many, never who.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import false

from app import clock
from rota.store.cover_needs import NeededTime, UnplannedTime, cover_between
from rota.store.seats import SeatRow
from rota.store.shortages import Shortage, as_published, shortages

DAYS = 7
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class HourCover:
    """The worst moment of one hour of one day: people on and people needed. None needed: every channel is closed."""

    on: int
    needed: int
    is_planned: bool = True
    """Whether every channel that needs people then has a published shift."""


@dataclass(frozen=True)
class CoverRow:
    """One hour of the wall clock on every day; a cell is None where the clocks skip the hour."""

    hour: int
    is_night: bool
    cells: tuple[HourCover | None, ...]


@dataclass(frozen=True)
class DayFigures:
    """How many hours of one day are safe, short and empty."""

    day: date
    safe: float
    short: float
    empty: float


@dataclass(frozen=True)
class CoverMap:
    """The cover of seven days: the rows of hours, what is short or not planned, and the figures of each day."""

    days: tuple[date, ...]
    rows: tuple[CoverRow, ...]
    shorts: tuple[Shortage, ...]
    unplanned: tuple[UnplannedTime, ...]
    figures: tuple[DayFigures, ...]
    nothing_published: bool
    anything_needed: bool
    """Whether any channel's pattern asks for people in these days."""


def cover_map(first: date, zone: ZoneInfo, *, now: datetime) -> CoverMap:
    """Read the cover of seven days from a day on, all channels together, in one query.

    Time that a channel's pattern needs and no shift covers counts as needed with nobody on.

    Of an hour that an autumn night has twice the worse is shown; one that a spring night skips has no cell.
    """
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    starts, ends = clock.starts(first, zone), clock.ends(days[-1], zone)
    cover = cover_between(starts, ends, zone=zone, named=false())
    seats, unplanned = cover.seats, cover.unplanned
    by_hour: dict[tuple[date, int], list[HourCover]] = defaultdict(list)
    figures = []
    for day in days:
        counts = {"safe": 0.0, "short": 0.0, "empty": 0.0}
        instant = clock.starts(day, zone)
        while instant < clock.ends(day, zone):
            # Half hours, because in some zones and at some clock changes the hours do not line up.
            until = min(instant + HOUR / 2, clock.ends(day, zone))
            count = _count(seats, unplanned.needed, instant, until)
            by_hour[day, instant.astimezone(zone).hour].append(count)
            if count.needed:
                state = "empty" if count.on == 0 else "short" if count.on < count.needed else "safe"
                counts[state] += (until - instant) / HOUR
            instant = until
        figures.append(DayFigures(day, **counts))
    rows = tuple(
        CoverRow(hour, hour < 6 or hour >= 22, tuple(_worst(by_hour.get((day, hour))) for day in days))
        for hour in range(24)
    )
    return CoverMap(
        days,
        rows,
        tuple(shortages(seats, as_published, zone=zone, now=now)),
        tuple(time for time in unplanned.times if time.ends_at > now),
        tuple(figures),
        nothing_published=not seats,
        anything_needed=unplanned.has_patterns,
    )


def _count(seats: Sequence[SeatRow], missing: Sequence[NeededTime], start: datetime, end: datetime) -> HourCover:
    during = [s for s in seats if s.starts_at < end and start < s.ends_at and s.duty.counts_as_cover]
    unplanned = sum(each.people for each in missing if each.starts_at < end and start < each.ends_at)
    return HourCover(
        sum(s.is_taken for s in during), sum(s.is_wanted for s in during) + unplanned, is_planned=not unplanned
    )


def _worst(halves: Sequence[HourCover] | None) -> HourCover | None:
    return min(halves, key=lambda hour: (hour.on - hour.needed, hour.on)) if halves else None
