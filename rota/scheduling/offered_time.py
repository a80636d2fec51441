"""What people said about a time: offered in whole, in part or not at all, or away.

Why somebody is away is theirs to tell, so nothing here knows it, and every absence is told the same way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from progression.intervals import Interval
from rota.scheduling.roster import Roster, RosterPerson, minutes_between

A_DAY = timedelta(days=1)


def is_away(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the person said that they are away for any part of a time, and so is not asked for it."""
    return any(gone.start < ends_at and starts_at < gone.end for gone in person.away)


def offered_minutes(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> int:
    """How many minutes of a time the person offered."""
    return sum(minutes_between(part.start, part.end) for part in _parts(person, starts_at, ends_at))


def offers_such_hours(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the person offers any of these hours of the day, on whichever day of the roster's period."""
    return any(
        (starts_at - offered.start) % A_DAY < offered.end - offered.start
        or (offered.start - starts_at) % A_DAY < ends_at - starts_at
        for offered in person.availability
    )


def offer_words(roster: Roster, person: RosterPerson, starts_at: datetime, ends_at: datetime) -> str | None:
    """What of a time the person offered: "offered until 02:00". None where they offered nothing of it."""
    parts = _parts(person, starts_at, ends_at)
    if not parts:
        return None
    first, last = parts[0].start, parts[-1].end
    if len(parts) > 1:
        return "offered parts of this time"
    if first == starts_at:
        return f"offered until {last.astimezone(roster.zone):%H:%M}"
    if last == ends_at:
        return f"offered from {first.astimezone(roster.zone):%H:%M}"
    return f"offered {first.astimezone(roster.zone):%H:%M} to {last.astimezone(roster.zone):%H:%M}"


def spoken_length(minutes: int) -> str:
    """A length as people say it, minutes below an hour: 30 minutes, 1 hour, 2.5 hours."""
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours = f"{minutes / 60:.2f}".rstrip("0").rstrip(".")
    return f"{hours} hour" if hours == "1" else f"{hours} hours"


def _parts(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> list[Interval]:
    return [
        Interval(max(offered.start, starts_at), min(offered.end, ends_at))
        for offered in person.availability
        if offered.start < ends_at and starts_at < offered.end
    ]
