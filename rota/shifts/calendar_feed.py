"""A person's calendar, shifts and what other domains add, as an iCalendar feed (RFC 5545) at a private address."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select

from app import audit, db, settings
from app.calendar_file import CalendarEntry, calendar_of
from app.domain import calendar_entries
from app.people.models import CLOSED, Person
from app.refusals import Refusal
from progression.intervals import Interval
from rota.store.models import Assignment, CalendarFeed, CoverLine, Seat, Shift
from rota.store.seat_part_rows import SeatPart

KEEP_CANCELLED = timedelta(days=60)  # Programs that merge feeds go on showing an entry that just disappears.
KEEP_PAST = timedelta(days=60)
RECORD_FETCH_EVERY = timedelta(hours=1)


class FeedIsGone(Refusal):
    """The address was closed, by the person or with their account."""

    status = 410
    title = "This calendar address is closed"


class NoSuchFeed(Refusal):
    """This address never existed."""

    status = 404
    title = "We could not find that calendar"


@dataclass(frozen=True)
class RenderedFeed:
    """The response to a calendar program, with the tag that tells it whether anything changed."""

    body: bytes
    etag: str
    changed_at: datetime


def open_feed(person: Person, *, now: datetime) -> str:
    """Make a new private address for a person, close the previous one, and return the new token, shown only now."""
    db.lock_people([person.id])
    close_feed(person, now=now)
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(person_id=person.id, token_hash=hash_of(token), made_at=now))
    audit.record("rota.calendar-opened", by=person.id, subject=f"person:{person.id}", now=now)
    return token


def close_feed(person: Person, *, now: datetime) -> None:
    """Close a person's address at once; does nothing where they have none."""
    feed = feed_of(person)
    if feed is None:
        return
    feed.ended_at = now
    db.session.flush()  # a unique index allows one open address a person
    audit.record("rota.calendar-closed", by=person.id, subject=f"person:{person.id}", now=now)


_OPEN_FEED_OF = select(CalendarFeed).where(
    CalendarFeed.person_id == bindparam("person_id"), CalendarFeed.ended_at.is_(None)
)


def feed_of(person: Person) -> CalendarFeed | None:
    """Return a person's open address, if they have one. Its token is stored only as a hash."""
    return db.session.scalars(_OPEN_FEED_OF, {"person_id": person.id}).one_or_none()


def feed_of_token(token: str) -> tuple[CalendarFeed, Person]:
    """Return the feed with this token and its person. Refuses closed and unknown addresses."""
    row = db.session.execute(
        select(CalendarFeed, Person)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == hash_of(token))
    ).one_or_none()
    if row is None:
        raise NoSuchFeed("There is no calendar at this address.")
    feed, person = row
    if feed.ended_at is not None or person.state in CLOSED:
        raise FeedIsGone("This calendar address was closed. You can make a new one under My shifts.")
    return feed, person


def record_fetch(feed_id: int, *, now: datetime) -> None:
    """Record when a calendar program last read the feed, so that its person can see whether it does."""
    db.session.get_one(CalendarFeed, feed_id).last_fetched_at = now


def should_record_fetch(feed: CalendarFeed, *, now: datetime) -> bool:
    """Whether the last recorded fetch is old enough to be worth a write."""
    return feed.last_fetched_at is None or now - feed.last_fetched_at > RECORD_FETCH_EVERY


def render(person: Person, *, now: datetime) -> RenderedFeed:
    """Render what a person has ahead and had in the past 60 days, what was cancelled included."""
    entries = calendar_entries(person.id, now)
    changed_at = max([person.joined_at, *(each.changed_at for each in entries)])
    body = calendar_of(f"{settings.current().organisation}: my shifts", entries, is_feed=True)
    return RenderedFeed(body, hashlib.sha256(body).hexdigest(), changed_at)


