"""Reminders of courses that staff asked people to take by a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app import clock, db, settings
from app.outbox import queue
from training.programme.assigned import Assigned, due_between
from training.programme.notices import CourseDue
from training.reminders import RUNS_AT

A_WEEK = timedelta(days=7)  # before: time for a quiet evening; after: until then it is still worth saying


def remind_people(now: datetime) -> None:
    """Queue an e-mail a week before the day, and one when it has passed; one each, however often this runs."""
    today = clock.on(now, settings.current().zone)
    for batch in queue.batches(due_between(today - A_WEEK, today + A_WEEK)):
        with db.writing():
            for asked in batch:
                _remind(asked, today, now=now)


def _remind(asked: Assigned, today: date, *, now: datetime) -> None:
    zone = settings.current().zone
    is_over = asked.is_overdue(today)
    fell_due = asked.due_on + timedelta(days=1) if is_over else asked.due_on - A_WEEK
    if not is_over and clock.on(asked.at, zone) > fell_due:
        return  # They were asked within the last week, and have just read it.
    queue.enqueue(
        CourseDue(asked.id),
        to=asked.person_id,
        once=f"course-due:{asked.id}:{'after' if is_over else 'before'}",
        now=now,
        deadline=clock.ends(asked.due_on + A_WEEK if is_over else asked.due_on, zone),
        due_at=clock.local(zone, fell_due.year, fell_due.month, fell_due.day, RUNS_AT.hour),
    )
