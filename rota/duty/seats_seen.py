"""The seats of others on shifts that somebody was on lately: people of whom they may write down what they saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, select

from app import db, settings
from app.domain import SeatSeen
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift
from rota.store.nights import Nights
from rota.store.seats import SeatRow, place_of, query_of_parts, query_of_seats

# What was seen is written down while it is remembered; our own choice.
FRESH = timedelta(days=28)


def seats_seen(observer_id: int, now: datetime, seat_id: int | None) -> Sequence[SeatSeen]:
    """The seats of others on the begun, published shifts of the past four weeks that somebody was on, the latest first.

    With `seat_id`, that seat alone, no matter who had it and whether the observer was on its shift. Who took a part
    of a seat has a row of their own. One query.
    """
    rows = _rows(observer_id, now, seat_id)
    beside: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        if row.person_id == observer_id:
            beside[row.shift_id].append(row.duty.value)
    wanted = (row for row in rows if (row.id == seat_id if seat_id is not None else row.person_id != observer_id))
    return _seen(wanted, beside)


def seats_had(person_id: int, now: datetime) -> Sequence[SeatSeen]:
    """The seats of a person on the begun, published shifts of the past four weeks, the latest first. One query."""
    return _seen((row for row in _rows(person_id, now, None) if row.person_id == person_id), {})


def _rows(observer_id: int, now: datetime, seat_id: int | None) -> list[SeatRow]:
    values = {"observer_id": observer_id, "seat_id": seat_id, "now": now, "since": now - FRESH}
    query = _OF_OBSERVER if seat_id is None else _OF_SEAT
    rows = (SeatRow._make(row) for row in db.session.execute(query, values))
    return sorted(rows, key=place_of, reverse=True)


def _seen(rows: Iterable[SeatRow], beside: Mapping[int, Sequence[str]]) -> list[SeatSeen]:
    nights = Nights(settings.current().zone)
    return [
        SeatSeen(
            seat_id=row.id,
            shift_id=row.shift_id,
            person_id=row.person_id,
            name=row.holder,
            duty=row.duty.value,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            channel=row.channel,
            channel_kind=row.channel_kind.value,
            is_night=nights.is_night(row.starts_at, row.ends_at),
            beside_as=tuple(beside.get(row.shift_id, ())),
        )
        for row in rows
        if row.person_id is not None and row.holder is not None
    ]


_FRESH = (
    Shift.withdrawn_at.is_(None),
    Rota.version > 0,
    Shift.starts_at <= bindparam("now"),
    Shift.starts_at > bindparam("since"),
)
_with_observer = (
    select(CoverLine.shift_id)
    .join(Seat, Seat.line_id == CoverLine.id)
    .join(Assignment, Assignment.seat_id == Seat.id)
    .where(Assignment.person_id == bindparam("observer_id"), Assignment.ended_at.is_(None))
)
_with_seat = select(CoverLine.shift_id).join(Seat, Seat.line_id == CoverLine.id).where(Seat.id == bindparam("seat_id"))


def _with_parts(shifts: Select[int]) -> CompoundSelect[Any]:
    """The seats of these shifts as far as they have begun of late, with those who took a part of one."""
    begun = (Shift.id.in_(shifts), *_FRESH)
    return query_of_seats().order_by(None).where(*begun).union_all(query_of_parts().where(*begun))


_OF_OBSERVER, _OF_SEAT = _with_parts(_with_observer), _with_parts(_with_seat)
