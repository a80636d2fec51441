"""The weeks and months of the rota that people take out of the system, as addresses name them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock, day_bounds
from app.refusals import Invalid

A_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday to Sunday, or a month of the calendar."""

    first: date
    is_month: bool

    @property
    def next(self) -> Period:
        """The week or month after it."""
        return Period(clock.months_after(self.first, 1) if self.is_month else self.first + A_WEEK, self.is_month)

    @property
    def previous(self) -> Period:
        """The week or month before it."""
        return Period(clock.months_after(self.first, -1) if self.is_month else self.first - A_WEEK, self.is_month)

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=number) for number in range((self.next.first - self.first).days))

    @property
    def code(self) -> str:
        """As addresses and file names write it: 2027-02, or the Monday 2027-02-22."""
        return f"{self.first:%Y-%m}" if self.is_month else self.first.isoformat()

    @property
    def words(self) -> str:
        """As people say it: February 2027, or 22 to 28 February 2027."""
        if self.is_month:
            return f"{self.first:%B %Y}"
        last = self.next.first - timedelta(days=1)
        first = f"{self.first.day}" if last.month == self.first.month else f"{self.first.day} {self.first:%B}"
        return f"{first} to {last.day} {last:%B %Y}"

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants at which it begins and ends."""
        return clock.starts(self.first, zone), clock.starts(self.next.first, zone)


def week_of(day: date) -> Period:
    """The week that a day is in."""
    return Period(clock.monday_of(day), is_month=False)


def month_of(day: date) -> Period:
    """The month that a day is in."""
    return Period(day.replace(day=1), is_month=True)


def period_called(code: str, *, today: date) -> Period:
    """The week or month that an address names, by a day in it or as year and month; today's week where it names none.

    Refuses what is neither, and what is out of the bounds of rotas.
    """
    if not code:
        return week_of(today)
    is_month = len(code) == len("2027-02")
    try:
        day = date.fromisoformat(f"{code}-01" if is_month else code)
    except ValueError as unread:
        raise Invalid("Write a week by a day in it, like 2027-02-22, or a month like 2027-02.") from unread
    if refusal := day_bounds.PLANS.refusal(day, today=today):
        raise Invalid(f"We cannot show that: {refusal}")
    return month_of(day) if is_month else week_of(day)
