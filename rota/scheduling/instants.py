"""Minutes between instants, minutes within hours of the clock, and the instant at which somebody turns 18."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ADULT_AT = 18
ONE_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def minutes_between(starts_at: datetime, ends_at: datetime) -> int:
    """Whole minutes that pass between two instants, never between two wall clocks."""
    return (ends_at - starts_at) // _MINUTE


def minutes_within_hours(starts_at: datetime, ends_at: datetime, starts: time, ends: time, zone: ZoneInfo) -> int:
    """Minutes that pass between two instants within these hours of the clock, which may cross midnight."""
    minutes = 0
    day = starts_at.astimezone(zone).date() - ONE_DAY
    while (opens := datetime.combine(day, starts, zone).astimezone(UTC)) < ends_at:
        following = day + ONE_DAY
        closes = datetime.combine(following if ends <= starts else day, ends, zone).astimezone(UTC)
        minutes += max(0, minutes_between(max(opens, starts_at), min(closes, ends_at)))
        day = following
    return minutes


def adult_on(born_on: date) -> date:
    """The day on which somebody turns 18; for a birthday on 29 February, that is 1 March."""
    try:
        return born_on.replace(year=born_on.year + ADULT_AT)
    except ValueError:
        return date(born_on.year + ADULT_AT, 3, 1)


def adult_from(born_on: date | None, zone: ZoneInfo) -> datetime | None:
    """The instant from which somebody is an adult in a zone, or None while their age is not known."""
    if born_on is None:
        return None
    day = adult_on(born_on)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
