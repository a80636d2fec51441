"""Telling markers once a day what waits, and deleting words that were kept for long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from app import clock, db, settings
from app.outbox import queue
from app.people.rights import people_who_may
from training.permissions import TrainingPermission
from training.practicals import to_mark
from training.practicals.models import PracticalNote, PracticalTry
from training.practicals.notices import PracticalsWait
from training.practicals.rubrics import rubrics_now
from training.reminders import RUNS_AT

A_DAY = timedelta(days=1)
EVERY = 7  # days of waiting after which it is said again


def tell_markers(now: datetime) -> None:
    """Queue one e-mail to each marker for whom something came in within a day, or has waited for a week more."""
    zone = settings.current().zone
    today = clock.on(now, zone)
    due_at = clock.local(zone, today.year, today.month, today.day, RUNS_AT.hour)
    with db.writing():
        for marker_id in people_who_may(TrainingPermission.MARK, on=today):
            waits = [each.waits(now) for each in to_mark.waiting_for(marker_id, now)]
            if any(each < A_DAY or each.days % EVERY == 0 for each in waits):
                queue.enqueue(
                    PracticalsWait(),
                    to=marker_id,
                    once=f"practicals-wait:{today.isoformat()}:{marker_id}",
                    now=now,
                    deadline=clock.ends(today, zone),
                    due_at=due_at,
                )


def delete_old_words(now: datetime) -> None:
    """Delete the work, comments and answers of tries whose result is older than the policy says. The levels stay."""
    before = now - timedelta(weeks=rubrics_now(now).keep_words_weeks)
    old = select(PracticalTry.id).where(PracticalTry.decided_at < before)
    with db.writing():
        db.session.execute(delete(PracticalNote).where(PracticalNote.try_id.in_(old)))
        db.session.execute(
            update(PracticalTry)
            .where(PracticalTry.decided_at < before, PracticalTry.text.is_not(None))
            .values(text=None)
        )
