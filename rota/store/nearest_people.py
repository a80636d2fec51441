"""The people most likely to be able to take a seat, as far as one query can tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select

from app import db, settings
from app.people.models import CLOSED, Person, PersonState
from progression.standing import ever_signed_off_for
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind
from rota.store.seats import SeatRow

MOST_JUDGED = 100
"""How many people are judged for a seat: each takes a fraction of a millisecond."""


def nearest_to(
    seat: SeatRow, *, now: datetime, opened_only: bool = False, but_not: Collection[int] | Select[int | None] = ()
) -> tuple[list[int], int]:
    """Return the people most likely to be able to take a seat, as far as one query can tell, and how many are left out.

    First those signed off far enough who offer the hour at which it starts, then those who offer time on that day, then
    the others signed off, then everybody else. With `opened_only`, of those who have opened their account: who has not
    can be given a seat, and cannot take one. People of `but_not`, ids or a query for them, are left out altogether.
    """
    days = {seat.starts_at + timedelta(days=number) for number in (-1, 0, 1)}  # whatever the zone it was offered in
    that_day = select(AvailabilityWeekly.person_id).where(
        AvailabilityWeekly.weekday.in_({day.weekday() for day in days})
    )
    by_date = select(AvailabilityDated.person_id).where(
        AvailabilityDated.kind == DatedKind.CAN,
        AvailabilityDated.starts_at < seat.ends_at,
        AvailabilityDated.ends_at > seat.starts_at,
    )
    offered = Person.id.in_(that_day.union(by_date))
    offered_the_hour = Person.id.in_(that_day.where(_has_the_start_of(seat)).union(by_date))
    signed_off = Person.id.in_(ever_signed_off_for(seat.duty, now))
    rows = db.session.execute(
        select(Person.id, func.count().over().label("everybody"))
        .where(
            Person.state == PersonState.ACTIVE if opened_only else Person.state.not_in(CLOSED),
            Person.id.not_in(but_not),
        )
        .order_by(
            case((signed_off & offered_the_hour, 0), (signed_off & offered, 1), (signed_off, 2), else_=3), Person.id
        )
        .limit(MOST_JUDGED)
    ).all()
    return [row.id for row in rows], (rows[0].everybody - len(rows)) if rows else 0


def _has_the_start_of(seat: SeatRow) -> ColumnElement[bool]:
    """The condition that a weekly time may have the start of a shift in it; of one in another zone no hour is asked."""
    zone = settings.current().zone
    starts = seat.starts_at.astimezone(zone)
    of, at = AvailabilityWeekly, starts.time()
    over_midnight = of.ends <= of.starts
    begun_that_day = (of.weekday == starts.weekday()) & (of.starts <= at) & (over_midnight | (of.ends > at))
    begun_the_day_before = (of.weekday == (starts.weekday() - 1) % 7) & over_midnight & (of.ends > at)
    return (of.zone_name != zone.key) | begun_that_day | begun_the_day_before
