"""Saving the page of a month, whole: what was painted, limits, days away, what is copied from the month before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, db
from app.outbox import queue
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.notice import private_kinds
from app.people.models import Person, PersonState
from app.refusals import Invalid
from rota.offering.notices import TimesEnteredForYou
from rota.offering.painting import Painted, copy_month, paint_week
from rota.store.availability import count_shifts_within, remove_exception, set_leave
from rota.store.availability_asks import note_answers, note_entry
from rota.store.limits import limits_of, set_limits

ONE_CALL = timedelta(minutes=10)
"""How long after an entry its e-mail waits: what is entered in one telephone call comes in one e-mail."""
SEND_WITHIN = timedelta(days=2)


@dataclass(frozen=True)
class Asked:
    """What the form of a month asks for."""

    painted: Painted
    limits: Mapping[str, int | None] = field(default_factory=dict)
    """Only those that the page has; the others stay."""
    away: tuple[date | None, date | None] = (None, None)
    copies: bool = False
    takes_back: int | None = None
    answers: bool = False
    """Whether it answers those who asked for these times: the button that saves, and no other."""


@dataclass(frozen=True)
class Saved:
    """What saving came to."""

    copied: int | None = None
    """How many times were copied; None where nobody asked for it."""
    clashing: int = 0
    """How many shifts somebody still has in the days away that they entered."""
    answered: int = 0
    """How many questions were waiting for it."""


def save_month(person_id: int, month: date, asked: Asked, *, zone: ZoneInfo, by: int, now: datetime) -> Saved:
    """Save the month of a person, whose days run by `zone`; `by` is who enters it.

    Refuses what the single use cases refuse, and one day away without the other.
    """
    since, until = asked.away
    if (since is None) != (until is None):
        raise Invalid(
            "Give the first and the last day away, or neither.", field="away_from" if since is None else "away_until"
        )
    paint_week(person_id, asked.painted, on=month, by=by, now=now)
    if asked.limits:
        kept = limits_of(person_id)
        set_limits(person_id, by=by, now=now, **{**(kept.figures if kept else {}), **asked.limits})
    clashing = 0
    if since is not None and until is not None:
        clashing = count_shifts_within(set_leave(person_id, since, until, zone=zone, now=now, by=by))
    if asked.takes_back is not None:
        remove_exception(person_id, asked.takes_back, now=now)
    copied = copy_month(person_id, month, zone=zone, by=by, now=now) if asked.copies else None
    note_who_entered(person_id, by=by, now=now)
    last = clock.months_after(month, 1) - timedelta(days=1)
    return Saved(copied, clashing, note_answers(person_id, month, last, now=now) if asked.answers else 0)


def note_who_entered(person_id: int, *, by: int, now: datetime) -> None:
    """Note who entered a person's times, and tell them by e-mail if it was somebody else and an e-mail reaches them."""
    if note_entry(person_id, by=by, now=now) and _can_be_written_to(person_id):
        queue.enqueue(
            TimesEnteredForYou(now.isoformat()),
            to=person_id,
            once=f"times-entered:{person_id}:{now.isoformat()}",
            now=now,
            deadline=now + SEND_WITHIN,
            not_before=now + ONE_CALL,
        )


def _can_be_written_to(person_id: int) -> bool:
    """Whether somebody has opened their account, and their newest e-mail was not refused by their mail server."""
    person = db.session.get_one(Person, person_id)
    newest = db.session.scalar(
        select(OutboxRow.state)
        .where(
            OutboxRow.person_id == person_id,
            OutboxRow.finished_at.is_not(None),
            OutboxRow.kind.not_in(private_kinds()),
        )
        .order_by(OutboxRow.finished_at.desc())
        .limit(1)
    )
    return person.state == PersonState.ACTIVE and newest != DeliveryState.REFUSED
