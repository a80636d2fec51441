"""The vacant seats of coming shifts at the times that a person offers: what their pages suggest to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, false, or_

from app import db
from progression.duties import Duty
from progression.intervals import Interval
from rota.store.left_shifts import left_by
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift
from rota.store.seats import SeatRow, query_of_seats


def vacant_seats_for(
    person_id: int, start: datetime, end: datetime, duties: Collection[Duty], available: Sequence[Interval]
) -> list[SeatRow]:
    """Return the vacant, wanted seats in these duties of published shifts, in order of time.

    Only of shifts that start between two instants and lie within one of the available intervals, and of none that the
    person left.
    """
    values: dict[str, Any] = {"person_id": person_id, "now": start, "end": end, "duties": list(duties)}
    for number, each in enumerate(available):
        values |= {f"since_{number}": each.start, f"until_{number}": each.end}
    return [SeatRow._make(row) for row in db.session.execute(_query(len(available)), values)]


@lru_cache(maxsize=256)
def _query(intervals: int) -> Select[*tuple[Any, ...]]:
    """The query for so many available intervals: built once, because building it takes longer than answering it."""
    within = [
        (Shift.starts_at >= bindparam(f"since_{number}")) & (Shift.ends_at <= bindparam(f"until_{number}"))
        for number in range(intervals)
    ]
    return query_of_seats(named=false()).where(
        Rota.version > 0,
        Shift.withdrawn_at.is_(None),
        Shift.starts_at > bindparam("now"),
        Shift.starts_at < bindparam("end"),
        or_(false(), *within),
        CoverLine.duty.in_(bindparam("duties", expanding=True)),
        Seat.number <= CoverLine.wanted,
        Assignment.id.is_(None),
        Shift.id.not_in(left_by(bindparam("person_id"), now=bindparam("now"))),
    )
