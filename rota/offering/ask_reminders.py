"""Tell people that they are asked for times, and remind those who have not answered, once. A recurring job.

Nothing is sent to people who are away; who comes back before the deadline is told then.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, not_, select, update

from app import db, settings
from app.outbox import queue
from app.people.models import CLOSED, Person
from rota.offering.asks import is_away_for
from rota.offering.notices import TimesAsked
from rota.scheduling.cover_pattern import instant
from rota.store.availability_asks import AvailabilityAsk, AvailabilityAsked

REMINDED_BEFORE = timedelta(days=2)
REMINDED_AT = time(9)  # when people read, on the organisation's clock
QUIET_AFTER_ASKING = timedelta(hours=24)  # a reminder on the day of the question would only nag


def tell_and_remind(now: datetime) -> None:
    """Queue what is due about every open ask. Safe to run at any time, and again."""
    zone = settings.current().zone
    open_asks = db.session.scalars(
        select(AvailabilityAsk).where(
            AvailabilityAsk.ended_at.is_(None), AvailabilityAsk.answer_by >= now.date() - timedelta(days=1)
        )
    ).all()
    for asked in open_asks:
        deadline = asked.deadline(zone)
        if deadline <= now:
            continue
        is_here = not_(is_away_for(asked, zone, now))
        _send(asked.id, _waiting(asked.id, AvailabilityAsked.told_at.is_(None), is_here), deadline, now=now)
        if reminder_at(asked.answer_by) <= now:
            lately = AvailabilityAsked.told_at <= now - QUIET_AFTER_ASKING
            due = _waiting(asked.id, AvailabilityAsked.reminded_at.is_(None) & lately, is_here)
            _send(asked.id, due, deadline, now=now, is_reminder=True)


def reminder_at(answer_by: date) -> datetime:
    """When those who have not answered by a day are reminded."""
    return instant(answer_by - REMINDED_BEFORE, REMINDED_AT, settings.current().zone)


def _waiting(ask_id: int, due: ColumnElement[bool], is_here: ColumnElement[bool]) -> Sequence[int]:
    return db.session.scalars(
        select(Person.id)
        .join(AvailabilityAsked, AvailabilityAsked.person_id == Person.id)
        .where(
            AvailabilityAsked.ask_id == ask_id,
            AvailabilityAsked.answered_at.is_(None),
            Person.state.not_in(CLOSED),
            due,
            is_here,
        )
        .order_by(Person.id)
    ).all()


def _send(ask_id: int, people: Sequence[int], deadline: datetime, *, now: datetime, is_reminder: bool = False) -> None:
    done = AvailabilityAsked.reminded_at if is_reminder else AvailabilityAsked.told_at
    for some in queue.batches(people):
        with db.writing():
            for person_id in some:
                queue.enqueue(
                    TimesAsked(ask_id, is_reminder),
                    to=person_id,
                    once=f"times-asked:{ask_id}:{person_id}:{'again' if is_reminder else 'first'}",
                    now=now,
                    deadline=deadline,
                )
            db.session.execute(
                update(AvailabilityAsked)
                .where(AvailabilityAsked.ask_id == ask_id, AvailabilityAsked.person_id.in_(some))
                .values({done: now})
            )
