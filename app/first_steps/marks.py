"""Writing and reading what administrators said about first steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, func, select

from app import audit, db
from app.first_steps.models import FirstStepMark, MarkKind
from app.people.models import Person


@dataclass(frozen=True)
class Mark:
    """The newest of one kind about one step."""

    id: int
    of: str | None
    by: str
    at: datetime


def mark(step: str, kind: MarkKind, *, by: int, now: datetime, of: str | None = None) -> None:
    """Keep, in this transaction, what somebody said about a step."""
    row = FirstStepMark(step=step, kind=kind, of=of, by_id=by, at=now)
    db.session.add(row)
    db.session.flush()
    audit.record(f"first-steps.{kind}", by=by, subject=f"first_step_mark:{row.id}", now=now, details={"step": step})


@db.cached_per_request
def all_marks() -> dict[tuple[str, MarkKind], Mark]:
    """The newest mark of each kind about each step, in one query."""
    return from_rows(db.session.execute(every_newest()))


def every_newest() -> Select[str, MarkKind, int, str | None, str, datetime]:
    """The query of `all_marks`."""
    newest = select(func.max(FirstStepMark.id)).group_by(FirstStepMark.step, FirstStepMark.kind)
    return (
        select(
            FirstStepMark.step,
            FirstStepMark.kind,
            FirstStepMark.id,
            FirstStepMark.of,
            Person.display_name,
            FirstStepMark.at,
        )
        .join(Person, Person.id == FirstStepMark.by_id)
        .where(FirstStepMark.id.in_(newest))
    )


def from_rows(rows: Iterable[Row[str, MarkKind, int, str | None, str, datetime]]) -> dict[tuple[str, MarkKind], Mark]:
    """The marks of what `every_newest` found."""
    return {(step, kind): Mark(row_id, of, by, at) for step, kind, row_id, of, by, at in rows}


def newest(step: str, kind: MarkKind) -> Mark | None:
    """The newest mark of a kind about a step."""
    return all_marks().get((step, kind))


def is_set_aside(step: str) -> bool:
    """Whether the step was set aside, and not taken up again since."""
    aside, taken_up = newest(step, MarkKind.SET_ASIDE), newest(step, MarkKind.TAKEN_UP)
    return aside is not None and (taken_up is None or taken_up.id < aside.id)
