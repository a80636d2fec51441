"""Long tasks: run in a child process, watched, stopped, and saved only by the worker that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app import clock, db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.jobs.tasks import TaskKind, request_stop, run_next, start
from app.refusals import Conflict
from tests.times import NOW

pytestmark = pytest.mark.both_databases

kept: list[dict[str, Any]] = []


def _prepare(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {"numbers": arguments.get("numbers", [])}


def _save(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    kept.append(output)
    task.result = {"total": output.get("total"), "turns": output.get("turns")}


def _refuse(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    task.result = {"half": "written"}
    raise Conflict("The picture this was made from no longer holds. Please start it again.")


def _overtaken(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    raise AssertionError("a worker that lost its lease must save nothing")


def _overtake(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """While this worker prepares, let another claim the task."""
    db.session.rollback()
    with db.writing():
        db.session.execute(update(Task).values(fence=Task.fence + 1))
    return {"numbers": [1]}


WORK = "tests.app.jobs.long_work:"
KINDS = (
    TaskKind("add up", prepare=_prepare, work=WORK + "add_up", save=_save),
    TaskKind("until stopped", prepare=_prepare, work=WORK + "until_stopped", save=_save),
    TaskKind("fail", prepare=_prepare, work=WORK + "fail", save=_save),
    TaskKind("crash", prepare=_prepare, work=WORK + "crash", save=_save),
    TaskKind("refused", prepare=_prepare, work=WORK + "add_up", save=_refuse),
    TaskKind("overtaken", prepare=_overtake, work=WORK + "add_up", save=_overtaken),
)


@pytest.fixture(autouse=True)
def kinds(app: Flask) -> Iterator[None]:
    kept.clear()
    with tasks.kinds.override(KINDS):
        yield


def queued(kind: str, **arguments: Any) -> int:
    with db.writing():
        return start(kind=kind, arguments=arguments, by=None, now=NOW).id


def fresh(task_id: int) -> Task:
    return db.session.get_one(Task, task_id, populate_existing=True)


def test_a_task_runs_once_in_a_child_and_its_result_is_saved() -> None:
    task_id = queued("add up", numbers=[1, 2, 39])
    assert run_next() == task_id
    task = fresh(task_id)
    assert (task.state, task.result) == (TaskState.DONE, {"total": 42, "turns": None})
    assert run_next() is None
    assert len(kept) == 1


def test_a_stopped_task_keeps_its_best_result() -> None:
    task_id = queued("until stopped")
    with db.writing():
        request_stop(task_id)
    run_next()
    task = fresh(task_id)
    assert task.state == TaskState.STOPPED
    assert task.result is not None
    assert task.result["turns"] >= 1
    assert task.progress["turns"] >= 1


@pytest.mark.parametrize("kind", ["fail", "crash"])
def test_a_failed_task_has_a_sentence_as_its_error_and_saves_nothing(kind: str) -> None:
    task_id = queued(kind)
    run_next()
    task = fresh(task_id)
    assert task.state == TaskState.FAILED
    assert task.error == "The work stopped unexpectedly. Please start it again."
    assert kept == []


def test_a_refused_output_is_rolled_back() -> None:
    task_id = queued("refused", numbers=[1])
    run_next()
    task = fresh(task_id)
    assert task.state == TaskState.FAILED
    assert task.error == "The picture this was made from no longer holds. Please start it again."
    assert task.result is None


def test_a_worker_that_lost_its_lease_saves_nothing() -> None:
    task_id = queued("overtaken")
    run_next()
    assert fresh(task_id).state == TaskState.RUNNING


def test_a_task_whose_worker_died_is_claimed_again_at_most_three_times() -> None:
    task_id = queued("add up", numbers=[5])
    for _ in range(2):
        assert tasks._claim(clock.now()) is not None  # a worker claims it and dies
        assert run_next() is None  # no other worker claims it while its lease holds
        clock.set_to(clock.now() + tasks.LEASE + timedelta(seconds=1))
    assert run_next() == task_id
    assert fresh(task_id).state == TaskState.DONE
    hopeless = queued("add up", numbers=[5])
    for _ in range(3):
        tasks._claim(clock.now())
        clock.set_to(clock.now() + tasks.LEASE + timedelta(seconds=1))
    assert run_next() is None
    assert fresh(hopeless).state == TaskState.FAILED


def test_a_worker_that_is_told_to_stop_hands_its_task_back_and_that_is_no_attempt() -> None:
    task_id = queued("until stopped")
    run_next(should_stop=lambda: True)
    task = fresh(task_id)
    assert (task.state, task.lease_until, task.attempts, kept) == (TaskState.WAITING, None, 0, [])
    with db.writing():
        request_stop(task_id)
    assert run_next() == task_id
    assert fresh(task_id).state == TaskState.STOPPED
