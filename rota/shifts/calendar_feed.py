"""A person's shifts as a calendar that their phone can follow, at a private address.

Times are UTC instants: of everything that was tried, only those come out the same in every calendar program
on the nights of a clock change. Nothing in an entry gives away more than that there is a shift.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select

from app import audit, db, settings
from app.people.models import Person, PersonState
from app.refusals import Refusal
from rota.store.models import Assignment, CalendarFeed, CoverLine, Seat, Shift

CANCELLED_STAY = timedelta(days=60)  # Programs that merge keep a ghost of what just disappears.
PAST_STAYS = timedelta(days=60)
LOOKED_EVERY = timedelta(hours=1)


class FeedIsGone(Refusal):
    """The address was closed, by its person or with their account."""

    status = 410
    title = "This calendar address is closed"


class NoSuchFeed(Refusal):
    """Nobody was ever given this address."""

    status = 404
    title = "We could not find that calendar"


@dataclass(frozen=True)
class Feed:
    """What a calendar program is sent, and the mark by which it knows whether anything changed."""

    body: bytes
    etag: str
    changed_at: datetime


def open_feed(person: Person, *, now: datetime) -> str:
    """Make a new private address for a person, close the one before, and return its token, shown once."""
    db.lock_people([person.id])
    close_feed(person, now=now)
    token = secrets.token_urlsafe(32)
    db.session.add(CalendarFeed(person_id=person.id, token_hash=_hash(token), made_at=now))
    audit.record("rota.calendar-opened", by=person.id, subject=f"person:{person.id}", now=now)
    return token


def close_feed(person: Person, *, now: datetime) -> None:
    """Close a person's address at once. Without one, nothing happens."""
    feed = feed_of(person)
    if feed is None:
        return
    feed.ended_at = now
    db.session.flush()  # its place must be free before the next is opened
    audit.record("rota.calendar-closed", by=person.id, subject=f"person:{person.id}", now=now)


def feed_of(person: Person) -> CalendarFeed | None:
    """A person's open address, without its token, which nobody can read again."""
    return db.session.scalars(
        select(CalendarFeed).where(CalendarFeed.person_id == person.id, CalendarFeed.ended_at.is_(None))
    ).one_or_none()


def find(token: str) -> tuple[CalendarFeed, Person]:
    """Whose calendar an address is. Closed and unknown addresses are refused."""
    found = db.session.execute(
        select(CalendarFeed, Person)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.token_hash == _hash(token))
    ).one_or_none()
    if found is None:
        raise NoSuchFeed("There is no calendar at this address.")
    feed, person = found
    if feed.ended_at is not None or person.state == PersonState.SUSPENDED:
        raise FeedIsGone("This calendar address was closed. You can make a new one under My shifts.")
    return feed, person


def note_look(feed_id: int, *, now: datetime) -> None:
    """Remember when a phone last looked, so that its person can see whether it does."""
    db.session.get_one(CalendarFeed, feed_id).last_fetched_at = now


def should_note_look(feed: CalendarFeed, *, now: datetime) -> bool:
    """Whether the last look we know of is old enough to be worth a write."""
    return feed.last_fetched_at is None or now - feed.last_fetched_at > LOOKED_EVERY


def render(person: Person, *, now: datetime, link: str) -> Feed:
    """A person's shifts as iCalendar: those to come, the past two months, and what was cancelled of them.

    `link` is the public address of a shift's page, ending where its number goes.
    """
    host = settings.current().public_url.split("://", 1)[1]
    calendar = Calendar()
    calendar.add("prodid", "-//Nightlight//Shifts//EN")
    calendar.add("version", "2.0")
    name = f"{settings.current().organisation}: my shifts"
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", timedelta(hours=1))
    rows = _assignments(person.id, now=now)
    changed_at = person.joined_at
    for row in rows:
        touched = row.ended_at or row.given_at
        changed_at = max(changed_at, touched)
        event = Event()
        event.add("uid", f"assignment-{row.id}@{host}")
        event.add("dtstamp", touched)
        event.add("last-modified", touched)
        event.add("sequence", row.sequence)
        event.add("status", "CANCELLED" if row.ended_at else "CONFIRMED")
        # A lock screen shows this to whoever holds the phone.
        event.add("summary", "Nightlight shift")
        event.add("dtstart", row.starts_at)
        event.add("dtend", row.ends_at)
        event.add("transp", "TRANSPARENT" if row.ended_at else "OPAQUE")
        event.add("url", f"{link}{row.shift_id}")
        calendar.add_component(event)
    body = calendar.to_ical()
    return Feed(body, hashlib.sha256(body).hexdigest(), changed_at)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    sequence: int
    given_at: datetime
    ended_at: datetime | None
    shift_id: int
    starts_at: datetime
    ends_at: datetime


def _assignments(person_id: int, *, now: datetime) -> list[_Row]:
    rows = db.session.execute(
        select(
            Assignment.id,
            Assignment.sequence,
            Assignment.given_at,
            Assignment.ended_at,
            Shift.id.label("shift_id"),
            Shift.starts_at,
            Shift.ends_at,
        )
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(
            Assignment.person_id == person_id,
            Shift.ends_at > now - PAST_STAYS,
            Assignment.ended_at.is_(None) | (Assignment.ended_at > now - CANCELLED_STAY),
        )
        .order_by(Shift.starts_at, Assignment.id)
    )
    return [_Row(**row._mapping) for row in rows]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
