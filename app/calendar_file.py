"""What people follow or open in a calendar program, as iCalendar (RFC 5545).

Times are UTC instants: of the forms that were tried, only those show the same in every calendar program on the nights
of a clock change. An entry of
one's own reveals only that there is something; a channel's names who is on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vDuration, vText

from app import settings

READ_AGAIN_AFTER = timedelta(hours=1)  # what programs are asked for: RFC 7986, and Microsoft's older property


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One entry of one person's calendar.

    `key` is made once and of ids alone; `sequence` rises with each change of time, place or state. `summary` of
    what is somebody's own gives nothing away: a lock screen shows it to anybody who holds the phone.
    """

    key: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool
    summary: str
    path: str  # of its page, on our own host


def calendar_of(name: str, entries: Iterable[CalendarEntry], *, is_feed: bool = False) -> bytes:
    """The calendar of this name with these entries. Programs that follow a feed are asked to read it every hour."""
    host = settings.current().public_url.split("://", 1)[1]
    calendar = Calendar()
    calendar.add("prodid", "-//Nightlight//Shifts//EN")
    calendar.add("version", "2.0")
    # With their types, because the library writes properties that RFC 5545 does not define just as they come.
    calendar.add("name", vText(name))
    calendar.add("x-wr-calname", vText(name))
    if is_feed:
        calendar.add("refresh-interval", vDuration(READ_AGAIN_AFTER), parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(READ_AGAIN_AFTER))
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.key}@{host}")
        event.add("dtstamp", entry.changed_at)
        event.add("last-modified", entry.changed_at)
        event.add("sequence", entry.sequence)
        event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
        event.add("summary", entry.summary)
        event.add("dtstart", entry.starts_at)
        event.add("dtend", entry.ends_at)
        event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
        event.add("url", f"{settings.current().public_url}{entry.path}")
        calendar.add_component(event)
    body: bytes = calendar.to_ical()
    return body
