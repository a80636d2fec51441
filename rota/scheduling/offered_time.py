"""Whether people offered a time, in whole, in part or not at all, or are away.

The reason for an absence is private: it is not in the roster, and every absence is worded the same.
"""

from __future__ import annotations

from datetime import datetime

from app.wording import duration
from progression.intervals import Interval
from rota.scheduling.instants import ONE_DAY, minutes_between
from rota.scheduling.roster import Roster, RosterPerson


def is_away(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the person said that they are away for any part of a time, and so is not asked for it."""
    return any(gone.start < ends_at and starts_at < gone.end for gone in person.away)


def offered_minutes(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> int:
    """How many minutes of a time the person offered."""
    return sum(minutes_between(part.start, part.end) for part in _parts(person, starts_at, ends_at))


def offers_such_hours(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether the person offers any of these hours of the day, on any day of the roster's period."""
    return any(
        (starts_at - offered.start) % ONE_DAY < offered.end - offered.start
        or (offered.start - starts_at) % ONE_DAY < ends_at - starts_at
        for offered in person.availability
    )


def partial_offer(roster: Roster, person: RosterPerson, starts_at: datetime, ends_at: datetime) -> str | None:
    """What of a time the person offered: "offered until 02:00, 1 hour short". None where they offered nothing of it."""
    parts = _parts(person, starts_at, ends_at)
    if not parts:
        return None
    start, end = parts[0].start, parts[-1].end
    since, until = (f"{each.astimezone(roster.zone):%H:%M}" for each in (start, end))
    if len(parts) > 1:
        offered = "offered parts of this time"
    elif start == starts_at:
        offered = f"offered until {until}"
    elif end == ends_at:
        offered = f"offered from {since}"
    else:
        offered = f"offered {since} to {until}"
    short = minutes_between(starts_at, ends_at) - offered_minutes(person, starts_at, ends_at)
    return f"{offered}, {duration(short)} short"


def not_offered(person: RosterPerson) -> str:
    """The sentence for a time about which somebody said nothing, so that they may still be asked."""
    return f"{person.name} has not offered this time."


def not_available(person: RosterPerson) -> str:
    """The sentence for a time at which somebody cannot come, whatever keeps them.

    Days away, an hour they cannot, work elsewhere and being kept apart from somebody on the shift read the same, so
    that nobody can conclude one of them.
    """
    return f"{person.name} is not available then."


def _parts(person: RosterPerson, starts_at: datetime, ends_at: datetime) -> list[Interval]:
    return [
        Interval(max(offered.start, starts_at), min(offered.end, ends_at))
        for offered in person.availability
        if offered.start < ends_at and starts_at < offered.end
    ]
