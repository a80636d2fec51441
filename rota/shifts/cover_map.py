"""The cover of the next days hour by hour: how many people are on and needed, and which shifts are short.

Read without names: the map says how many, never who.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import false

from app import clock
from progression.intervals import Interval
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


@dataclass
class DayFigures:
    """How many hours of one day are safe, short and empty."""

    day: date
    safe: float = 0.0
    short: float = 0.0
    empty: float = 0.0

    def add(self, cover: HourCover, hours: float) -> None:
        """Count some hours with this cover."""
        if cover.on == 0:
            self.empty += hours
        elif cover.on < cover.needed:
            self.short += hours
        else:
            self.safe += hours


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
    figures = {day: DayFigures(day) for day in days}
    halves = [half for day in days for half in half_hours(day, zone)]
    for half, count in zip(halves, counts(halves, seats, unplanned.needed), strict=True):
        local = half.start.astimezone(zone)
        by_hour[local.date(), local.hour].append(count)
        if count.needed:
            figures[local.date()].add(count, (half.end - half.start) / HOUR)
    rows = tuple(
        CoverRow(hour, hour < 6 or hour >= 22, tuple(_worst(by_hour.get((day, hour))) for day in days))
        for hour in range(24)
    )
    return CoverMap(
        days,
        rows,
        tuple(shortages(seats, as_published, zone=zone, now=now)),
        tuple(time for time in unplanned.times if time.ends_at > now),
        tuple(figures.values()),
        nothing_published=not seats,
        anything_needed=unplanned.has_patterns,
    )


def half_hours(day: date, zone: ZoneInfo) -> Iterator[Interval]:
    """The half hours of a day: in some zones and at some clock changes the hours do not line up."""
    instant, ends = clock.starts(day, zone), clock.ends(day, zone)
    while instant < ends:
        until = min(instant + HOUR / 2, ends)
        yield Interval(instant, until)
        instant = until


def counts(halves: Sequence[Interval], seats: Iterable[SeatRow], missing: Iterable[NeededTime]) -> Iterator[HourCover]:
    """How many people are on and needed in each of these times, which follow one another."""
    on, needed, unplanned = ([0] * len(halves) for _ in range(3))
    # The people on and needed of all shifts with the same hours, on whatever channel.
    by_hours: dict[tuple[datetime, datetime], list[int]] = defaultdict(lambda: [0, 0])
    for seat in seats:
        if seat.duty.counts_as_cover:
            of_hours = by_hours[seat.starts_at, seat.ends_at]
            of_hours[0] += seat.is_taken
            of_hours[1] += seat.is_wanted
    for (starts_at, ends_at), (taken, wanted) in by_hours.items():
        for place in _places(halves, starts_at, ends_at):
            on[place] += taken
            needed[place] += wanted
    for each in missing:
        for place in _places(halves, each.starts_at, each.ends_at):
            unplanned[place] += each.people
    for of_half in zip(on, needed, unplanned, strict=True):
        yield HourCover(of_half[0], of_half[1] + of_half[2], is_planned=not of_half[2])


def _places(halves: Sequence[Interval], start: datetime, end: datetime) -> range:
    """The places of the times that a span touches."""
    first = bisect_right(halves, start, key=lambda half: half.end)
    return range(first, bisect_left(halves, end, lo=first, key=lambda half: half.start))


def _worst(halves: Sequence[HourCover] | None) -> HourCover | None:
    return min(halves, key=lambda hour: (hour.on - hour.needed, hour.on)) if halves else None
