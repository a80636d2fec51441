"""What becomes of somebody's sessions when their account closes, and what they have ahead, for other domains."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.calendar_file import CalendarEntry
from app.outbox import queue
from app.people.models import CLOSED, Person
from app.people.rights import Loss, people_who_may
from training.live import booking
from training.live.models import BookingState, LiveBooking, LiveSession, LiveSessionTrainer, WhyEnded
from training.live.notices import SessionsWithoutLeader
from training.permissions import TrainingPermission

KEEP_CANCELLED = timedelta(days=60)  # programs that merge calendars go on showing an entry that just disappears
KEEP_PAST = timedelta(days=60)
SUMMARY = "Nightlight session"


def end_bookings(person_id: int, *, now: datetime) -> None:
    """End the bookings of coming sessions of a closed account. `fill_places` gives the places to those who wait.

    Not here: the people who wait would have to be locked, and rows that come after people in the order of locks are
    locked already.
    """
    if not _is_closed(person_id):
        return
    for each in _coming_bookings(person_id, now):
        booking.lock_session(each.session_id)
        booking.end(each, WhyEnded.ACCOUNT_CLOSED, by=None, now=now)


def tell_who_makes_sessions(person_id: int, *, now: datetime) -> None:
    """Tell the people who make sessions, once, which coming ones nobody leads now that an account is closed."""
    if not _is_closed(person_id):
        return
    led = select(LiveSessionTrainer.session_id).where(LiveSessionTrainer.person_id == person_id)
    ahead = select(LiveSession).where(LiveSession.id.in_(led), LiveSession.starts_at > now)
    sessions = list(db.session.scalars(ahead.order_by(LiveSession.id)))
    notice = SessionsWithoutLeader([each.id for each in sessions])
    if not notice.still_wanted(person_id, now):
        return
    for to in people_who_may(TrainingPermission.HOLD_SESSIONS, on=clock.on(now, settings.current().zone)):
        if to != person_id:
            queue.enqueue(
                notice,
                to=to,
                once=f"{notice.kind}:{person_id}:{now.isoformat()}:{to}",
                now=now,
                deadline=max(each.starts_at for each in sessions),
            )


def would_be_lost(person_id: int | None, *, now: datetime) -> list[Loss]:
    """The places in coming sessions that a closed account would lose; nobody else's depend on what they may do."""
    if person_id is None or not _is_closed(person_id):
        return []
    booked = [each for each in _coming_bookings(person_id, now) if each.state is BookingState.BOOKED]
    sessions = [db.session.get_one(LiveSession, each.session_id) for each in booked]
    return [Loss(person_id, each.starts_at, each.ends_at, f"a place in “{each.title}”") for each in sessions]


def _is_closed(person_id: int) -> bool:
    return db.session.get_one(Person, person_id).state in CLOSED


def _coming_bookings(person_id: int, now: datetime) -> list[LiveBooking]:
    return list(
        db.session.scalars(
            select(LiveBooking)
            .join(LiveSession, LiveSession.id == LiveBooking.session_id)
            .where(LiveBooking.person_id == person_id, LiveBooking.ended_at.is_(None), LiveSession.starts_at > now)
            .order_by(LiveBooking.session_id)
        )
    )


def calendar_entries(person_id: int, now: datetime) -> list[CalendarEntry]:
    """The sessions that somebody leads or has a place in, ahead and of the past 60 days, cancelled ones included."""
    recent = LiveSession.ends_at > now - KEEP_PAST
    booked = db.session.execute(
        select(LiveSession, LiveBooking)
        .join(LiveBooking, LiveBooking.session_id == LiveSession.id)
        .where(
            LiveBooking.person_id == person_id,
            LiveBooking.booked_at.is_not(None),
            LiveBooking.ended_at.is_(None) | (LiveBooking.ended_at > now - KEEP_CANCELLED),
            recent,
        )
    )
    led = db.session.scalars(
        select(LiveSession)
        .join(LiveSessionTrainer, LiveSessionTrainer.session_id == LiveSession.id)
        .where(LiveSessionTrainer.person_id == person_id, recent)
    )
    return [
        *(entry_of(session, booking) for session, booking in booked),
        *(entry_of(session, None) for session in led),
    ]


def entry_of(session: LiveSession, booking: LiveBooking | None) -> CalendarEntry:
    """A session in the calendar of somebody with this booking or, without one, of somebody who leads it."""
    ended_at = booking.ended_at if booking else None
    since = booking.booked_at if booking else None
    return CalendarEntry(
        key=f"live-booking-{booking.id}" if booking else f"live-session-{session.id}",
        sequence=session.revision - 1 + (ended_at is not None),
        changed_at=max(each for each in (session.changed_at, since, ended_at) if each is not None),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        is_cancelled=session.cancelled_at is not None or ended_at is not None,
        summary=SUMMARY,
        path=f"/live-sessions/{session.id}",
    )
