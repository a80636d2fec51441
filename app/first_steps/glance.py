"""What Today knows of first steps: looked for at most every few seconds, on a connection of its own.

So Today takes no more queries because of it. The page of first steps itself always asks the database.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import NullPool, create_engine

from app import db
from app.first_steps import marks
from app.first_steps.marks import Mark
from app.first_steps.models import MarkKind
from app.first_steps.overview import Overview, all_steps, facts_query, overview
from app.first_steps.steps import Facts

LOOK_EVERY = 5.0  # seconds


class FirstStepsGlance:
    """The newest look of one process. Threads may share it: at worst two of them look at the same moment."""

    def __init__(self, database_url: str, *, connect_args: Mapping[str, object]) -> None:
        self._engine = create_engine(
            database_url, poolclass=NullPool, hide_parameters=True, connect_args=dict(connect_args)
        )
        self._looked_at = float("-inf")
        self._facts: Facts = {}
        self._marks: dict[tuple[str, MarkKind], Mark] = {}

    def overview(self, now: datetime) -> Overview:
        """Where each step stood at the newest look."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            query = facts_query(all_steps(), now)
            with self._engine.connect() as connection:
                self._facts = connection.execute(query).one()._asdict()
                self._marks = marks.from_rows(connection.execute(marks.every_newest()))
            self._looked_at = time.monotonic()
        db.cache_result(marks.all_marks, self._marks)
        return overview(now, self._facts)


_of_process: FirstStepsGlance | None = None


def use(glance: FirstStepsGlance) -> None:
    """Say what this process looks with."""
    global _of_process  # noqa: PLW0603  one process serves one organisation
    _of_process = glance


def of_today(now: datetime) -> Overview:
    """Where each step stands, as Today tells it."""
    return overview(now) if _of_process is None else _of_process.overview(now)
