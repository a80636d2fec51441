"""Long work: asked for by a person, done by a worker in a child process, watched and stopped from a page.

No transaction stays open meanwhile. The parent writes progress at most once a second and renews its lease with it;
the child knows no database. What comes of it is kept only by the worker whose fence still stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import and_, or_, select, update

from app import audit, clock, db
from app.extension_point import ExtensionPoint
from app.jobs.child import ChildFailed, run_in_child
from app.jobs.models import Task, TaskState
from app.refusals import NotFound, Refusal

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 3  # work that has taken three workers down with it is not given to a fourth

log = structlog.get_logger()


@dataclass(frozen=True)
class TaskKind:
    """A kind of long work.

    `prepare(arguments, now)` reads the database into a JSON-able picture; `work` ("module:function") turns it into
    a JSON-able output in a child process, as `function(prepared, report, should_stop)`; `keep(task, prepared,
    output, now)` writes what came of it, inside one `db.writing()`, and may refuse.
    """

    name: str
    prepare: Callable[[dict[str, Any], datetime], dict[str, Any]]
    work: str
    keep: Callable[[Task, dict[str, Any], dict[str, Any], datetime], None]


kinds: ExtensionPoint[TaskKind] = ExtensionPoint("tasks")


def start(*, kind: str, arguments: dict[str, Any], by: int | None, now: datetime) -> Task:
    """Ask for a piece of long work, in this transaction."""
    task = Task(kind=kind, arguments=arguments, progress={}, requested_by_id=by, requested_at=now)
    db.session.add(task)
    db.session.flush()
    audit.record("task.requested", by=by, subject=f"task:{task.id}", now=now, details={"kind": kind})
    return task


def request_stop(task_id: int) -> None:
    """Ask that a task stop and keep the best it has. Asking again, or too late, changes nothing."""
    task = db.session.get(Task, task_id)
    if task is None:
        raise NotFound("There is no such task.")
    if not task.is_over:
        task.cancel_requested = True


def run_next() -> int | None:
    """Take the oldest task that waits (or whose worker is gone), and do it; return its id, or None if there is none."""
    claimed = _claim(clock.now())
    if claimed is None:
        return None
    task_id, fence = claimed
    try:
        _do(task_id, fence)
    except LeaseLost:
        log.warning("another worker has this task now", task=task_id)
    except Refusal as refusal:
        _end(task_id, fence, TaskState.FAILED, error=" ".join(refusal.sentences))
    except ChildFailed as failed:
        log.error("long work failed", task=task_id, detail=failed.detail)
        _end(task_id, fence, TaskState.FAILED, error="The work stopped unexpectedly. Please start it again.")
    except Exception:
        db.session.rollback()
        log.exception("long work failed", task=task_id)
        _end(task_id, fence, TaskState.FAILED, error="The work stopped unexpectedly. Please start it again.")
    return task_id


class LeaseLost(Exception):
    """Another worker holds this task now: whatever we found out is no longer wanted."""


def _claim(now: datetime) -> tuple[int, int] | None:
    free = or_(
        Task.state == TaskState.WAITING,
        and_(Task.state == TaskState.RUNNING, Task.lease_until < now),
    )
    oldest = select(Task.id).where(free).order_by(Task.id).limit(1)
    if db.session.scalars(oldest).one_or_none() is None:
        db.session.rollback()
        return None
    with db.writing():
        db.session.execute(
            update(Task)
            .where(free, Task.attempts >= MOST_ATTEMPTS)
            .values(
                state=TaskState.FAILED,
                finished_at=now,
                error="The work was broken off three times, so it is not tried again.",
            )
        )
        taken = db.session.execute(
            update(Task)
            .where(Task.id == oldest.with_for_update(skip_locked=True).scalar_subquery())
            .values(
                state=TaskState.RUNNING,
                lease_until=now + LEASE,
                fence=Task.fence + 1,
                attempts=Task.attempts + 1,
                started_at=now,
            )
            .returning(Task.id, Task.fence)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return (taken.id, taken.fence) if taken else None


def _do(task_id: int, fence: int) -> None:
    task = db.session.get_one(Task, task_id)
    kind = next(each for each in kinds if each.name == task.kind)
    prepared = kind.prepare(task.arguments, clock.now())
    db.session.rollback()

    def beat(progress: dict[str, Any] | None) -> bool:
        return _write_progress(task_id, fence, progress)

    output = run_in_child(kind.work, prepared, beat)
    now = clock.now()
    with db.writing():
        task = _held(task_id, fence)
        kind.keep(task, prepared, output, now)
        task.state = TaskState.STOPPED if task.cancel_requested else TaskState.DONE
        task.finished_at = now
        task.lease_until = None


def _write_progress(task_id: int, fence: int, progress: dict[str, Any] | None) -> bool:
    """Renew the lease, write how far the work is, and say whether it should stop."""
    with db.writing():
        task = _held(task_id, fence)
        task.lease_until = clock.now() + LEASE
        if progress is not None:
            task.progress = progress
        return task.cancel_requested


def _held(task_id: int, fence: int) -> Task:
    task = db.session.get_one(Task, task_id, with_for_update=True)
    if task.fence != fence or task.state != TaskState.RUNNING:
        raise LeaseLost
    return task


def _end(task_id: int, fence: int, state: TaskState, *, error: str) -> None:
    now = clock.now()
    with db.writing():
        db.session.execute(
            update(Task)
            .where(Task.id == task_id, Task.fence == fence)
            .values(state=state, error=error, finished_at=now, lease_until=None)
        )
