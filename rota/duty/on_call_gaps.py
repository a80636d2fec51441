"""Coming hours in which nobody is named on call, for the alarm at the top of every page that staff read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app import db, settings
from app.health.troubles import Trouble
from app.pages.times import when
from progression.duties import Duty
from progression.intervals import Interval, merged
from rota.store.models import Assignment, Channel, ChannelKind, CoverLine, Rota, Seat, Shift

AHEAD = timedelta(hours=4)  # time to find somebody who can still sleep before it


def gaps(now: datetime, until: datetime) -> tuple[Interval, ...]:
    """The times from now on in which no published seat on call has a holder; none where there is no on-call line."""
    rows = db.session.execute(
        select(Shift.starts_at, Shift.ends_at)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Rota, Rota.id == Shift.rota_id)
        .join(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .where(Rota.version > 0, CoverLine.duty == Duty.ON_CALL, Shift.starts_at < until, Shift.ends_at > now)
    ).all()
    if not rows and db.session.scalar(select(Channel.id).where(Channel.kind == ChannelKind.ON_CALL).limit(1)) is None:
        return ()
    found, since = [], now
    for held in merged(Interval(row.starts_at, row.ends_at) for row in rows):
        if held.start > since:
            found.append(Interval(since, held.start))
        since = max(since, held.end)
    if since < until:
        found.append(Interval(since, until))
    return tuple(found)


def nobody_on_call(now: datetime) -> Sequence[Trouble]:
    """An alarm where one of the next hours has nobody on call by name."""
    coming = gaps(now, now + AHEAD)
    if not coming:
        return ()
    zone = settings.current().zone
    first = coming[0]
    since = "now" if first.start == now else when(first.start, zone)
    until = "" if first.end == now + AHEAD else f" until {when(first.end, zone)}"
    return (
        Trouble(
            "on-call",
            f"Nobody is on call from {since}{until} ({zone.key}). Who needs help then finds no number to ring.",
            "Give the seat to somebody in the rota of the on-call line, and publish it.",
            stops_service=False,
        ),
    )
