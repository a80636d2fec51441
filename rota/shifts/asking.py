"""Asking at once, for somebody who plans: the next five people about an empty seat, or one whom they chose."""

from __future__ import annotations

from datetime import datetime

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict
from rota.shifts.offers import ask_wave, begin_asking, fitting, queue_question
from rota.store.asking_hours import may_be_asked_from
from rota.store.assignments import lock_rota
from rota.store.left_shifts import who_left
from rota.store.seat_asks import SeatAsk, asks_of, open_askings, who_said_no
from rota.store.seat_reasons import reasons_against
from rota.store.seats import SeatRow, get_seat

WORDS_NOBODY = "Nobody is left whom this seat fits and who was not asked. Look for the smallest change that fills it."
WORDS_ASLEEP = "Those whom it fits are in their night, and have not said that they may be asked then."


def ask_next(seat_id: int, *, by: int, now: datetime) -> int:
    """Ask the next people about a seat at once, for somebody who plans; return how many were asked.

    Looks for them before `db.writing()` would be opened, and opens it itself. Refuses a seat that is not empty, and one
    for which nobody is left whom Nightlight may ask now.
    """
    seat = _empty(seat_id, now)
    asking = next((each for each in open_askings() if each.seat_id == seat_id), None)
    wave = asking.wave if asking else 0
    found = fitting(seat, {ask.person_id for ask in asks_of([asking.id])[asking.id]} if asking else (), now=now)
    if not found.now:
        raise Conflict(WORDS_ASLEEP if found.before_it_begins or found.asleep else WORDS_NOBODY)
    db.session.rollback()
    with db.writing():
        lock_rota(seat.rota_id)
        seat = _empty(seat_id, now)
        kept = begin_asking(seat, by=by, now=now)
        if kept.wave != wave:
            raise Conflict("Somebody was a moment quicker and asked the next people already.")
        ask_wave({kept.id: (kept, seat, found.now)}, now=now)
        audit.record("rota.seat-asked", by=by, subject=f"rota:{seat.rota_id}", now=now, details={"seat": seat_id})
    return len(found.now)


def ask_one(seat_id: int, person_id: int, *, by: int, now: datetime) -> None:
    """Ask one person about a seat, whom somebody who plans chose.

    Refuses a seat that is not empty; somebody whom it does not fit, who was asked already, left the shift or said no to
    it; and somebody in their night. A no is not told from having been asked.
    """
    db.lock_people([person_id])
    lock_rota(get_seat(seat_id).rota_id)
    seat = _empty(seat_id, now)
    person = db.session.get_one(Person, person_id)
    asking = begin_asking(seat, by=by, now=now)
    was_asked = {ask.person_id for ask in asks_of([asking.id])[asking.id]} | who_said_no(seat.shift_id)
    if person_id in was_asked:
        raise Conflict(f"{person.display_name} was asked about this shift already.")
    if person_id in who_left(seat.shift_id):
        raise Conflict(f"{person.display_name} gave this shift back or was taken off it, so nobody asks them.")
    if may_be_asked_from([person_id], now=now)[person_id] > now:
        raise Conflict(
            f"It is night where {person.display_name} is, and they have not said that they may be asked then."
        )
    if reasons := reasons_against(person, seat, now=now):
        raise Conflict(*reasons)
    asking.wave, asking.asked_at = asking.wave + 1, now  # a wave of one: the five best wait until it had its time
    ask = SeatAsk(asking_id=asking.id, person_id=person_id, wave=asking.wave, asked_by_id=by, asked_at=now)
    db.session.add(ask)
    db.session.flush()
    queue_question(person_id, [(ask, seat)], now=now)
    audit.record("rota.seat-asked", by=by, subject=f"rota:{seat.rota_id}", now=now, details={"seat": seat_id})


def _empty(seat_id: int, now: datetime) -> SeatRow:
    seat = get_seat(seat_id)
    if seat.starts_at <= now:
        raise Conflict("This shift has begun, so nobody is asked about it any more.")
    if seat.is_taken:
        raise Conflict("Somebody has this seat already, so nobody else needs to be asked.")
    if not seat.is_open:
        raise Conflict("This seat is not published, so nobody can be asked about it yet.")
    return seat
