"""Rows that decide which worker does what."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class TickRun(db.Model):
    """One turn of a recurring job. The pair of job and due time is unique, so the turn is done once."""

    __tablename__ = "tick_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class TaskState(StrEnum):
    """Where a long task stands. The last three are ends."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Task(db.Model):
    """A piece of long work: what was asked, how far it is, and what came of it."""

    __tablename__ = "task"
    __table_args__ = (
        db.one_of("state", TaskState),
        Index(
            "ix_task_open",
            "id",
            sqlite_where=text("state IN ('waiting', 'running')"),
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[TaskState] = mapped_column(default=TaskState.WAITING)
    progress: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]  # one clear sentence for the person who asked
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)

    @property
    def is_over(self) -> bool:
        return self.state in (TaskState.DONE, TaskState.STOPPED, TaskState.FAILED)


class WorkerBeat(db.Model):
    """When a worker last turned; how health pages know that somebody is working."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
