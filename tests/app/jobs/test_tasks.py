"""Long work: done in a child, watched, stopped, kept only by the worker that still holds it."""

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
    raise AssertionError("a worker that was overtaken must keep nothing")


def _overtake(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """While this worker prepares, another takes the task over."""
    db.session.rollback()
    with db.writing():
        db.session.execute(update(Task).values(fence=Task.fence + 1))
    return {"numbers": [1]}


WORK = "tests.app.jobs.long_work:"
KINDS = (
    TaskKind("add up", prepare=_prepare, work=WORK + "add_up", save=_save),
    TaskKind("until stopped", prepare=_prepare, work=WORK + "until_stopped", save=_save),
    TaskKind("fall over", prepare=_prepare, work=WORK + "fall_over", save=_save),
    TaskKind("die", prepare=_prepare, work=WORK + "die", save=_save),
    TaskKind("refused", prepare=_prepare, work=WORK + "add_up", save=_refuse),
    TaskKind("overtaken", prepare=_overtake, work=WORK + "add_up", save=_overtaken),
)


@pytest.fixture(autouse=True)
def kinds(app: Flask) -> Iterator[None]:
    kept.clear()
    with tasks.kinds.override(KINDS):
        yield


def asked(kind: str, **arguments: Any) -> int:
    with db.writing():
        return start(kind=kind, arguments=arguments, by=None, now=NOW).id


def fresh(task_id: int) -> Task:
    return db.session.get_one(Task, task_id, populate_existing=True)


def test_work_is_done_once_in_a_child_and_what_came_of_it_is_kept() -> None:
    task_id = asked("add up", numbers=[1, 2, 39])
    assert run_next() == task_id
    task = fresh(task_id)
    assert (task.state, task.result) == (TaskState.DONE, {"total": 42, "turns": None})
    assert run_next() is None
    assert len(kept) == 1


def test_work_that_is_stopped_keeps_the_best_it_has() -> None:
    task_id = asked("until stopped")
    with db.writing():
        request_stop(task_id)
    run_next()
    task = fresh(task_id)
    assert task.state == TaskState.STOPPED
    assert task.result is not None
    assert task.result["turns"] >= 1
    assert task.progress["turns"] >= 1


@pytest.mark.parametrize("kind", ["fall over", "die"])
def test_work_that_fails_says_so_in_a_sentence_and_keeps_nothing(kind: str) -> None:
    task_id = asked(kind)
    run_next()
    task = fresh(task_id)
    assert task.state == TaskState.FAILED
    assert task.error == "The work stopped unexpectedly. Please start it again."
    assert kept == []


def test_an_output_that_is_refused_leaves_nothing_half_written() -> None:
    task_id = asked("refused", numbers=[1])
    run_next()
    task = fresh(task_id)
    assert task.state == TaskState.FAILED
    assert task.error == "The picture this was made from no longer holds. Please start it again."
    assert task.result is None


def test_a_worker_that_was_overtaken_keeps_quiet() -> None:
    task_id = asked("overtaken")
    run_next()
    assert fresh(task_id).state == TaskState.RUNNING


def test_work_whose_worker_is_gone_is_taken_up_again_but_not_for_ever() -> None:
    task_id = asked("add up", numbers=[5])
    for _ in range(2):
        assert tasks._claim(clock.now()) is not None  # a worker takes it, and is never heard of again
        assert run_next() is None  # nobody else touches it while its lease holds
        clock.set_to(clock.now() + tasks.LEASE + timedelta(seconds=1))
    assert run_next() == task_id
    assert fresh(task_id).state == TaskState.DONE
    hopeless = asked("add up", numbers=[5])
    for _ in range(3):
        tasks._claim(clock.now())
        clock.set_to(clock.now() + tasks.LEASE + timedelta(seconds=1))
    assert run_next() is None
    assert fresh(hopeless).state == TaskState.FAILED
