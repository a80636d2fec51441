"""Worker heartbeats: how health checks know that a worker is running."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app import db
from app.jobs.models import WorkerHeartbeat

LATE_AFTER = timedelta(minutes=5)


def record(worker: str, now: datetime) -> None:
    """Note, in this transaction, that a worker is running."""
    db.session.merge(WorkerHeartbeat(name=worker, beat_at=now))


def is_any_worker_running(now: datetime) -> bool:
    """Whether a worker has sent a heartbeat in the last five minutes."""
    last = db.session.scalar(select(func.max(WorkerHeartbeat.beat_at)))
    return last is not None and now - last < LATE_AFTER


def latest(limit: int) -> Sequence[WorkerHeartbeat]:
    """The workers heard from last, newest first."""
    return db.session.scalars(select(WorkerHeartbeat).order_by(WorkerHeartbeat.beat_at.desc()).limit(limit)).all()
