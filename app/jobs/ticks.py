"""Recurring jobs. A scheduler only asks "is a turn due?"; a unique row per turn decides who takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete

from app import clock, db, settings
from app.extension_point import ExtensionPoint
from app.jobs.models import TickRun

LEASE = timedelta(minutes=10)
KEEP_TURNS = timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

log = structlog.get_logger()


@dataclass(frozen=True)
class Tick:
    """A recurring job: either `every` so often, or once a day at a local time of the organisation.

    `run(now)` must be safe to run twice; it opens its own `db.writing()`.
    """

    name: str
    run: Callable[[datetime], None]
    every: timedelta | None = None
    daily_at: time | None = None

    def __post_init__(self) -> None:
        if (self.every is None) == (self.daily_at is None):
            raise ValueError(f"{self.name}: say either how often or at what time of day")
        if self.daily_at is not None and 0 < self.daily_at.hour < 3:
            # In these hours a local time may come twice in autumn, or not at all in spring.
            raise ValueError(f"{self.name}: choose a time outside 01:00 to 03:00, when the clocks change")

    def last_due(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The latest instant, at or before `now`, at which a turn fell due."""
        if self.every is not None:
            return EPOCH + (now - EPOCH) // self.every * self.every
        assert self.daily_at is not None
        today = clock.on(now, zone)
        for day in (today, today - timedelta(days=1)):
            due = clock.local(zone, day.year, day.month, day.day, self.daily_at.hour, self.daily_at.minute)
            if due <= now:
                return due
        raise AssertionError("one of two days always lies behind")


ticks: ExtensionPoint[Tick] = ExtensionPoint("ticks")


def run_due() -> list[str]:
    """Run every recurring job whose turn is due and not yet taken; return the names of those that ran here."""
    ran = []
    for tick in ticks:
        now = clock.now()
        due_at = tick.last_due(now, settings.current().zone)
        if _take(tick.name, due_at, now):
            try:
                tick.run(now)
            except Exception:
                # The turn stays unfinished; when its lease ends, some worker takes it again.
                db.session.rollback()
                log.exception("recurring job failed", job=tick.name)
                continue
            _finish(tick.name, due_at, clock.now())
            ran.append(tick.name)
    return ran


def _take(name: str, due_at: datetime, now: datetime) -> bool:
    known = db.session.get(TickRun, (name, due_at))
    if known is not None and (known.finished_at is not None or known.lease_until > now):
        db.session.rollback()
        return False
    values = {"name": name, "due_at": due_at, "lease_until": now + LEASE}
    expired = (TickRun.finished_at.is_(None)) & (TickRun.lease_until <= now)
    with db.writing():
        return db.upsert(TickRun, values, key=("name", "due_at"), update={"lease_until": now + LEASE}, where=expired)


def _finish(name: str, due_at: datetime, now: datetime) -> None:
    with db.writing():
        turn = db.session.get_one(TickRun, (name, due_at))
        turn.finished_at = now
        db.session.execute(
            delete(TickRun).where(TickRun.name == name, TickRun.due_at < now - KEEP_TURNS),
            execution_options={"synchronize_session": False},
        )
