"""The shifts of one person, read once for a page: their seats and parts, and who is on with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, exists, false, select

from app import db
from rota.store.models import Assignment, CoverLine, Seat, Shift
from rota.store.said_of_seat_rows import Said, SaidOfSeat
from rota.store.seat_part_rows import SeatPart
from rota.store.seat_parts import as_worked
from rota.store.seats import LONGEST_ROTA, SeatRow, place_of, query_of_parts, query_of_seats


def _query() -> CompoundSelect[*tuple[Any, ...]]:
    """One query for seats and parts, because every page of somebody asks it."""
    held = (
        select(CoverLine.shift_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(Assignment.ended_at.is_(None), Shift.ends_at > bindparam("long_since"))
    )
    taken = held.join(SeatPart, SeatPart.assignment_id == Assignment.id).where(
        SeatPart.person_id == bindparam("person_id"), SeatPart.ended_at.is_(None)
    )
    own = held.where(Assignment.person_id == bindparam("person_id")).union(taken)
    confirmed = exists().where(SaidOfSeat.assignment_id == Assignment.id, SaidOfSeat.what == Said.COMES)
    seats = query_of_seats(own).order_by(None).add_columns(confirmed.label("is_confirmed"))
    parts = query_of_parts(own).add_columns(false().label("is_confirmed"))
    is_own = Assignment.person_id == bindparam("person_id")
    return _since(seats, is_own).union_all(_since(parts, is_own | (SeatPart.person_id == bindparam("person_id"))))


def _since(query: Select[*tuple[Any, ...]], is_own: Any) -> Select[*tuple[Any, ...]]:
    return query.where(Shift.withdrawn_at.is_(None), (Shift.ends_at > bindparam("since")) | is_own)


# Built once, because building it takes longer than answering it; so are other queries that every page of somebody asks.
_OF_OWN_SHIFTS = _query()


@db.cached_per_request
def _read_own_shifts(person_id: int, since: datetime) -> tuple[list[SeatRow], frozenset[int]]:
    """The seats of `seats_of_own_shifts`, and the assignments among them whose people confirmed that they come."""
    values = {"person_id": person_id, "since": since, "long_since": since - LONGEST_ROTA}
    seats: list[SeatRow] = []
    parts: list[SeatRow] = []
    confirmed = []
    for *row, is_confirmed in db.session.execute(_OF_OWN_SHIFTS, values):
        seat = SeatRow._make(row)
        (parts if seat.is_part else seats).append(seat)
        if is_confirmed:
            confirmed.append(seat.assignment_id)
    seats.sort(key=place_of)
    return as_worked(seats, parts), frozenset(each for each in confirmed if each is not None)


def seats_of_own_shifts(person_id: int, since: datetime) -> list[SeatRow]:
    """Return who works which seat, colleagues included, on a person's shifts that end after an instant.

    Before it come the person's own seats alone, as far back as a rota may have begun that is still under way: the rules
    that count over a rota count them. A seat with parts that others took has a row for each time span.
    """
    return _read_own_shifts(person_id, since)[0]


def is_confirmed(seat: SeatRow, *, since: datetime) -> bool:
    """Whether the person who has a seat, one of their own shifts since an instant, confirmed that they come."""
    if seat.person_id is None or seat.is_part:
        return False
    return seat.assignment_id in _read_own_shifts(seat.person_id, since)[1]
