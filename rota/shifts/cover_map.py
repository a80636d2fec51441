"""The cover of the next days hour by hour: how many people are on and needed, and which shifts are short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from rota.store.seats import SeatRow, seats_between

DAYS = 7
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class HourCover:
    """The worst moment of one hour of one day: people on and people needed. None needed: no shift is open."""

    on: int
    needed: int


@dataclass(frozen=True)
class CoverRow:
    """One hour of the wall clock on every day; a cell is None where the clocks skip the hour."""

    hour: int
    is_night: bool
    cells: tuple[HourCover | None, ...]


@dataclass(frozen=True)
class ShortShift:
    """One published shift with vacant seats; `place` is its first seat."""

    place: SeatRow
    empty: tuple[SeatRow, ...]
    is_empty: bool


@dataclass(frozen=True)
class DayFigures:
    """How many hours of one day are safe, short and empty."""

    day: date
    safe: float
    short: float
    empty: float


@dataclass(frozen=True)
class CoverMap:
    """The cover of seven days: the rows of hours, the short shifts and the figures of each day."""

    days: tuple[date, ...]
    rows: tuple[CoverRow, ...]
    shorts: tuple[ShortShift, ...]
    figures: tuple[DayFigures, ...]
    nothing_published: bool


def cover_map(first: date, zone: ZoneInfo, *, now: datetime) -> CoverMap:
    """Read the cover of seven days from a day on, all channels together, in one query.

    Of an hour that an autumn night has twice the worse is shown; one that a spring night skips has no cell.
    """
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    seats = seats_between(clock.starts(first, zone), clock.ends(days[-1], zone))
    by_hour: dict[tuple[date, int], list[HourCover]] = defaultdict(list)
    figures = []
    for day in days:
        counts = {"safe": 0.0, "short": 0.0, "empty": 0.0}
        instant = clock.starts(day, zone)
        while instant < clock.ends(day, zone):
            # Half hours, because in some zones and at some clock changes the hours do not line up.
            until = min(instant + HOUR / 2, clock.ends(day, zone))
            count = _count(seats, instant, until)
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
    return CoverMap(days, rows, tuple(_short_shifts(seats, now)), tuple(figures), nothing_published=not seats)


def _count(seats: Sequence[SeatRow], start: datetime, end: datetime) -> HourCover:
    during = [s for s in seats if s.starts_at < end and start < s.ends_at and s.duty.counts_as_cover]
    return HourCover(sum(s.person_id is not None for s in during), sum(s.is_wanted for s in during))


def _worst(halves: Sequence[HourCover] | None) -> HourCover | None:
    return min(halves, key=lambda hour: (hour.on - hour.needed, hour.on)) if halves else None


def _short_shifts(seats: Sequence[SeatRow], now: datetime) -> list[ShortShift]:
    """Return the shifts with vacant seats that are not over."""
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        if seat.duty.counts_as_cover and seat.ends_at > now:
            by_shift[seat.shift_id].append(seat)
    shorts = []
    for of_shift in by_shift.values():
        empty = tuple(seat for seat in of_shift if seat.is_open)
        if empty:
            shorts.append(ShortShift(of_shift[0], empty, all(seat.person_id is None for seat in of_shift)))
    return shorts
