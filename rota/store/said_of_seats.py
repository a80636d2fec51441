"""What people say of a seat that they have: that they come, or that they could stay on afterwards.

Both hold for one assignment: when the seat goes to somebody else, or the shift is over, they mean nothing any more.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select

from app import db
from app.refusals import Conflict, NotFound
from rota.store.models import Assignment, Rota
from rota.store.said_of_seat_rows import Said, SaidOfSeat
from rota.store.seats import SeatRow, seats_where


class TooLateToSay(Conflict):
    """The shift has begun, or is over."""


def own_seat_ahead(assignment_id: int, person_id: int, *, now: datetime, until_it_ends: bool = False) -> SeatRow:
    """Return a seat that a person has on a published shift, before it begins or, if asked, until it ends.

    Refuses any other as not found, and a later time.
    """
    rows = seats_where(Assignment.id == assignment_id, Assignment.person_id == person_id, Rota.version > 0)
    if not rows:
        raise NotFound("There is no such shift. It may have been given back, or have gone to somebody else.")
    if (rows[0].ends_at if until_it_ends else rows[0].starts_at) <= now:
        raise TooLateToSay("This shift is over." if until_it_ends else "This shift has begun already.")
    return rows[0]


def say(assignment_id: int, what: Said, *, by: int, now: datetime) -> bool:
    """Record something said of a seat; return whether it was new."""
    values = {"assignment_id": assignment_id, "what": what, "said_at": now, "by_id": by}
    return db.insert_or_ignore(SaidOfSeat, values, key=("assignment_id", "what"))


def take_back(assignment_id: int, what: Said) -> bool:
    """Forget something said of a seat; return whether it was there."""
    one = (SaidOfSeat.assignment_id == assignment_id) & (SaidOfSeat.what == what)
    return db.session.scalar(delete(SaidOfSeat).where(one).returning(SaidOfSeat.assignment_id)) is not None


def said_of(assignment_ids: Collection[int]) -> dict[tuple[int, Said], int]:
    """Return who said what of these seats, each by the id of its assignment and what it was, in one query."""
    rows = db.session.execute(
        select(SaidOfSeat.assignment_id, SaidOfSeat.what, SaidOfSeat.by_id).where(
            SaidOfSeat.assignment_id.in_(assignment_ids)
        )
    )
    return {(row.assignment_id, row.what): row.by_id for row in rows}
