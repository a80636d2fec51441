"""Standing slots: a seat that a person has every week, until they give it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from app import clock
from progression.duties import Duty


@dataclass(frozen=True, slots=True)
class StandingSlot:
    """A seat on the shift of a channel that starts on this weekday (Monday is 0) at this time.

    The time is that of the organisation's clock. In a week that skips it, the shift at the end of the gap counts.
    """

    weekday: int
    starts: time
    channel: str
    duty: Duty
    since: date | None = None
    until: date | None = None
    """The first and the last day, both included; None: without a bound."""

    def is_at(self, starts_at: datetime, zone: ZoneInfo) -> bool:
        """Whether a shift that starts at this instant is the one of the slot."""
        day = starts_at.astimezone(zone).date()
        if day.weekday() != self.weekday or not is_between(day, self.since, self.until):
            return False
        return starts_at == clock.local(zone, day.year, day.month, day.day, self.starts.hour, self.starts.minute)


def is_between(day: date, since: date | None, until: date | None) -> bool:
    """Whether a day lies between two, both included, of which each may be open."""
    return (since is None or since <= day) and (until is None or day <= until)
