"""Confirming a shift in advance: a person says that they come. That they did not changes nothing by itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import audit, db
from app.people.models import Person
from rota.shifts.on_behalf import tell_whom_it_was_done_for
from rota.store.models import Assignment, Rota, Shift
from rota.store.said_of_seat_rows import Said, SaidOfSeat
from rota.store.said_of_seats import own_seat_ahead, say, take_back
from rota.store.seats import SeatRow, seats_where

CONFIRMED_AHEAD = timedelta(hours=48)
"""How far ahead those who plan look for shifts that nobody confirmed: from the first reminder on."""


def confirm(assignment_id: int, person: Person, *, now: datetime, by: Person | None = None) -> bool:
    """Record that a person comes to a shift of theirs; return whether it was new.

    `by` is somebody who plans and whom the person told so; the person gets an e-mail about it. Refuses a seat that the
    person does not have, and a shift that has begun.
    """
    db.lock_people([person.id])
    seat = own_seat_ahead(assignment_id, person.id, now=now)
    if not say(assignment_id, Said.COMES, by=(by or person).id, now=now):
        return False
    _record("confirmed", seat, person, by=by, now=now)
    if by is not None:
        tell_whom_it_was_done_for("confirmed", seat, person, by=by, now=now, once=f"confirmed:{assignment_id}")
    return True


def take_back_confirmation(assignment_id: int, person: Person, *, now: datetime, by: Person | None = None) -> bool:
    """Forget that a person confirmed a shift; return whether they had. The seat stays theirs."""
    db.lock_people([person.id])
    seat = own_seat_ahead(assignment_id, person.id, now=now)
    if not take_back(assignment_id, Said.COMES):
        return False
    _record("taken-back", seat, person, by=by, now=now)
    return True


def unconfirmed(now: datetime) -> list[SeatRow]:
    """Return the taken seats of published shifts that begin within CONFIRMED_AHEAD and that nobody confirmed.

    In order of time, in one query.
    """
    confirmed = select(SaidOfSeat.assignment_id).where(SaidOfSeat.what == Said.COMES)
    return seats_where(
        Rota.version > 0,
        Shift.starts_at > now,
        Shift.starts_at <= now + CONFIRMED_AHEAD,
        Assignment.id.is_not(None),
        Assignment.id.not_in(confirmed),
    )


def _record(what: str, seat: SeatRow, person: Person, *, by: Person | None, now: datetime) -> None:
    audit.record(
        f"rota.coming-{what}",
        by=(by or person).id,
        subject=f"person:{person.id}",
        now=now,
        details={"seat": seat.id, "assignment": seat.assignment_id},
    )
