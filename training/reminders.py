"""Telling people in good time that their training is about to lapse."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import clock, db, settings
from app.outbox import queue
from training.models import Completion
from training.notices import TrainingLapses, would_be_missed

# Two months leave time for a quiet evening; two weeks are the last good moment before shifts are affected.
DAYS_BEFORE = (60, 14)


def remind_of_lapsing_training(now: datetime) -> None:
    """Queue a letter to everybody whose training lapses soon: one at each of the two moments, however
    often this runs.
    """
    zone = settings.current().zone
    today = clock.on(now, zone)
    with db.writing():
        rows = db.session.execute(
            would_be_missed().where(
                Completion.valid_until >= today, Completion.valid_until <= today + timedelta(days=max(DAYS_BEFORE))
            )
        )
        for row in rows:
            step = min(days for days in DAYS_BEFORE if row.valid_until <= today + timedelta(days=days))
            queue.enqueue(
                TrainingLapses(completion_id=row.id),
                to=row.person_id,
                once=f"training-lapses:{row.id}:{step}",
                now=now,
                deadline=clock.ends(row.valid_until, zone),
            )
