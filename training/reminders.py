"""Reminders that training is about to lapse."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from app import clock, db, settings
from app.outbox import queue
from training.models import Completion
from training.notices import TrainingLapses, current_completions

# Two months leave time for a quiet evening; two weeks are the last good moment before shifts are affected.
DAYS_BEFORE = (60, 14)
RUNS_AT = time(9, 0)  # in the morning, when people can still plan their evening


def remind_people(now: datetime) -> None:
    """Queue an e-mail to people whose training lapses: one 60 and one 14 days before, however often this runs."""
    zone = settings.current().zone
    today = clock.on(now, zone)
    with db.writing():
        rows = db.session.execute(
            current_completions().where(
                Completion.valid_until >= today, Completion.valid_until <= today + timedelta(days=max(DAYS_BEFORE))
            )
        )
        for row in rows:
            step = min(days for days in DAYS_BEFORE if row.valid_until <= today + timedelta(days=days))
            first_day = row.valid_until - timedelta(days=step)
            queue.enqueue(
                TrainingLapses(completion_id=row.id),
                to=row.person_id,
                once=f"training-lapses:{row.id}:{step}",
                now=now,
                deadline=clock.ends(row.valid_until, zone),
                due_at=clock.local(zone, first_day.year, first_day.month, first_day.day, RUNS_AT.hour),
            )
