"""What a web process knows of its installation without asking for each page: the schema, and the workers' heartbeats.

It looks at most every few seconds, on a connection of its own, so that pages take no more queries because of it and a
page that waits for a connection does not hide that one is missing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, NullPool, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from app import migrating
from app.health import watching
from app.health.troubles import Trouble
from app.jobs.heartbeats import Heartbeat
from app.jobs.models import WorkerHeartbeat
from app.migrating import Schema

LOOK_EVERY = 5.0  # seconds; with the heartbeats' 45 a page still tells of a dead worker within a minute


class Glance:
    """The newest look of one process. Threads may share it: at worst two of them look at the same moment."""

    def __init__(self, database_url: str) -> None:
        self._engine = create_engine(database_url, poolclass=NullPool, hide_parameters=True)
        self._looked_at = -LOOK_EVERY
        self._schema: Schema | None = None
        self._heartbeats: Sequence[Heartbeat] = ()

    def is_written_for_us(self) -> bool:
        """Whether the schema is the one of this code. A database that does not answer is no reason to say no."""
        self._look()
        return self._schema in (Schema.CURRENT, None)

    def troubles(self, now: datetime) -> list[Trouble]:
        """What staff should know; nothing while the database does not answer, because then no page does."""
        self._look()
        return watching.troubles_in(self._heartbeats, now) if self._schema is Schema.CURRENT else []

    def forget(self) -> None:
        """Look again at the next question; for tests, which do not wait."""
        self._looked_at = -LOOK_EVERY

    def _look(self) -> None:
        if self._schema is Schema.CURRENT and time.monotonic() - self._looked_at < LOOK_EVERY:
            return
        try:
            self._schema = migrating.schema(self._engine)
            if self._schema is Schema.CURRENT:
                self._heartbeats = _heartbeats(self._engine)
        except SQLAlchemyError:
            self._schema = None
        self._looked_at = time.monotonic()


def _heartbeats(engine: Engine) -> list[Heartbeat]:
    newest = (
        select(WorkerHeartbeat.name, WorkerHeartbeat.beat_at, WorkerHeartbeat.troubles)
        .order_by(WorkerHeartbeat.beat_at.desc())
        .limit(watching.SHOWN_WORKERS)
    )
    with engine.connect() as connection:
        return [Heartbeat(row.name, row.beat_at, row.troubles) for row in connection.execute(newest)]
