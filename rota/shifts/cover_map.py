"""The cover of some days hour by hour: how many people are on and needed, and which shifts are short.

Read without names: the map says how many, never who.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import false

from app import clock
from progression.intervals import Interval
from rota.store.cover_needs import Cover, NeededTime, SpecialTime, UnplannedTime, cover_between
from rota.store.seats import SeatRow
from rota.store.shortages import Shortage, as_published, shortages

DAYS = 7
HOUR = timedelta(hours=1)
TWO_DAYS = timedelta(hours=48)


class Span(StrEnum):
    """How far ahead the page looks."""

    NOW = "now"
    TWO_DAYS = "two-days"
    WEEK = "week"

    @property
    def days(self) -> int:
        """How many calendar days its hours can lie on."""
        return {Span.NOW: 1, Span.TWO_DAYS: 3, Span.WEEK: DAYS}[self]

    def ends(self, now: datetime) -> datetime | None:
        """Until when gaps begin that it names; None: to the end of its days."""
        return {Span.NOW: now, Span.TWO_DAYS: now + TWO_DAYS, Span.WEEK: None}[self]


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
    """The cover of some days: the rows of hours, what is short or not planned, and the figures of each day."""

    days: tuple[date, ...]
    rows: tuple[CoverRow, ...]
    shorts: tuple[Shortage, ...]
    unplanned: tuple[UnplannedTime, ...]
    figures: tuple[DayFigures, ...]
    nothing_published: bool
    anything_needed: bool
    """Whether any channel's pattern asks for people in these days."""
    special: tuple[SpecialTime, ...] = ()
    """The closures, events and bank holidays of these days."""


def cover_map(
    first: date, zone: ZoneInfo, *, now: datetime, span: Span = Span.WEEK, channel_id: int | None = None
) -> CoverMap:
    """Read the cover of the days of a span from a day on, of one channel or of all together, in one query.

    Gaps are named that begin by the end of the span; those of now are on now.

    Time that a channel's pattern needs and no shift covers counts as needed with nobody on.

    Of an hour that an autumn night has twice the worse is shown; one that a spring night skips has no cell.
    """
    days = tuple(first + timedelta(days=number) for number in range(span.days))
    starts, ends = clock.starts(first, zone), clock.ends(days[-1], zone)
    cover = _of_channel(cover_between(starts, ends, zone=zone, named=false()), channel_id)
    until = span.ends(now) or ends
    seats, unplanned = cover.seats, cover.unplanned
    by_hour: dict[tuple[date, int], list[HourCover]] = defaultdict(list)
    figures = {day: DayFigures(day) for day in days}
    times = [time for day in days for time in quarter_hours(day, zone)]
    for time, count in zip(times, counts(times, seats, unplanned.needed), strict=True):
        local = time.start.astimezone(zone)
        by_hour[local.date(), local.hour].append(count)
        if count.needed:
            figures[local.date()].add(count, (time.end - time.start) / HOUR)
    rows = tuple(
        CoverRow(hour, hour < 6 or hour >= 22, tuple(_worst(by_hour.get((day, hour))) for day in days))
        for hour in range(24)
    )
    return CoverMap(
        days,
        rows,
        tuple(each for each in shortages(seats, as_published, zone=zone, now=now) if each.place.starts_at <= until),
        tuple(each for each in unplanned.times if each.ends_at > now and each.starts_at <= until),
        tuple(figures.values()),
        nothing_published=not seats,
        anything_needed=unplanned.has_patterns,
        special=cover.special,
    )


def _of_channel(cover: Cover, channel_id: int | None) -> Cover:
    """The cover of one channel; of all where it is None."""
    if channel_id is None:
        return cover
    needed = tuple(each for each in cover.unplanned.needed if each.channel_id == channel_id)
    times = tuple(each for each in cover.unplanned.times if each.channel_id == channel_id)
    return Cover(
        tuple(seat for seat in cover.seats if seat.channel_id == channel_id),
        replace(cover.unplanned, needed=needed, times=times),
        tuple(each for each in cover.special if each.channel_id == channel_id),
    )


def quarter_hours(day: date, zone: ZoneInfo) -> Iterator[Interval]:
    """The quarter hours of a day: shifts begin and end on them, and in some zones the hours do not line up."""
    instant, ends = clock.starts(day, zone), clock.ends(day, zone)
    while instant < ends:
        until = min(instant + HOUR / 4, ends)
        yield Interval(instant, until)
        instant = until


def counts(times: Sequence[Interval], seats: Iterable[SeatRow], missing: Iterable[NeededTime]) -> Iterator[HourCover]:
    """How many people are on and needed in each of these times, which follow one another.

    While one shift of a channel hands over to the next, the channel needs what the greater of the two needs and has
    what the fuller has: two shifts at once are neither more cover nor more of a gap.
    """
    needs = _Needs(len(times))
    # The people on and wanted of each shift, as its channel and its hours say which it is.
    by_shift: dict[tuple[int, datetime, datetime], list[int]] = defaultdict(lambda: [0, 0])
    for seat in seats:
        if seat.duty.counts_as_cover:
            of_shift = by_shift[seat.channel_id, seat.starts_at, seat.ends_at]
            of_shift[0] += seat.is_taken
            of_shift[1] += seat.is_wanted
    for (channel_id, starts_at, ends_at), (taken, wanted) in sorted(by_shift.items()):
        for place in _places(times, starts_at, ends_at):
            needs.add(channel_id, place, taken, wanted)
    for each in missing:
        for place in _places(times, each.starts_at, each.ends_at):
            needs.add(each.channel_id, place, 0, each.people)
            needs.unplanned[place] |= each.people > 0
    for on, needed, unplanned in zip(needs.on, needs.needed, needs.unplanned, strict=True):
        yield HourCover(on, needed, is_planned=not unplanned)


class _Needs:
    """People on and needed at each place, all channels together; of one channel at one place, the most of each."""

    def __init__(self, places: int) -> None:
        self.on, self.needed = [0] * places, [0] * places
        self.unplanned = [False] * places
        self._of_channel: dict[tuple[int, int], tuple[int, int]] = {}

    def add(self, channel_id: int, place: int, on: int, needed: int) -> None:
        """Count a shift, or a need without one, of a channel at a place."""
        had_on, had_needed = self._of_channel.get((channel_id, place), (0, 0))
        now = max(had_on, on), max(had_needed, needed)
        self.on[place] += now[0] - had_on
        self.needed[place] += now[1] - had_needed
        self._of_channel[channel_id, place] = now


def _places(times: Sequence[Interval], start: datetime, end: datetime) -> range:
    """The places of the times that a span touches."""
    first = bisect_right(times, start, key=lambda time: time.end)
    return range(first, bisect_left(times, end, lo=first, key=lambda time: time.start))


def _worst(covers: Sequence[HourCover] | None) -> HourCover | None:
    return min(covers, key=lambda hour: (hour.on - hour.needed, hour.on)) if covers else None
