"""Long tasks: requested by a person, run by a worker in a child process, watched and stopped from a page.

No transaction stays open meanwhile. The parent writes progress at most once a second and renews its lease with it;
the child has no database. The result is saved only by the worker that holds the current fencing token.
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
MAX_ATTEMPTS = 3  # a task that has crashed three workers is not given to a fourth
INTERRUPTED = "The work stopped unexpectedly. Please start it again."
GIVEN_UP = "The work was broken off three times, so it is not tried again."

log = structlog.get_logger()


@dataclass(frozen=True)
class TaskKind:
    """A kind of long task, in three steps.

    1. `prepare(arguments, now)` reads the database into a JSON-serialisable input.
    2. `work` ("module:function") turns the input into a JSON-serialisable output, in a child process, as
       `function(prepared, report, should_stop)`. None: there is nothing to compute, only much to save.
    3. `save(task, prepared, output, now)` writes the result inside one `db.writing()`, and may refuse.
    """

    name: str
    prepare: Callable[[dict[str, Any], datetime], dict[str, Any]]
    work: str | None
    save: Callable[[Task, dict[str, Any], dict[str, Any], datetime], None]


kinds: ExtensionPoint[TaskKind] = ExtensionPoint("tasks")


def start(*, kind: str, arguments: dict[str, Any], by: int | None, now: datetime) -> Task:
    """Queue a task, in this transaction."""
    task = Task(kind=kind, arguments=arguments, progress={}, requested_by_id=by, requested_at=now)
    db.session.add(task)
    db.session.flush()
    audit.record("task.requested", by=by, subject=f"task:{task.id}", now=now, details={"kind": kind})
    return task


def request_stop(task_id: int) -> None:
    """Ask a task to stop and keep its best result so far. Asking again, or too late, changes nothing."""
    task = db.session.get(Task, task_id)
    if task is None:
        raise NotFound("There is no such task.")
    if not task.is_over:
        task.cancel_requested = True


def run_next(should_stop: Callable[[], bool] = lambda: False) -> int | None:
    """Claim and run the oldest task that is waiting or whose lease has expired; return its id, or None.

    When `should_stop` returns True meanwhile, the task is handed back for another worker to run from the beginning.
    """
    claimed = _claim(clock.now())
    if claimed is None:
        return None
    task_id, fence = claimed
    try:
        _run(task_id, fence, should_stop)
    except WorkerStops:
        _hand_back(task_id, fence)
    except LeaseLost:
        log.warning("another worker has this task now", task=task_id)
    except Refusal as refusal:
        _fail(task_id, fence, " ".join(refusal.sentences))
    except ChildFailed as failed:
        log.error("task failed", task=task_id, detail=failed.detail)
        _fail(task_id, fence, INTERRUPTED)
    except Exception:
        db.session.rollback()
        log.exception("task failed", task=task_id)
        _fail(task_id, fence, INTERRUPTED)
    return task_id


class LeaseLost(Exception):
    """Another worker has claimed this task, so this worker's result is discarded."""


class WorkerStops(Exception):
    """This worker was told to stop, and a task may take minutes."""


def _claim(now: datetime) -> tuple[int, int] | None:
    claimable = or_(
        Task.state == TaskState.WAITING,
        and_(Task.state == TaskState.RUNNING, Task.lease_until < now),
    )
    oldest = select(Task.id).where(claimable).order_by(Task.id).limit(1)
    if db.session.scalars(oldest).one_or_none() is None:
        db.session.rollback()
        return None
    with db.writing():
        db.session.execute(
            update(Task)
            .where(claimable, Task.attempts >= MAX_ATTEMPTS)
            .values(state=TaskState.FAILED, finished_at=now, error=GIVEN_UP)
        )
        claimed = db.session.execute(
            update(Task)
            .where(Task.id == oldest.with_for_update(skip_locked=True, key_share=True).scalar_subquery())
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
    return (claimed.id, claimed.fence) if claimed else None


def _run(task_id: int, fence: int, should_stop: Callable[[], bool]) -> None:
    task = db.session.get_one(Task, task_id)
    kind = next(each for each in kinds if each.name == task.kind)
    prepared = kind.prepare(task.arguments, clock.now())
    db.session.rollback()

    def on_progress(progress: dict[str, Any] | None) -> bool:
        if should_stop():
            raise WorkerStops
        return _write_progress(task_id, fence, progress)

    output = run_in_child(kind.work, prepared, on_progress) if kind.work else {}
    now = clock.now()
    with db.writing():
        task = _claimed_task(task_id, fence)
        kind.save(task, prepared, output, now)
        task.state = TaskState.STOPPED if task.cancel_requested else TaskState.DONE
        task.finished_at = now
        task.lease_until = None


def _write_progress(task_id: int, fence: int, progress: dict[str, Any] | None) -> bool:
    """Renew the lease, write the progress, and return whether the task should stop."""
    with db.writing():
        task = _claimed_task(task_id, fence)
        task.lease_until = clock.now() + LEASE
        if progress is not None:
            task.progress = progress
        return task.cancel_requested


def _claimed_task(task_id: int, fence: int) -> Task:
    """The task, locked; raises `LeaseLost` when another worker has claimed it since."""
    task = db.session.get_one(Task, task_id, with_for_update={"key_share": True})
    if task.fence != fence or task.state != TaskState.RUNNING:
        raise LeaseLost
    return task


def _hand_back(task_id: int, fence: int) -> None:
    """Let another worker take the task at once; this was not one of the attempts that it may have."""
    with db.writing():
        db.session.execute(
            update(Task)
            .where(Task.id == task_id, Task.fence == fence, Task.state == TaskState.RUNNING)
            .values(state=TaskState.WAITING, lease_until=None, attempts=Task.attempts - 1)
        )
    log.info("task handed back", task=task_id)


def _fail(task_id: int, fence: int, error: str) -> None:
    now = clock.now()
    with db.writing():
        db.session.execute(
            update(Task)
            .where(Task.id == task_id, Task.fence == fence)
            .values(state=TaskState.FAILED, error=error, finished_at=now, lease_until=None)
        )
