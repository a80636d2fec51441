"""The seats of coming shifts at the times that a person offers, vacant or taken: what their pages suggest to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, false, select
from sqlalchemy.orm import aliased

from app import db
from progression.duties import Duty
from progression.intervals import Interval, merged
from rota.store.left_shifts import left_by
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift
from rota.store.seats import SeatRow, query_of_seats

NO_OTHERS = false()


def vacant_seats_for(
    person_id: int,
    start: datetime,
    end: datetime,
    duties: Collection[Duty],
    available: Sequence[Interval],
    *,
    also: ColumnElement[bool] = NO_OTHERS,
) -> list[SeatRow]:
    """Return the vacant, wanted seats in these duties of published shifts, in order of time.

    Only of shifts that start between two instants and lie within one of the available intervals, and of none that the
    person left. `also` is the condition on seats that somebody has and that may be taken all the same; the
    queries that it makes are kept, so it is a constant.
    """
    return _seats(lambda intervals: _query(intervals, also), person_id, start, end, duties, available)


def taken_seats_for(
    person_id: int, start: datetime, end: datetime, duties: Collection[Duty], available: Sequence[Interval]
) -> list[SeatRow]:
    """Return the taken, wanted seats in these duties where no seat of the shift and duty is vacant, as for vacant ones.

    Without shifts that the person is on. They do not say who has them.
    """
    return _seats(_query_of_taken, person_id, start, end, duties, available)


def _seats(
    query: Callable[[int], Select[*tuple[Any, ...]]],
    person_id: int,
    start: datetime,
    end: datetime,
    duties: Collection[Duty],
    available: Sequence[Interval],
) -> list[SeatRow]:
    values: dict[str, Any] = {"person_id": person_id, "now": start, "end": end, "duties": list(duties)}
    times = merged(available)
    for number, each in enumerate(times):
        values |= {f"since_{number}": each.start, f"until_{number}": each.end}
    return [SeatRow._make(row) for row in db.session.execute(query(len(times)), values)]


@lru_cache(maxsize=256)
def _query(intervals: int, also: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The query for so many available intervals: built once, because building it takes longer than answering it."""
    return query_of_seats(named=false()).where(
        Rota.version > 0,
        Shift.withdrawn_at.is_(None),
        Shift.starts_at > bindparam("now"),
        Shift.starts_at < bindparam("end"),
        _is_within(range(intervals)),
        CoverLine.duty.in_(bindparam("duties", expanding=True)),
        Seat.number <= CoverLine.wanted,
        Assignment.id.is_(None) | (also & (Assignment.person_id != bindparam("person_id"))),
        Shift.id.not_in(left_by(bindparam("person_id"), now=bindparam("now"))),
    )


@lru_cache(maxsize=256)
def _query_of_taken(intervals: int) -> Select[*tuple[Any, ...]]:
    """The query for taken seats at the times of so many intervals."""
    other, held = aliased(Seat), aliased(Assignment)
    a_vacant_one = (
        select(other.id)
        .outerjoin(held, (held.seat_id == other.id) & held.ended_at.is_(None))
        .where(other.line_id == CoverLine.id, other.number <= CoverLine.wanted, held.id.is_(None))
        .exists()
    )
    own = (
        select(CoverLine.shift_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(Assignment.person_id == bindparam("person_id"), Assignment.ended_at.is_(None))
    )
    return query_of_seats(named=false()).where(
        Rota.version > 0,
        Shift.withdrawn_at.is_(None),
        Shift.starts_at > bindparam("now"),
        Shift.starts_at < bindparam("end"),
        _is_within(range(intervals)),
        CoverLine.duty.in_(bindparam("duties", expanding=True)),
        Seat.number <= CoverLine.wanted,
        Assignment.id.is_not(None),
        ~a_vacant_one,
        Shift.id.not_in(own),
    )


def _is_within(numbers: range) -> ColumnElement[bool]:
    """The condition that a shift lies within one of these intervals, which are in order and apart.

    Halved again and again, so that each of many shifts is compared with a few of them.
    """
    if not numbers:
        return false()
    if len(numbers) == 1:
        number = numbers[0]
        return (Shift.starts_at >= bindparam(f"since_{number}")) & (Shift.ends_at <= bindparam(f"until_{number}"))
    half = len(numbers) // 2
    since = bindparam(f"since_{numbers[half]}", type_=Shift.starts_at.type)
    earlier, later = _is_within(numbers[:half]), _is_within(numbers[half:])
    return ((Shift.starts_at < since) & earlier) | ((Shift.starts_at >= since) & later)
