"""The shifts that people have, for other domains: nothing else may be at that time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, String, func, select, type_coerce

from app.many_ids import among
from rota.store.models import Assignment, Channel, CoverLine, Seat, Shift
from rota.store.seat_part_rows import SeatPart
from rota.store.seats import between


def shifts_taken(
    ids: Collection[int] | BindParameter[Any], start: datetime, end: datetime
) -> Select[int, datetime, datetime, str]:
    """The query for the published seats, and parts of seats, of these people at least partly between two instants.

    A seat takes all of its time, also where others took parts of it: who has it answers for it.
    """
    held = _query(Assignment.person_id, Shift.starts_at, Shift.ends_at, start, end)
    parts = _query(SeatPart.person_id, SeatPart.starts_at, SeatPart.ends_at, start, end)
    parts = parts.join(SeatPart, SeatPart.assignment_id == Assignment.id)
    taken = parts.where(among(SeatPart.person_id, ids), SeatPart.ended_at.is_(None), SeatPart.ends_at > start)
    both = held.where(among(Assignment.person_id, ids)).union_all(taken.where(SeatPart.starts_at < end)).subquery()
    return select(both.c.person_id, both.c.starts_at, both.c.ends_at, both.c.what)


def _query(person: Any, starts_at: Any, ends_at: Any, start: datetime, end: datetime) -> Select[*tuple[Any, ...]]:
    duty = func.replace(type_coerce(CoverLine.duty, String), "_", "-")
    return (
        select(person, starts_at, ends_at, (Channel.name + ", " + duty).label("what"))
        .select_from(Shift)
        .join(Channel, Channel.id == Shift.channel_id)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(
            Assignment.ended_at.is_(None),
            Shift.withdrawn_at.is_(None),
            *between(start, end),
        )
    )
