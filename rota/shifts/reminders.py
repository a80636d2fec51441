"""Remind people of their shifts, two days and two hours before.

Nothing is scheduled ahead: a tick reads the shifts that are near and queues each reminder under a unique key, so a
worker that was down for an hour catches up, and one that runs twice sends no reminder twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from app import db
from app.outbox import queue
from rota.notices import ShiftReminder
from rota.scheduling.cover_pattern import LONGEST_SHIFT
from rota.store.models import Assignment, Rota, Shift
from rota.store.seat_part_rows import SeatPart
from rota.store.seat_parts import as_worked, parts_where
from rota.store.seats import SeatRow, seats_where

TWO_DAYS, TWO_HOURS = timedelta(hours=48), timedelta(hours=2)
# A person who gets a shift at short notice is notified then; a reminder in the same hour would only nag.
QUIET_AFTER_GIVING = timedelta(hours=1)
NO_EARLY_REMINDER_WITHIN = timedelta(hours=12)  # This near, the reminder of two hours before is enough.


def remind_people(now: datetime) -> None:
    """Queue every reminder that is due. Safe to run at any time, and again."""
    with db.writing():
        _remind(now, TWO_DAYS, no_nearer_than=NO_EARLY_REMINDER_WITHIN)
        _remind(now, TWO_HOURS, no_nearer_than=timedelta(0))


def _first_hours(seats: Sequence[SeatRow], parts: Sequence[SeatRow]) -> Iterator[SeatRow]:
    """Of each seat what its holder works of it first, where others took parts of it."""
    known = set()
    for seat in as_worked(seats, parts):
        if not seat.is_part and seat.id not in known:
            known.add(seat.id)
            yield seat


def _remind(now: datetime, before: timedelta, *, no_nearer_than: timedelta) -> None:
    around = Rota.version > 0, Shift.starts_at > now - LONGEST_SHIFT, Shift.starts_at <= now + before
    seats = seats_where(*around, Assignment.given_at <= now - QUIET_AFTER_GIVING)
    parts = parts_where(*around)
    taken = parts_where(*around, SeatPart.taken_at <= now - QUIET_AFTER_GIVING)
    hours = int(before / timedelta(hours=1))
    for seat in [*_first_hours(seats, parts), *taken]:
        if seat.assignment_id is None or seat.person_id is None:
            continue
        if not now + no_nearer_than < seat.starts_at <= now + before:
            continue
        queue.enqueue(
            ShiftReminder(assignment_id=seat.assignment_id, hours_before=hours, part_id=seat.part_id),
            to=seat.person_id,
            # An assignment is one person on one seat, so a person who gets the seat back is reminded again.
            once=f"shift-reminder:{seat.assignment_id}:{hours}{f':part-{seat.part_id}' if seat.is_part else ''}",
            now=now,
            deadline=seat.starts_at,
            due_at=seat.starts_at - before,
        )
