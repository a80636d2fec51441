"""How far back and how far ahead days may lie: every day that a form or an address takes has bounds from here.

The bounds of fields are whole calendar years: wide enough for every real day, and narrow enough to catch a slip of the
finger. Use cases refuse more narrowly, with the spans of time below and a sentence of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PLANNED_AHEAD = timedelta(days=366)  # plans further ahead are guesses, and a forgotten one leaves a gap
LONGEST_LEAVE = timedelta(days=366)  # who is away for longer says so again
NO_LAST_DAY = datetime(2200, 1, 1, tzinfo=UTC)  # the end of time away that lasts until somebody says they are back
RECORDED_BACK = timedelta(days=366 * 10)  # anything older is more likely a typing mistake


@dataclass(frozen=True)
class DayBounds:
    """How many calendar years before and after today's a day may lie in."""

    years_back: int
    years_ahead: int

    def years(self, today: date) -> range:
        """The years that a day may lie in."""
        return range(today.year - self.years_back, today.year + self.years_ahead + 1)

    def refusal(self, day: date, *, today: date) -> str | None:
        """A sentence for a day that is out of bounds, and None for one within."""
        years = self.years(today)
        return None if day.year in years else f"give a day from {years[0]} to {years[-1]}."


BIRTHS = DayBounds(years_back=120, years_ahead=0)
RECORDS = DayBounds(years_back=20, years_ahead=0)  # what somebody saw or was shown
WORK = DayBounds(years_back=60, years_ahead=0)  # since when somebody is with the organisation
CHECKS_DUE = DayBounds(years_back=1, years_ahead=20)
PLANS = DayBounds(years_back=1, years_ahead=2)  # rotas, leave, and the days that pages about them show
POLICIES = DayBounds(years_back=1, years_ahead=5)
