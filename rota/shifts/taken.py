"""The shifts that people have, for other domains: nothing else may be at that time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, String, func, select, type_coerce

from app.many_ids import among
from rota.store.models import Assignment, Channel, CoverLine, Seat, Shift
from rota.store.seats import between


def shifts_taken(
    ids: Collection[int] | BindParameter[Any], start: datetime, end: datetime
) -> Select[int, datetime, datetime, str]:
    """The query for the published seats of these people at least partly between two instants."""
    duty = func.replace(type_coerce(CoverLine.duty, String), "_", "-")
    return (
        select(Assignment.person_id, Shift.starts_at, Shift.ends_at, (Channel.name + ", " + duty).label("what"))
        .select_from(Shift)
        .join(Channel, Channel.id == Shift.channel_id)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Assignment, Assignment.seat_id == Seat.id)
        .where(
            among(Assignment.person_id, ids),
            Assignment.ended_at.is_(None),
            Shift.withdrawn_at.is_(None),
            *between(start, end),
        )
    )
