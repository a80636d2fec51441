"""Live sessions for tests: one that is made, and people who book it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app import db
from app.people.models import Person
from tests.times import NOW
from tests.training.courses import COURSE, write_pack
from training import catalogue, learning
from training.live import attendance, booking, sessions
from training.live.attendance import SentMark
from training.live.models import BookingState, LiveBooking, LiveSession, Outcome
from training.live.sessions import Details
from training.pack_reader import read_pack

TOGETHER = """\
kind: workshop
slug: together
title: Practise together
minutes: 60
lead: You practise in pairs.
"""
STARTS = NOW + timedelta(days=3)
AFTER = STARTS + timedelta(hours=2)


def details(trainer: Person, **changed: Any) -> Details:
    """A session of two places online, three days from NOW."""
    plain = Details(
        title="Listening, together",
        about="We practise in pairs.",
        starts_at=STARTS,
        ends_at=STARTS + timedelta(hours=1),
        book_until=STARTS,
        link="https://meet.example.org/secret-room",
        place=None,
        places=2,
        trainers=frozenset({trainer.id}),
    )
    if "starts_at" in changed:
        changed = {"ends_at": changed["starts_at"] + timedelta(hours=1), "book_until": changed["starts_at"], **changed}
    return replace(plain, **changed)


def make(trainer: Person, *, now: datetime = NOW, **changed: Any) -> int:
    """Make a session, committed; its id."""
    db.session.rollback()
    with db.writing():
        return sessions.make(details(trainer, **changed), by=trainer, now=now).id


def book(session_id: int, *people: Person, now: datetime = NOW, at_short_notice: bool = False) -> None:
    """Let people ask for a place one after the other, committed."""
    db.session.rollback()
    for person in people:
        with db.writing():
            booking.book(session_id, person, at_short_notice=at_short_notice, now=now)


def give_up(session_id: int, person: Person, *, now: datetime = NOW) -> None:
    """Let somebody give up their place, committed."""
    db.session.rollback()
    with db.writing():
        booking.give_up(session_id, person, now=now)


def change(session_id: int, trainer: Person, *, now: datetime = NOW, **changed: Any) -> None:
    """Change a session, committed, as somebody who has just looked at it."""
    db.session.rollback()
    with db.writing():
        seen = db.session.get_one(LiveSession, session_id).revision
        sessions.change(session_id, details(trainer, **changed), seen=seen, by=trainer, now=now)


def who(session_id: int, state: BookingState) -> list[int]:
    """The ids of the people in this state, in the order in which they asked."""
    db.session.rollback()
    return [each.person_id for each in booking.bookings_of(session_id, {state})]


def booked(session_id: int) -> list[int]:
    """The ids of the people who have a place."""
    return who(session_id, BookingState.BOOKED)


def waiting(session_id: int) -> list[int]:
    """The ids of the people who wait, in their order."""
    return who(session_id, BookingState.WAITING)


def booking_id(session_id: int, person: Person) -> int:
    """The id of somebody's booking."""
    db.session.rollback()
    found: LiveBooking | None = booking.booking_of(session_id, person.id)
    assert found is not None
    return found.id


def install_with_workshop(folder: Path) -> None:
    """Install the small course with a live session as its last step, committed."""
    write_pack(folder, course=COURSE + "  - together.yaml\n")
    (folder / "together.yaml").write_text(TOGETHER)
    with db.writing():
        catalogue.install(read_pack(folder), by=None, now=NOW)


def begin(moss: Person, *, does_the_rest: bool = False, now: datetime = NOW) -> None:
    """Begin the course and, at will, do all of it but the live session."""
    db.session.rollback()
    with db.writing():
        learning.start("kindness", by=moss, now=now)
        for slug in ("why", "story", "quiz") if does_the_rest else ():
            learning.complete_unit(learning.progress_in(moss, "kindness", now=now), slug, by=moss, now=now)


def mark(
    live: int,
    who: Person,
    outcome: Outcome,
    *,
    by: Person,
    seen: int | None = None,
    now: datetime = AFTER,
    reason: str = "",
) -> list[str]:
    """Mark one person; the names of those whose pass a correction did not take back."""
    of = booking_id(live, who)
    if seen is None:
        latest = attendance.latest_marks([of]).get(of)
        seen = latest.id if latest else 0
    db.session.rollback()
    with db.writing():
        kept = attendance.mark(live, {of: SentMark(outcome, seen)}, reason=reason, by=by, now=now)
        return [each.name for each in kept]
