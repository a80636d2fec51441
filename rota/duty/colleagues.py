"""The people beside whom somebody worked lately: those whom they may thank."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import db
from app.people.models import Person, PersonState
from rota.duty.seats_seen import FRESH
from rota.store.models import Assignment, CoverLine, Rota, Seat, Shift


def colleagues_lately(person_id: int, now: datetime) -> Mapping[int, str]:
    """The people who had a published seat on a begun shift of the past four weeks on which this person had one, too."""
    own_line, own_seat, own = aliased(CoverLine), aliased(Seat), aliased(Assignment)
    query = (
        select(Person.id, Person.display_name)
        .join(Assignment, Assignment.person_id == Person.id)
        .join(Seat, Seat.id == Assignment.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .join(Rota, Rota.id == Shift.rota_id)
        .join(own_line, own_line.shift_id == Shift.id)
        .join(own_seat, own_seat.line_id == own_line.id)
        .join(own, own.seat_id == own_seat.id)
        .where(
            own.person_id == person_id,
            own.ended_at.is_(None),
            Assignment.ended_at.is_(None),
            Person.id != person_id,
            Person.state == PersonState.ACTIVE,
            Shift.withdrawn_at.is_(None),
            Rota.version > 0,
            Shift.starts_at <= now,
            Shift.starts_at > now - FRESH,
        )
        .distinct()
    )
    return {row.id: row.display_name for row in db.session.execute(query)}
