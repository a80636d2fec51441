"""Scheduled jobs. The scheduler only asks whether a run is due; a unique row per run decides which worker does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, or_, select, tuple_

from app import clock, db, settings
from app.extension_point import ExtensionPoint
from app.jobs.models import ScheduledJobRun

LEASE = timedelta(minutes=10)
KEEP_RUNS = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


@dataclass(frozen=True)
class ScheduledJob:
    """A recurring job: either at a fixed interval, or once a day at a local time of the organisation.

    `run(now)` must be idempotent, and opens its own `db.writing()`.
    """

    name: str
    run: Callable[[datetime], None]
    every: timedelta | None = None
    daily_at: time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.daily_at is None):
            raise ValueError(f"{self.name}: give either an interval or a time of day")
        if self.daily_at is not None and 0 < self.daily_at.hour < 3:
            # In these hours a local time may come twice in autumn, or not at all in spring.
            raise ValueError(f"{self.name}: choose a time outside 01:00 to 03:00, when the clocks change")

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The latest instant, at or before `now`, at which a run was due."""
        if self.every is not None:
            return EPOCH + (now - EPOCH) // self.every * self.every
        assert self.daily_at is not None
        today = clock.on(now, zone)
        for day in (today, today - timedelta(days=1)):
            due = clock.local(zone, day.year, day.month, day.day, self.daily_at.hour, self.daily_at.minute)
            if due <= now:
                return due
        raise AssertionError("today's or yesterday's run is always in the past")


jobs: ExtensionPoint[ScheduledJob] = ExtensionPoint("scheduled_jobs")


def run_due(should_stop: Callable[[], bool] = lambda: False) -> list[str]:
    """Run every job that is due and that no worker has claimed; return the names of those that succeeded here.

    Once `should_stop` returns True, no further job is begun.
    """
    succeeded = []
    zone = settings.current().zone
    for job in _without_a_run(clock.now(), zone):
        if should_stop():
            break
        now = clock.now()
        due_at = job.last_due(now, zone)
        if _claim(job.name, due_at, now):
            try:
                job.run(now)
            except Exception:
                # The run stays unfinished; when its lease expires, a worker claims it again.
                db.session.rollback()
                log.exception("scheduled job failed", job=job.name)
                continue
            _finish(job.name, due_at, clock.now())
            succeeded.append(job.name)
    return succeeded


def _without_a_run(now: datetime, zone: ZoneInfo) -> list[ScheduledJob]:
    """The jobs whose latest run is neither finished nor in the hands of a worker: most times, none.

    Every worker asks every other second, so one query looks at all of them.
    """
    due = {job.name: job.last_due(now, zone) for job in jobs}
    runs = select(ScheduledJobRun.name).where(
        tuple_(ScheduledJobRun.name, ScheduledJobRun.due_at).in_(list(due.items())),
        or_(ScheduledJobRun.finished_at.is_not(None), ScheduledJobRun.lease_until > now),
    )
    taken = set(db.session.scalars(runs))
    db.session.rollback()
    return [job for job in jobs if job.name not in taken]


def _claim(name: str, due_at: datetime, now: datetime) -> bool:
    values = {"name": name, "due_at": due_at, "lease_until": now + LEASE}
    expired = (ScheduledJobRun.finished_at.is_(None)) & (ScheduledJobRun.lease_until <= now)
    with db.writing():
        return db.upsert(
            ScheduledJobRun, values, key=("name", "due_at"), update={"lease_until": now + LEASE}, where=expired
        )


def _finish(name: str, due_at: datetime, now: datetime) -> None:
    with db.writing():
        run = db.session.get_one(ScheduledJobRun, (name, due_at))
        run.finished_at = now
        db.session.execute(
            delete(ScheduledJobRun).where(ScheduledJobRun.name == name, ScheduledJobRun.due_at < now - KEEP_RUNS),
            execution_options={"synchronize_session": False},
        )