def shifts_in_calendar(person_id: int, now: datetime) -> list[CalendarEntry]:
    """A person's future shifts and those of the past 60 days, parts of others' and what was cancelled included."""
    rows = db.session.execute(
        _of_shifts(Assignment.id, Assignment.sequence, Assignment.given_at, Assignment.ended_at, now=now).where(
            Assignment.person_id == person_id,
            Assignment.ended_at.is_(None) | (Assignment.ended_at > now - KEEP_CANCELLED),
        )
    ).all()
    of_parts = _of_shifts(SeatPart, Assignment.person_id.label("holder_id"), now=now)
    parts = db.session.execute(
        of_parts.join(SeatPart, SeatPart.assignment_id == Assignment.id).where(
            (SeatPart.person_id == person_id) | (Assignment.person_id == person_id)
        )
    ).all()
    given: dict[int, list[SeatPart]] = defaultdict(list)
    for row in parts:
        if row.holder_id == person_id:
            given[row.SeatPart.assignment_id].append(row.SeatPart)
    taken = [row for row in parts if row.SeatPart.person_id == person_id]
    return [
        *(entry for row in rows for entry in _own(row, given[row.id])),
        *(_taken(row.SeatPart, row.shift_id) for row in taken if _is_kept(row.SeatPart, now)),
    ]


def _of_shifts(*columns: Any, now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns, Shift.id.label("shift_id"), Shift.starts_at, Shift.ends_at)
        .select_from(Assignment)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(Shift.ends_at > now - KEEP_PAST)
        .order_by(Shift.starts_at, Assignment.id)
    )


def _own(row: Any, given: Sequence[SeatPart]) -> Iterator[CalendarEntry]:
    """A seat: an entry for each time that is left of it to its holder, where others took parts.

    There was at most one more of these than there ever were parts, so those that are no more are cancelled.
    """
    held = [part for part in given if part.ended_at is None] if row.ended_at is None else []
    times = _without(Interval(row.starts_at, row.ends_at), held)
    moments = [moment for part in given for moment in (part.taken_at, part.ended_at) if moment is not None]
    for number in range(len(given) + 1):
        time = times[number] if number < len(times) else times[-1]
        yield _entry(
            f"assignment-{row.id}{f'-{number + 1}' if number else ''}",
            row.shift_id,
            time,
            sequence=row.sequence + len(moments),
            changed_at=max([row.ended_at or row.given_at, *moments]),
            is_cancelled=row.ended_at is not None or number >= len(times),
        )


def _without(whole: Interval, parts: Iterable[SeatPart]) -> list[Interval]:
    left, since = [], whole.start
    for part in sorted(parts, key=lambda each: each.starts_at):
        if since < part.starts_at:
            left.append(Interval(since, part.starts_at))
        since = part.ends_at
    return [*left, Interval(since, whole.end)] if since < whole.end or not left else left


def _is_kept(part: SeatPart, now: datetime) -> bool:
    return part.ended_at is None or part.ended_at > now - KEEP_CANCELLED


def _taken(part: SeatPart, shift_id: int) -> CalendarEntry:
    return _entry(
        f"part-{part.id}",
        shift_id,
        Interval(part.starts_at, part.ends_at),
        sequence=0 if part.ended_at is None else 1,
        changed_at=part.ended_at or part.taken_at,
        is_cancelled=part.ended_at is not None,
    )


def _entry(
    key: str, shift_id: int, time: Interval, *, sequence: int, changed_at: datetime, is_cancelled: bool
) -> CalendarEntry:
    return CalendarEntry(
        key=key,
        sequence=sequence,
        changed_at=changed_at,
        starts_at=time.start,
        ends_at=time.end,
        is_cancelled=is_cancelled,
        summary="Nightlight shift",
        path=f"/shifts/{shift_id}",
    )


def hash_of(token: str) -> str:
    """What is stored of the token of a calendar address."""
    return hashlib.sha256(token.encode()).hexdigest()
