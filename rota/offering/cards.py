"""Cards for Today: that somebody is asked for their times and, for those who plan, who has not answered in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from rota.offering.asks import Answer, counts_of
from rota.permissions import RotaPermission
from rota.store.availability_asks import AvailabilityAsk, waiting_for

SHOWN_FOR = timedelta(days=14)
"""How long after a deadline who plans is shown that some have not answered."""
MOST_SHOWN = 2


def asked_for_times(person: Person, now: datetime) -> Card | None:
    """Show somebody that they are asked for their times."""
    today = clock.on(now, settings.current().zone)
    waiting = waiting_for(person.id, today=today)
    if not waiting:
        return None
    month = f"{max(waiting[0].starts_on, today):%Y-%m}"
    return Card("rota/cards/asked_for_times.html", {"ask": waiting[0], "month": month}, order=15, may_be_lit=True)


def not_answered(person: Person, now: datetime) -> Card | None:
    """Show those who plan who did not answer by the deadline."""
    zone = settings.current().zone
    today = clock.on(now, zone)
    if RotaPermission.PLAN not in permissions_of(person.id, on=today):
        return None
    late = db.session.scalars(
        select(AvailabilityAsk)
        .where(
            AvailabilityAsk.ended_at.is_(None),
            AvailabilityAsk.answer_by < today,
            AvailabilityAsk.answer_by >= today - SHOWN_FOR,
        )
        .order_by(AvailabilityAsk.answer_by.desc())
        .limit(MOST_SHOWN)
    ).all()
    waiting = [(each, counts_of(each, zone=zone, now=now)[Answer.WAITING]) for each in late]
    shown = [(each, count) for each, count in waiting if count]
    return Card("rota/cards/not_answered.html", {"shown": shown}, order=25) if shown else None
