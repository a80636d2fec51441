"""Tables for background work: runs of scheduled jobs, long tasks, and worker heartbeats.

Their rows decide which worker does what; there is no leader.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class ScheduledJobRun(db.Model):
    """One run of a scheduled job. The pair of job and due time is unique, so each run happens once."""

    __tablename__ = "tick_run"

    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class TaskState(StrEnum):
    """The state of a long task. The last three are final."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class Task(db.Model):
    """A long task: what was requested, its progress and its result.

    `fence` is a fencing token: it rises with each claim, and writes with an older one are ignored.
    """

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
    error: Mapped[str | None]  # one clear sentence for the person who requested the task
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


class WorkerHeartbeat(db.Model):
    """When a worker last reported that it is running."""

    __tablename__ = "worker_beat"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[datetime]
    troubles: Mapped[list[Any]] = mapped_column(default=list)  # what it saw then; each is the data of a Trouble
