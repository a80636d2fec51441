"""The times in which nobody is named on call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import db
from progression.duties import Duty
from progression.intervals import Interval, merged
from rota.store.models import Assignment, Channel, ChannelKind, CoverLine, Rota, Seat, Shift


def gaps(start: datetime, until: datetime) -> tuple[Interval, ...]:
    """The times between two instants in which no published seat on call has a holder.

    None where the organisation has no on-call line.
    """
    rows = db.session.execute(
        select(Shift.starts_at, Shift.ends_at)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Rota, Rota.id == Shift.rota_id)
        .join(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .where(Rota.version > 0, CoverLine.duty == Duty.ON_CALL, Shift.starts_at < until, Shift.ends_at > start)
    ).all()
    if not rows and db.session.scalar(select(Channel.id).where(Channel.kind == ChannelKind.ON_CALL).limit(1)) is None:
        return ()
    found, since = [], start
    for held in merged(Interval(row.starts_at, row.ends_at) for row in rows):
        if held.start > since:
            found.append(Interval(since, held.start))
        since = max(since, held.end)
    if since < until:
        found.append(Interval(since, until))
    return tuple(found)
