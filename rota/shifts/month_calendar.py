"""A month of somebody's shifts as a calendar: their own, and the open ones that they could take."""

from __future__ import annotations

from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock, day_bounds
from rota.store.own_shifts import seats_of_own_shifts
from rota.store.seat_parts import worked_by
from rota.store.seats import LONGEST_ROTA, SeatRow
from rota.store.snapshot import MARGIN


@dataclass(frozen=True)
class CalendarDay:
    """One day of the calendar: the shifts that begin on it, on the reader's clock."""

    on: date
    is_in_month: bool
    own: Sequence[SeatRow]
    open: Sequence[SeatRow]

    @property
    def has_anything(self) -> bool:
        """Whether there is anything to show on it."""
        return bool(self.own or self.open)


@dataclass(frozen=True)
class MonthCalendar:
    """The weeks of a month, each from Monday to Sunday, and the months beside it that a page may show."""

    first: date
    weeks: Sequence[Sequence[CalendarDay]]
    previous: date | None
    next: date | None

    @property
    def words(self) -> str:
        """As people write it: March 2027."""
        return f"{self.first:%B %Y}"

    @property
    def has_anything(self) -> bool:
        """Whether any day of the month has a shift."""
        return any(day.has_anything for week in self.weeks for day in week)


def month_calendar(
    person_id: int, of: date, open_seats: Iterable[SeatRow], *, zone: ZoneInfo, now: datetime
) -> MonthCalendar:
    """The month that a day is in, with the person's own shifts of it and these open ones, by days of `zone`.

    Days of the months before and after that complete its first and last week are left empty.
    """
    first = of.replace(day=1)
    after = _next_month(first)
    start, end = clock.starts(first, zone), clock.starts(after, zone)
    own, vacant = _by_day(_own_seats(person_id, start, end, now=now), zone), _by_day(open_seats, zone)
    weeks = [
        [
            CalendarDay(on, True, own[on], vacant[on]) if on.month == first.month else CalendarDay(on, False, (), ())
            for on in week
        ]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    years = day_bounds.PLANS.years(clock.on(now, zone))
    before = (first - timedelta(days=1)).replace(day=1)
    return MonthCalendar(first, weeks, before if before.year in years else None, after if after.year in years else None)


def _own_seats(person_id: int, start: datetime, end: datetime, *, now: datetime) -> Sequence[SeatRow]:
    """The person's seats of shifts that begin between two instants; of these months, every page has read them."""
    if start > now - LONGEST_ROTA:
        known = [seat for seat in seats_of_own_shifts(person_id, now - MARGIN) if seat.person_id == person_id]
    else:
        known = worked_by([person_id], start, end)
    return [seat for seat in known if start <= seat.starts_at < end]


def _by_day(seats: Iterable[SeatRow], zone: ZoneInfo) -> dict[date, list[SeatRow]]:
    by_day: dict[date, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_day[clock.on(seat.starts_at, zone)].append(seat)
    return by_day


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
