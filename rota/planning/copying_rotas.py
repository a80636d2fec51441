"""Copying a rota: the same channels and as many days, whole weeks later, with the shifts that were added by hand.

The shifts of the pattern are those that channels ask for on the new days, so that bank holidays and closures hold.
Nobody is on the copy: who may be on it is another question on other days, which a proposal answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock, db, settings
from app.refusals import Invalid
from rota.planning.new_rota import make_rota
from rota.planning.shifts_of_rota import add_one_off
from rota.scheduling.cover_pattern import Need, PlannedShift, instant
from rota.store.models import CoverLine, Rota, Shift
from rota.store.one_off_shifts import OneOffShift
from rota.store.seats import get_rota


def copy_rota(rota_id: int, title: str, starts_on: date, *, by: int, now: datetime) -> Rota:
    """Make a rota like another one, from a day that is whole weeks later. Refuses any other day."""
    rota = get_rota(rota_id)
    by_days = starts_on - rota.starts_on
    if by_days <= timedelta(0) or by_days.days % 7:
        raise Invalid(
            f"Choose a day whole weeks after {rota.starts_on.day} {rota.starts_on:%B}, so that each day stays the same "
            "day of the week.",
            field="starts_on",
        )
    channels = select(Shift.channel_id).where(Shift.rota_id == rota.id, Shift.withdrawn_at.is_(None)).distinct()
    ids = sorted(db.session.scalars(channels))
    copy = make_rota(title, starts_on, rota.ends_on + by_days, ids, by=by, now=now)
    zone = settings.current().zone
    for shift in _by_hand(rota):
        add_one_off(copy.id, shift.channel_id, _later(shift, by_days, zone), by=by, now=now)
    return copy


def _by_hand(rota: Rota) -> list[Shift]:
    return list(
        db.session.scalars(
            select(Shift)
            .join(OneOffShift, OneOffShift.shift_id == Shift.id)
            .where(Shift.rota_id == rota.id, Shift.withdrawn_at.is_(None))
            .options(selectinload(Shift.lines).selectinload(CoverLine.seats))
            .order_by(Shift.starts_at)
        )
    )


def _later(shift: Shift, by_days: timedelta, zone: ZoneInfo) -> PlannedShift:
    """The shift on the same clock, days later."""
    starts, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
    day = clock.on(shift.starts_at, zone) + by_days
    needs = tuple(Need(line.duty, line.minimum, line.wanted, line.most) for line in shift.lines)
    times = instant(day, starts.time(), zone), instant(ends.date() + by_days, ends.time(), zone)
    return PlannedShift(day, *times, shift.label, needs)
