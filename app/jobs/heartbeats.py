"""Worker heartbeats: how pages and health checks know that a worker is running, and what it sees."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select

from app import db
from app.jobs.models import WorkerHeartbeat

EVERY = timedelta(seconds=15)
LATE_AFTER = timedelta(seconds=45)  # three heartbeats: one may be lost, and people still learn of it within a minute
FORGET_AFTER = timedelta(days=1)  # each start of a worker has a row of its own


class Heartbeat(NamedTuple):
    """The last heartbeat of one worker, as a plain value."""

    name: str
    beat_at: datetime
    troubles: list[Any]


def record(worker: str, now: datetime, troubles: Sequence[dict[str, Any]] = ()) -> None:
    """Note, in this transaction, that a worker is running and what it sees; forget workers that ended long ago."""
    db.session.merge(WorkerHeartbeat(name=worker, beat_at=now, troubles=list(troubles)))
    db.session.execute(
        delete(WorkerHeartbeat).where(WorkerHeartbeat.beat_at < now - FORGET_AFTER, WorkerHeartbeat.name != worker),
        execution_options={"synchronize_session": False},
    )


def forget(worker: str) -> None:
    """Note, in this transaction, that a worker has stopped as it was told to."""
    stopped = delete(WorkerHeartbeat).where(WorkerHeartbeat.name == worker)
    db.session.execute(stopped.execution_options(synchronize_session=False))


def is_fresh(worker: Heartbeat, now: datetime) -> bool:
    """Whether a worker has sent a heartbeat so lately that it must be running."""
    return now - worker.beat_at < LATE_AFTER


def is_any_worker_running(now: datetime) -> bool:
    """Whether any worker has sent a heartbeat lately."""
    last = db.session.scalar(select(func.max(WorkerHeartbeat.beat_at)))
    return last is not None and now - last < LATE_AFTER


@db.cached_per_request
def latest(limit: int) -> Sequence[Heartbeat]:
    """The workers heard from last, newest first."""
    rows = db.session.execute(
        select(WorkerHeartbeat.name, WorkerHeartbeat.beat_at, WorkerHeartbeat.troubles)
        .order_by(WorkerHeartbeat.beat_at.desc())
        .limit(limit)
    )
    return [Heartbeat(*row) for row in rows]
