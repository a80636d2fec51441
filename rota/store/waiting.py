"""Who asked to be told when a shift that is taken opens: they are asked first, in the order in which they said so.

It ends by itself: once the person is on the shift or gave it back, or the shift has begun.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.people.models import CLOSED, Person
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift
from rota.store.seats import SeatRow, is_own_shift, seats_where


class Waiting(db.Model):
    """Somebody who would take a seat of a shift in one duty, if one opened."""

    __tablename__ = "waiting"

    line_id: Mapped[int] = mapped_column(ForeignKey("cover_line.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    asked_at: Mapped[datetime]


def wait_for(line_id: int, person_id: int, *, now: datetime) -> bool:
    """Put somebody on the list of a cover line; return whether they were not on it yet."""
    values = {"line_id": line_id, "person_id": person_id, "asked_at": now}
    return db.insert_or_ignore(Waiting, values, key=("line_id", "person_id"))


def stop_waiting(line_id: int, person_id: int) -> bool:
    """Take somebody off the list of a cover line; return whether they were on it."""
    one = (Waiting.line_id == line_id) & (Waiting.person_id == person_id)
    return db.session.scalar(delete(Waiting).where(one).returning(Waiting.line_id)) is not None


def waiting_for(seat: SeatRow) -> list[int]:
    """Return who waits for a seat of this shift and duty, by person id, in the order in which they asked.

    People who are on the shift, and whose account is closed, are left out; whether it still fits them is another
    question (`candidates`). Takes one query.
    """
    on_it = (
        select(Assignment.person_id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .where(CoverLine.shift_id == seat.shift_id, Assignment.ended_at.is_(None))
    )
    rows = db.session.scalars(
        select(Waiting.person_id)
        .join(Person, Person.id == Waiting.person_id)
        .where(Waiting.line_id == seat.line_id, Waiting.person_id.not_in(on_it), Person.state.not_in(CLOSED))
        .order_by(Waiting.asked_at, Waiting.person_id)
    )
    return list(rows)


def lines_waited_for(person_id: int, *, now: datetime) -> list[SeatRow]:
    """Return the first seat of each cover line of a coming shift that a person waits for, without who has it."""
    lines = select(Waiting.line_id).where(Waiting.person_id == person_id)
    return seats_where(
        CoverLine.id.in_(lines),
        Seat.number == 1,
        Rota.version > 0,
        Shift.starts_at > now,
        ~is_own_shift(person_id),
        named=Assignment.person_id == person_id,
    )
