"""Reminders of shifts that come near: two days before, and two hours before. Scanned, not scheduled.

A tick looks at the shifts ahead and queues what is due under a name that can be used once, so a worker that
was away for an hour makes up for it, and one that turns twice tells nobody twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from app import db
from app.outbox import queue
from rota.notices import ShiftReminder
from rota.store.models import Assignment, Rota, Shift
from rota.store.seats import seats_where

TWO_DAYS, TWO_HOURS = timedelta(hours=48), timedelta(hours=2)
# Who was given a shift at short notice was told of it then; a reminder in the same hour would only nag.
QUIET_AFTER_GIVING = timedelta(hours=1)
NEAREST_TO_THE_NEXT = timedelta(hours=12)  # no "in two days" for a shift of this afternoon


def remind_people(now: datetime) -> None:
    """Queue every reminder that is due. Safe to run at any time, and again."""
    with db.writing():
        _remind(now, TWO_DAYS, no_nearer_than=NEAREST_TO_THE_NEXT)
        _remind(now, TWO_HOURS, no_nearer_than=timedelta(0))


def _remind(now: datetime, before: timedelta, *, no_nearer_than: timedelta) -> None:
    near = seats_where(
        Rota.version > 0,
        Shift.starts_at > now + no_nearer_than,
        Shift.starts_at <= now + before,
        Assignment.given_at <= now - QUIET_AFTER_GIVING,
    )
    hours = int(before / timedelta(hours=1))
    for seat in near:
        if seat.assignment_id is None or seat.person_id is None:
            continue
        queue.enqueue(
            ShiftReminder(assignment_id=seat.assignment_id, hours_before=hours),
            to=seat.person_id,
            # An assignment is one person having one seat, so its id is the version of what is told.
            once=f"shift-reminder:{seat.assignment_id}:{hours}",
            now=now,
            deadline=seat.starts_at,
        )
