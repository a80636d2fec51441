"""The forecast of twelve weeks: asking for it, keeping what was found, and reading the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from app import audit, db
from app.jobs import tasks
from app.jobs.models import Task, TaskState
from app.refusals import Conflict
from app.wording import listed, plural
from progression.models import Evidence
from rota.ahead.models import Forecast
from rota.ahead.reading import read_ahead
from rota.scheduling.ahead_task import ahead_to_json
from rota.store.models import AvailabilityDated, RotaVersion
from rota.store.planning_revision import PlanningRevision

KIND = "look-ahead"
KEEP = timedelta(days=92)  # three months of nights: enough to see what became of what was foreseen


@dataclass(frozen=True)
class Since:
    """What changed since a forecast was made, in sentences; `is_older` if anything that it rests on did."""

    is_older: bool
    words: str


def ask(*, by: int | None, now: datetime) -> Task:
    """Ask for a forecast; one at a time."""
    if running() is not None:
        raise Conflict("We are looking at the coming weeks already. This page shows it as soon as it is done.")
    return tasks.start(kind=KIND, arguments={}, by=by, now=now)


def running() -> Task | None:
    """The forecast that is being made, or waits for a worker."""
    open_states = (TaskState.WAITING, TaskState.RUNNING)
    return db.session.scalars(
        select(Task).where(Task.kind == KIND, Task.state.in_(open_states)).order_by(Task.id.desc()).limit(1)
    ).one_or_none()


def look_nightly(now: datetime) -> None:
    """Ask for the forecast of the night, unless one is being made. Safe to run again."""
    with db.writing():
        if running() is None and not _was_looked_at(since=now - timedelta(hours=1)):
            ask(by=None, now=now)


def _was_looked_at(*, since: datetime) -> bool:
    return db.session.scalar(select(Forecast.id).where(Forecast.looked_at >= since).limit(1)) is not None


def prepare(_arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Read what the forecast rests on, as JSON values for the child process."""
    revision = _revision()  # before the rest: what changes meanwhile makes the forecast older, never newer
    return {"ahead": ahead_to_json(read_ahead(now)), "looked_at": now.isoformat(), "revision": revision}


def keep(task: Task, prepared: dict[str, Any], output: dict[str, Any], now: datetime) -> None:
    """Keep what the child process of a task found."""
    task.result = keep_found(prepared, output, by=task.requested_by_id, now=now)


def keep_found(prepared: dict[str, Any], output: dict[str, Any], *, by: int | None, now: datetime) -> dict[str, Any]:
    """Keep a forecast, and forget those that are too old; return its figures."""
    forecast = Forecast(
        looked_at=datetime.fromisoformat(prepared["looked_at"]),
        revision=prepared["revision"],
        by_person_id=by,
        result=output,
    )
    db.session.add(forecast)
    db.session.execute(
        delete(Forecast).where(Forecast.looked_at < now - KEEP), execution_options={"synchronize_session": False}
    )
    figures = {key: output[key] for key in ("seats", "filled", "filled_then")}
    db.session.flush()
    audit.record("rota.looked-ahead", by=by, subject=f"forecast:{forecast.id}", now=now, details=figures)
    return figures


def latest() -> Forecast | None:
    """The last forecast that was kept."""
    return db.session.scalars(select(Forecast).order_by(Forecast.looked_at.desc(), Forecast.id.desc()).limit(1)).first()


def _revision() -> int:
    return db.session.scalar(select(PlanningRevision.number)) or 0


def since(forecast: Forecast) -> Since:
    """What changed since a forecast was made. One query."""
    at = forecast.looked_at
    counted: Sequence[tuple[ColumnElement[bool], Any, str, str]] = (
        (Evidence.recorded_at > at, Evidence.id, "record", "of training, checks or sign-offs"),
        (AvailabilityDated.said_at > at, AvailabilityDated.id, "change", "of when people can come"),
        (RotaVersion.made_at > at, RotaVersion.id, "change", "of published seats"),
    )
    numbers = db.session.execute(
        select(
            select(func.coalesce(func.max(PlanningRevision.number), 0)).scalar_subquery(),
            *(select(func.count(column)).where(is_newer).scalar_subquery() for is_newer, column, *_ in counted),
        )
    ).one()
    if numbers[0] == forecast.revision:
        return Since(False, "Nothing that it rests on has changed since.")
    said = [
        plural(number, f"{one} {of}", f"{one}s {of}")
        for number, (_, _, one, of) in zip(numbers[1:], counted, strict=True)
        if number
    ]
    return Since(True, f"Since then: {listed(said)}." if said else "What it rests on has changed since.")
