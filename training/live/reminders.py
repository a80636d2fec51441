"""Remind people of live sessions, a day and an hour before.

Nothing is scheduled ahead: a tick reads the sessions that are near and queues each reminder under a unique key, so a
worker that was down for an hour catches up, and one that runs twice sends no reminder twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from app.outbox import queue
from training.live.models import BookingState, LiveBooking, LiveSession, LiveSessionTrainer
from training.live.notices import SessionReminder

A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
NO_EARLY_REMINDER_WITHIN = timedelta(hours=6)  # this near, the reminder of an hour before is enough
QUIET_AFTER_BOOKING = timedelta(hours=1)  # they have just read it


def remind_people(now: datetime) -> None:
    """Queue every reminder that is due. Safe to run at any time, and again."""
    _remind(now, A_DAY, no_nearer_than=NO_EARLY_REMINDER_WITHIN)
    _remind(now, AN_HOUR, no_nearer_than=timedelta(0))


def _remind(now: datetime, before: timedelta, *, no_nearer_than: timedelta) -> None:
    hours = int(before / timedelta(hours=1))
    due = _people_to_remind(now + no_nearer_than, now + before, booked_before=now - QUIET_AFTER_BOOKING)
    db.session.rollback()
    for batch in queue.batches(due):
        with db.writing():
            for session_id, starts_at, person_id in batch:
                starts = starts_at.isoformat()
                queue.enqueue(
                    SessionReminder(session_id, starts, hours),
                    to=person_id,
                    once=f"{SessionReminder.kind}:{session_id}:{starts}:{hours}:{person_id}",
                    now=now,
                    deadline=starts_at,
                    due_at=starts_at - before,
                )


def _people_to_remind(
    after: datetime, until: datetime, *, booked_before: datetime
) -> Sequence[tuple[int, datetime, int]]:
    """Sessions that begin between two instants, with those who lead them and those who have had a place for a while."""
    near = (LiveSession.cancelled_at.is_(None), LiveSession.starts_at > after, LiveSession.starts_at <= until)
    booked = (
        select(LiveSession.id, LiveSession.starts_at, LiveBooking.person_id)
        .join(LiveBooking, LiveBooking.session_id == LiveSession.id)
        .where(*near, LiveBooking.state == BookingState.BOOKED, LiveBooking.booked_at <= booked_before)
    )
    led = (
        select(LiveSession.id, LiveSession.starts_at, LiveSessionTrainer.person_id)
        .join(LiveSessionTrainer, LiveSessionTrainer.session_id == LiveSession.id)
        .where(*near)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(booked.union(led).order_by("id", "person_id"))]
