"""Writing a batch, and taking it back, in a worker: hundreds of people are more than a page should wait for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app import clock, db, settings
from app.jobs import tasks
from app.jobs.models import Task
from app.jobs.tasks import TaskKind
from app.people.models import Person
from app.refusals import Conflict
from app.takeover import batches, taking, undoing
from app.takeover.taking import Seen


def start_taking_in(batch_id: int, seen: Seen, *, by: int, now: datetime) -> None:
    """Have a worker take an open list in, as its page showed it. Asked twice, it is done once."""
    batch = batches.open_at(batch_id, seen.revision)
    arguments = {"batch": batch.id, "revision": seen.revision, "mark": seen.mark}
    batch.task_id = tasks.start(kind=TAKE_IN.name, arguments=arguments, by=by, now=now).id


def start_taking_back(batch_id: int, *, by: int, now: datetime) -> None:
    """Have a worker take a list back. Refuses at once where that is not possible any more."""
    batch = batches.locked(batch_id)
    if batches.is_being_written(batch):
        raise Conflict("Somebody is taking this list back already.")
    undoing.refuse_too_late(batch, now)
    batch.task_id = tasks.start(kind=TAKE_BACK.name, arguments={"batch": batch.id}, by=by, now=now).id


def _nothing(arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {}


def _take_in(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    told = task.arguments
    seen = Seen(told["revision"], told["mark"])
    today = clock.on(now, settings.current().zone)
    taking.take_in(told["batch"], seen, by=_asked_by(task), today=today, now=now)
    batches.find(told["batch"]).task_id = None  # there is nothing more to tell of it


def _take_back(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    today = clock.on(now, settings.current().zone)
    undoing.take_back(task.arguments["batch"], by=_asked_by(task), today=today, now=now)
    batches.find(task.arguments["batch"]).task_id = None


def _asked_by(task: Task) -> Person:
    return db.session.get_one(Person, task.requested_by_id)


TAKE_IN = TaskKind("take-in", prepare=_nothing, work=None, save=_take_in)
TAKE_BACK = TaskKind("take-back", prepare=_nothing, work=None, save=_take_back)
