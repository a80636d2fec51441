"""The times in which somebody is to be on call, and nobody is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app import clock, db
from progression.duties import Duty
from progression.intervals import Interval, merged
from rota.store.cover_needs import needed_on_call
from rota.store.models import Assignment, Channel, ChannelKind, CoverLine, Rota, Seat, Shift
from rota.store.seats import between


def gaps(start: datetime, until: datetime, *, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The times between two instants in which somebody is to be on call and nobody is.

    Somebody is to be on call when the pattern of an on-call line asks for it or a published shift has a seat for it; in
    an organisation with an on-call line and no pattern for it, at every hour. None where there is no on-call line, and
    none before the first day of the first published rota: an organisation that is setting up promises nothing yet.
    """
    first_day = db.session.scalar(select(func.min(Rota.starts_on)).where(Rota.version > 0))
    if first_day is None or (start := max(start, clock.starts(first_day, zone))) >= until:
        return ()
    rows = db.session.execute(
        select(Shift.starts_at, Shift.ends_at, Assignment.person_id)
        .join(CoverLine, CoverLine.shift_id == Shift.id)
        .join(Seat, Seat.line_id == CoverLine.id)
        .join(Rota, Rota.id == Shift.rota_id)
        .outerjoin(Assignment, (Assignment.seat_id == Seat.id) & Assignment.ended_at.is_(None))
        .where(
            Rota.version > 0,
            Shift.withdrawn_at.is_(None),
            CoverLine.duty == Duty.ON_CALL,
            *between(start, until),
        )
    ).all()
    needed = needed_on_call(start, until, zone=zone)
    if needed is None:
        needed = [Interval(start, until)] if rows or _has_line() else []
    planned = (Interval(max(row.starts_at, start), min(row.ends_at, until)) for row in rows)
    held = merged(Interval(row.starts_at, row.ends_at) for row in rows if row.person_id is not None)
    return tuple(gap for span in merged([*needed, *planned]) for gap in _without(span, held))


def _has_line() -> bool:
    on_call_line = select(Channel.id).where(Channel.kind == ChannelKind.ON_CALL).limit(1)
    return db.session.scalar(on_call_line) is not None


def _without(span: Interval, held: Iterable[Interval]) -> Iterator[Interval]:
    """The parts of a span outside some intervals, which are in order and apart."""
    since = span.start
    for each in held:
        if each.end <= since or each.start >= span.end:
            continue
        if each.start > since:
            yield Interval(since, each.start)
        since = each.end
    if since < span.end:
        yield Interval(since, span.end)
