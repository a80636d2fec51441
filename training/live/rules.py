"""The rules of live sessions, as plain functions: times, links, places, and what may still be done when."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from app import clock
from app.day_bounds import PLANNED_AHEAD
from app.refusals import Conflict, Invalid

LONGEST = timedelta(hours=12)
SHORT_NOTICE = timedelta(hours=1)
"""From so long before the start on, only those who said that they can come at short notice get a place that is freed:
an e-mail may be read too late. Ours."""
MARKED_LATE = timedelta(days=7)
"""So long after the end attendance is marked from memory, and needs a reason. Ours."""
FEEDBACK_OPEN = timedelta(days=30)
ENOUGH_ANSWERS = 3
"""How many answers there must be before trainers read any: of one or two they would know whose they are."""
LONGEST_LINK = 500


def instant(day: date, wall: time, zone: ZoneInfo, *, field: str) -> datetime:
    """The one instant at which clocks in `zone` show this time on this day.

    Refuses a time that the clocks skip that day and one that they show twice.
    """
    first, second = (
        datetime(day.year, day.month, day.day, wall.hour, wall.minute, tzinfo=zone, fold=fold) for fold in (0, 1)
    )
    if first.utcoffset() == second.utcoffset():
        return clock.local(zone, day.year, day.month, day.day, wall.hour, wall.minute)
    shown = clock.local(zone, day.year, day.month, day.day, wall.hour, wall.minute).astimezone(zone)
    if (shown.hour, shown.minute) == (wall.hour, wall.minute):
        raise Invalid(f"The clocks go back that night, and {wall:%H:%M} comes twice. Choose another time.", field=field)
    raise Invalid(f"The clocks go forward that night, and {wall:%H:%M} is left out. Choose another time.", field=field)


def times(day: date, starts: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The start and the end; an end that is no later than the start is on the next day."""
    last = day + timedelta(days=1) if ends <= starts else day
    return instant(day, starts, zone, field="starts"), instant(last, ends, zone, field="ends")


def check_times(starts_at: datetime, ends_at: datetime, *, now: datetime) -> None:
    """Refuse a time that has begun, is more than a year ahead, or is longer than twelve hours."""
    if starts_at <= now:
        raise Invalid("That time has begun already. Choose a later one.", field="day")
    if starts_at > now + PLANNED_AHEAD:
        raise Invalid("That is more than a year away. Choose a day within the next twelve months.", field="day")
    if ends_at - starts_at > LONGEST:
        raise Invalid("That would be more than twelve hours. Look at the end again.", field="ends")


def checked_link(typed: str) -> str:
    """The address of an online session. Refuses anything but a whole https address without a name or password in it."""
    link = typed.strip()
    try:
        parts = urlsplit(link)
        is_whole = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
        is_whole = is_whole and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    if not is_whole or len(link) > LONGEST_LINK or not link.isascii() or any(each.isspace() for each in link):
        raise Invalid("Give the whole address of the meeting. It begins with https://", field="link")
    return link


def book_until(last_day: date | None, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Until when a session can be booked: to the end of the last day, and never beyond the start."""
    return starts_at if last_day is None else min(clock.ends(last_day, zone), starts_at)


def may_move_up(*, starts_at: datetime, at_short_notice: bool, now: datetime) -> bool:
    """Whether somebody who waits may still get a place that is freed."""
    return now < (starts_at if at_short_notice else starts_at - SHORT_NOTICE)


def check_may_mark(*, starts_at: datetime, ends_at: datetime, reason: str, now: datetime) -> None:
    """Refuse to mark attendance before the start, and without a reason more than a week after the end."""
    if now < starts_at:
        raise Conflict("The session has not begun. You can mark who came from its start on.")
    if now > ends_at + MARKED_LATE and not reason:
        raise Invalid("The session is more than a week ago, so say why you mark this now.", field="reason")


def may_give_feedback(*, ends_at: datetime, now: datetime) -> bool:
    """Whether people who came may still say what they thought of it."""
    return ends_at <= now <= ends_at + FEEDBACK_OPEN
