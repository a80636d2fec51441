"""People who came to a live session without a place in it: the trainer adds them, and takes a wrong one off again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app import audit, db
from app.people import directory
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from training.live import attendance, booking, listing
from training.live.models import MOST_PLACES, BookingState, LiveBooking, LiveSession


def add(session_id: int, display_name: str, *, by: Person, now: datetime) -> LiveBooking:
    """Give somebody who came without a place a place, so that they can be marked; beyond those planned if need be.

    Adding somebody twice changes nothing. Refuses before the start, a cancelled session, a name that nobody has, and
    somebody who leads the session.
    """
    person_id = directory.person_id_named(display_name)
    if person_id is None:
        raise Invalid("Nobody has this display name. Ask them how it stands on their page of Today.", field="name")
    db.lock_people([person_id])
    session = booking.lock_session(session_id)
    if session.cancelled_at is not None:
        raise Conflict("This session was cancelled, so nobody came to it.")
    if now < session.starts_at:
        raise Conflict("The session has not begun. Until then people book a place themselves.")
    if person_id in listing.trainers_of([session_id])[session_id]:
        raise Invalid("They lead this session, so they need no place in it.", field="name")
    found = booking.booking_of(session_id, person_id)
    if found is not None and found.state is BookingState.BOOKED:
        return found
    row = found or LiveBooking(session_id=session_id, person_id=person_id, asked_at=now, at_short_notice=True)
    row.state, row.place, row.booked_at = BookingState.BOOKED, _next_place(session_id), now
    db.session.add(row)
    db.session.flush()
    audit.record("training.walk-in-added", by=by.id, subject=f"live_booking:{row.id}", now=now)
    return row


def remove(session_id: int, booking_id: int, *, by: Person, now: datetime) -> None:
    """Take off somebody who was added by mistake. Refuses people who booked, and those who are marked already."""
    session = booking.lock_session(session_id)
    row = db.session.get(LiveBooking, booking_id, populate_existing=True)
    if row is None or row.session_id != session_id or not is_walk_in(row, session):
        raise NotFound("They were not added to this session.")
    if attendance.latest_marks([booking_id]):
        raise Conflict("They are marked already. Correct the mark instead.")
    audit.record("training.walk-in-removed", by=by.id, subject=f"person:{row.person_id}", now=now)
    db.session.delete(row)


def is_walk_in(row: LiveBooking, session: LiveSession) -> bool:
    """Whether a trainer added this place: people themselves get one before the start only."""
    return row.booked_at is not None and row.booked_at >= session.starts_at


def _next_place(session_id: int) -> int:
    highest = db.session.scalar(select(func.max(LiveBooking.place)).where(LiveBooking.session_id == session_id)) or 0
    if highest >= MOST_PLACES:
        raise Conflict(f"{MOST_PLACES} people have a place in this session already, and it cannot have more.")
    return highest + 1
