"""The rows in which people's stated times are read: their weeks, their exceptions, and what else takes their time.

What other domains have committed somebody to counts as leave, so that those who plan cannot tell one from the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    Time,
    bindparam,
    literal,
    null,
    select,
    type_coerce,
)

from app import db
from app.domain import taken_elsewhere
from app.people.models import Person
from rota.store.limits import PersonLimits
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind


def rows_of(ids: Collection[int], start: datetime, end: datetime) -> list[Any]:
    """The rows about these people between two instants; of one person the whole week and every exception."""
    elsewhere = [_as_leave(query) for query in taken_elsewhere(ids, start, end, asks="rota")]
    if len(ids) == 1:
        own = [row for row in stated_by(next(iter(ids))) if row.id is not None]
        return [*own, *(row for query in elsewhere for row in db.session.execute(query))]
    at_that_time = (AvailabilityDated.ends_at > start) & (AvailabilityDated.starts_at < end)
    of_days = AvailabilityDated.person_id.in_(ids) & at_that_time
    return list(db.session.execute(_times(AvailabilityWeekly.person_id.in_(ids), of_days, *elsewhere)))


@db.cached_per_request
def stated_by(person_id: int) -> Sequence[Any]:
    """Read all times of one person, each with their limits, once for a page; a row without a time if they have none."""
    return db.session.execute(_STATED_BY, {"person_id": person_id}).all()


def _times(
    of_week: ColumnElement[bool], of_days: ColumnElement[bool], *more: Select[*tuple[Any, ...]]
) -> CompoundSelect[*tuple[Any, ...]]:
    """The query for weekly times (their `kind` is None), exceptions, and more rows with the same columns."""
    weekly = select(
        AvailabilityWeekly.person_id,
        AvailabilityWeekly.weekday,
        AvailabilityWeekly.starts,
        AvailabilityWeekly.ends,
        AvailabilityWeekly.zone_name,
        type_coerce(null(), String).label("kind"),
        type_coerce(null(), db.UtcDateTime).label("starts_at"),
        type_coerce(null(), db.UtcDateTime).label("ends_at"),
        type_coerce(null(), db.UtcDateTime).label("said_at"),
        AvailabilityWeekly.id,
    ).where(of_week)
    dated = select(
        AvailabilityDated.person_id,
        null(),
        null(),
        null(),
        null(),
        AvailabilityDated.kind,
        AvailabilityDated.starts_at,
        AvailabilityDated.ends_at,
        AvailabilityDated.said_at,
        AvailabilityDated.id,
    ).where(of_days)
    return weekly.union_all(dated, *more)


_of_one: BindParameter[int] = bindparam("person_id")
_times_of_one = _times(AvailabilityWeekly.person_id == _of_one, AvailabilityDated.person_id == _of_one).subquery()
_STATED_BY = (
    select(PersonLimits, _times_of_one)
    .select_from(Person)
    .outerjoin(_times_of_one, _times_of_one.c.person_id == Person.id)
    .outerjoin(PersonLimits, PersonLimits.person_id == Person.id)
    .where(Person.id == _of_one)
)


def _as_leave(query: Select[int, datetime, datetime, str]) -> Select[*tuple[Any, ...]]:
    taken = query.subquery()
    return select(
        taken.c.person_id,
        type_coerce(null(), Integer).label("weekday"),
        type_coerce(null(), Time).label("starts"),
        type_coerce(null(), Time).label("ends"),
        type_coerce(null(), String).label("zone_name"),
        type_coerce(literal(DatedKind.LEAVE.value), String).label("kind"),
        taken.c.starts_at,
        taken.c.ends_at,
        type_coerce(null(), db.UtcDateTime).label("said_at"),
        literal(0).label("id"),
    )
