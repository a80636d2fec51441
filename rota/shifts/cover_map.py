"""The next days hour by hour: how many are on, how many are needed, and in words where it is short."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from rota.store.seats import SeatRow, seats_between

DAYS = 7
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Hour:
    """One hour of one day: people on and people needed, at its worst moment. None needed: nothing is open."""

    on: int
    needed: int


@dataclass(frozen=True)
class CoverRow:
    """One hour of the wall clock over all days; a cell is None where the clocks skip the hour."""

    hour: int
    is_night: bool
    cells: tuple[Hour | None, ...]


@dataclass(frozen=True)
class Short:
    """One published shift with empty seats."""

    place: SeatRow
    empty: tuple[SeatRow, ...]
    is_empty: bool


@dataclass(frozen=True)
class DayFigures:
    """One day in plain figures, in hours."""

    day: date
    safe: float
    short: float
    empty: float


@dataclass(frozen=True)
class CoverMap:
    """The map, its words and its figures."""

    days: tuple[date, ...]
    rows: tuple[CoverRow, ...]
    shorts: tuple[Short, ...]
    figures: tuple[DayFigures, ...]
    nothing_published: bool


def cover(first: date, zone: ZoneInfo, *, now: datetime) -> CoverMap:
    """The cover of seven days from a day on, all channels together, in one query.

    An hour that an autumn night has twice is shown at its worse; one that a spring night skips is left out.
    """
    days = tuple(first + timedelta(days=number) for number in range(DAYS))
    seats = seats_between(clock.starts(first, zone), clock.ends(days[-1], zone))
    by_hour: dict[tuple[date, int], list[Hour]] = defaultdict(list)
    figures = []
    for day in days:
        counts = {"safe": 0.0, "short": 0.0, "empty": 0.0}
        instant = clock.starts(day, zone)
        while instant < clock.ends(day, zone):
            # Half hours, because in some zones and at some clock changes the hours do not line up.
            until = min(instant + AN_HOUR / 2, clock.ends(day, zone))
            found = _count(seats, instant, until)
            by_hour[day, instant.astimezone(zone).hour].append(found)
            if found.needed:
                state = "empty" if found.on == 0 else "short" if found.on < found.needed else "safe"
                counts[state] += (until - instant) / AN_HOUR
            instant = until
        figures.append(DayFigures(day, **counts))
    rows = tuple(
        CoverRow(hour, hour < 6 or hour >= 22, tuple(_worst(by_hour.get((day, hour))) for day in days))
        for hour in range(24)
    )
    return CoverMap(days, rows, tuple(_shorts(seats, now)), tuple(figures), nothing_published=not seats)


def _count(seats: Sequence[SeatRow], start: datetime, end: datetime) -> Hour:
    during = [s for s in seats if s.starts_at < end and start < s.ends_at and s.duty.counts_as_cover]
    return Hour(sum(s.person_id is not None for s in during), sum(s.is_wanted for s in during))


def _worst(halves: Sequence[Hour] | None) -> Hour | None:
    return min(halves, key=lambda hour: (hour.on - hour.needed, hour.on)) if halves else None


def _shorts(seats: Sequence[SeatRow], now: datetime) -> list[Short]:
    """What is short and not over yet."""
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        if seat.duty.counts_as_cover and seat.ends_at > now:
            by_shift[seat.shift_id].append(seat)
    found = []
    for places in by_shift.values():
        empty = tuple(seat for seat in places if seat.is_open)
        if empty:
            found.append(Short(places[0], empty, all(seat.person_id is None for seat in places)))
    return found
