"""The rows in which people's stated times are read: their weeks, their exceptions, and what else takes their time.

What other domains have committed somebody to counts as leave, so that those who plan cannot tell one from the other.
What a snapshot needs besides (`rota/store/asked_rows.py`) is read in the same query: pages have few to spare.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
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
from app.domain import TakenTimes, who_take_time
from app.many_ids import among, ids_given
from app.people.models import Person
from rota.store.asked_rows import NOTHING_MORE, FarWork, pairs_of_one, queries
from rota.store.limits import PersonLimits
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind

LONG_AGO, FAR_AHEAD = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Instants before and after everything that anybody was or will be committed to."""


_IDS = ids_given("ids")


def rows_of(
    ids: Collection[int], start: datetime, end: datetime, beside: tuple[tuple[date, date], FarWork] | None = None
) -> list[Any]:
    """The rows about these people between two instants; of one person the whole week and every exception.

    With `beside`, the days of a rota and the work further off that counts, also what `asked_rows` reads; then only the
    times between the instants come, also of one person.
    """
    if len(ids) == 1 and beside is None:
        return [row for row in stated_by(next(iter(ids))) if row.id is not None]
    query = _query_of_many(db.dialect(), who_take_time(asks="rota"), start, end, beside)
    return list(db.session.execute(query, {"ids": ids}).all())


@lru_cache(maxsize=32)  # Pages of a rota ask about the same times, and building it takes longer than answering it.
def _query_of_many(
    _dialect: str,
    who_take_time: tuple[TakenTimes, ...],
    start: datetime,
    end: datetime,
    beside: tuple[tuple[date, date], FarWork] | None,
) -> CompoundSelect[*tuple[Any, ...]]:
    at_that_time = (AvailabilityDated.ends_at > start) & (AvailabilityDated.starts_at < end)
    of_week, of_days = among(AvailabilityWeekly.person_id, _IDS), among(AvailabilityDated.person_id, _IDS)
    elsewhere = (_as_leave(query_of(_IDS, start, end)) for query_of in who_take_time)
    return _times(of_week, of_days & at_that_time, *elsewhere, *(queries(_IDS, *beside) if beside else ()))


@db.cached_per_request
def stated_by(person_id: int) -> Sequence[Any]:
    """Read all times of one person, each with their limits, once for a page; a row without a time if they have none."""
    query = _query_of_one(db.dialect(), who_take_time(asks="rota"))
    return db.session.execute(query, {"person_id": person_id, "ids": [person_id]}).all()


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
        *NOTHING_MORE,
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
        *NOTHING_MORE,
    ).where(of_days)
    return weekly.union_all(dated, *more)


@cache
def _query_of_one(_dialect: str, who_take_time: tuple[TakenTimes, ...]) -> Select[*tuple[Any, ...]]:
    """The query for one person. Built once, because building it takes longer than answering it."""
    of_one: BindParameter[int] = bindparam("person_id")
    elsewhere = (_as_leave(query_of(_IDS, LONG_AGO, FAR_AHEAD)) for query_of in who_take_time)
    of_week, of_days = AvailabilityWeekly.person_id == of_one, AvailabilityDated.person_id == of_one
    times = _times(of_week, of_days, *elsewhere, pairs_of_one(of_one)).subquery()
    return (
        select(PersonLimits, times)
        .select_from(Person)
        .outerjoin(times, times.c.person_id == Person.id)
        .outerjoin(PersonLimits, PersonLimits.person_id == Person.id)
        .where(Person.id == of_one)
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
        *NOTHING_MORE,
    )
