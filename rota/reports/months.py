"""A calendar month of the organisation's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock, day_bounds
from app.refusals import Invalid

MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Month:
    """One month, by its first day."""

    first: date

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> Month:
        """The month after it."""
        return Month((self.first + timedelta(days=31)).replace(day=1))

    @property
    def previous(self) -> Month:
        """The month before it."""
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def code(self) -> str:
        """As addresses and file names write it: 2026-10."""
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        """As people write it: October 2026."""
        return f"{self.first:%B %Y}"

    @property
    def days(self) -> tuple[date, ...]:
        """Each of its days."""
        return tuple(self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants at which it begins and ends."""
        return clock.starts(self.first, zone), clock.ends(self.last, zone)


def month_of(day: date) -> Month:
    """The month that a day is in."""
    return Month(day.replace(day=1))


def month_called(code: str, *, today: date) -> Month:
    """The month that an address names, or the last whole one where it names none.

    Refuses what is no month, and one that is not yet here or further back than records are kept.
    """
    if not code:
        return month_of(today).previous
    read = MONTH.fullmatch(code)
    if read is None or not 1 <= int(read[2]) <= 12:
        raise Invalid("Write the month as a year and a month, like 2026-10.")
    year, number = int(read[1]), int(read[2])
    if year not in day_bounds.RECORDS.years(today) or (year, number) > (today.year, today.month):
        raise Invalid(f"Choose a month from {today.year - day_bounds.RECORDS.years_back} until now.")
    return Month(date(year, number, 1))
