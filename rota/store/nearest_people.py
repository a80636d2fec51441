"""The people most likely to be able to take a seat, as far as one query can tell."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select

from app import db
from app.people.models import CLOSED, Person, PersonState
from progression.standing import ever_signed_off_for
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind
from rota.store.seats import SeatRow

MOST_JUDGED = 150
"""How many people are judged for a seat: each takes a fraction of a millisecond."""


def nearest_to(
    seat: SeatRow, *, now: datetime, opened_only: bool = False, but_not: Collection[int] | Select[int | None] = ()
) -> tuple[list[int], int]:
    """Return the people most likely to be able to take a seat, as far as one query can tell, and how many are left out.

    First those signed off far enough who offer time on that day, then the others signed off, then everybody else. With
    `opened_only`, of those who have opened their account: who has not can be given a seat, and cannot take one. People
    of `but_not`, ids or a query for them, are left out altogether.
    """
    days = {seat.starts_at + timedelta(days=number) for number in (-1, 0, 1)}  # whatever the zone it was offered in
    offered = Person.id.in_(
        select(AvailabilityWeekly.person_id)
        .where(AvailabilityWeekly.weekday.in_({day.weekday() for day in days}))
        .union(
            select(AvailabilityDated.person_id).where(
                AvailabilityDated.kind == DatedKind.CAN,
                AvailabilityDated.starts_at < seat.ends_at,
                AvailabilityDated.ends_at > seat.starts_at,
            )
        )
    )
    signed_off = Person.id.in_(ever_signed_off_for(seat.duty, now))
    rows = db.session.execute(
        select(Person.id, func.count().over().label("everybody"))
        .where(
            Person.state == PersonState.ACTIVE if opened_only else Person.state.not_in(CLOSED),
            Person.id.not_in(but_not),
        )
        .order_by(case((signed_off & offered, 0), (signed_off, 1), else_=2), Person.id)
        .limit(MOST_JUDGED)
    ).all()
    return [row.id for row in rows], (rows[0].everybody - len(rows)) if rows else 0
