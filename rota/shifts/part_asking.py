"""Asking the people whom an offered part of a shift fits, a few at a time, if who offers it wants that.

In the waves of empty seats and by their rules: nobody in their night, nobody who said no to the shift, and nobody
learns who else was asked, not even who offers the hours. They come for all of the shift until somebody takes them, so
where nobody is left to ask nobody has to do anything.
"""

from __future__ import annotations

from datetime import datetime

from app import audit, db
from app.people.models import Person
from app.refusals import NotFound
from rota.exchanges import changes
from rota.exchanges.models import ChangeKind, ChangeState, SeatChange
from rota.exchanges.parts import PartToTake, part_to_take
from rota.shifts.offers import ask_wave, fitting, is_due, locked_askings, thank
from rota.store.models import Seat, Shift
from rota.store.seat_asks import SeatAsk, SeatAsking, asks_of, open_askings_about_parts
from rota.store.seat_parts import parts_of_shift
from rota.store.seats import seats_where


def ask_around(change_id: int, *, by: Person, now: datetime) -> bool:
    """Let the people be asked whom an offered part fits; return whether that is new. The next tick asks the first.

    `by` is who offers it, or somebody who plans. Refuses anything else as not found, and an offer that has ended.
    """
    change = changes.locked(change_id)
    if change.kind is not ChangeKind.PART or change.asker_id is None:
        raise NotFound(changes.NO_SUCH_CHANGE)
    changes.may_act_for(change.asker_id, by.id, now=now)
    changes.refuse_ended(change, now=now)
    if open_askings_about_parts(change_id):
        return False
    seat_id = change.moves[0].seat_id
    db.session.add(SeatAsking(seat_id=seat_id, offer_id=change_id, begun_at=now, begun_by_id=by.id, wave=0))
    details = {"seat": seat_id}
    audit.record("rota.part-asked-about", by=by.id, subject=f"seat_change:{change_id}", now=now, details=details)
    return True


def ask_about_parts(now: datetime) -> None:
    """Ask the next people about each part that is due, and thank the others once somebody has it.

    A job that may run at any time, and again: it reads first, so that no writing transaction waits for it.
    """
    askings = open_askings_about_parts()
    asked = asks_of([asking.id for asking in askings])
    waves: dict[int, tuple[int, PartToTake, list[int]]] = {}
    over: list[int] = []
    for asking in askings:
        part = part_to_take(asking.offer_id or 0, now=now)
        if part is None or not part.change.is_pending:
            over.append(asking.id)
        elif part.change.state is ChangeState.OPEN and is_due(asking, part.seat, asked[asking.id], now):
            found = _fitting(part, asked[asking.id], now=now)
            if found:
                waves[asking.id] = asking.wave, part, found
    db.session.rollback()
    if not waves and not over:
        return
    with db.writing():
        still = locked_askings({*waves, *over})
        # Another worker may have asked meanwhile: then this wave was asked.
        due = {number: wave for number, wave in waves.items() if number in still and still[number].wave == wave[0]}
        ask_wave({number: (still[number], part.seat, people) for number, (_, part, people) in due.items()}, now=now)
        for number in over:
            if number in still:
                _close(still[number], now=now)


def _fitting(part: PartToTake, asked: list[SeatAsk], *, now: datetime) -> list[int]:
    """The next people to ask about a part: not who has the seat, nor who works other hours of that shift."""
    seat, shift_id = part.seat, part.seat.shift_id
    not_asked = {ask.person_id for ask in asked} | {part.holder_id}
    not_asked |= {each.person_id for each in parts_of_shift(shift_id) if each.person_id is not None}
    at_that_time = [
        seat if each.id == seat.id else each._replace(starts_at=seat.starts_at, ends_at=seat.ends_at)
        for each in seats_where(Shift.id == shift_id)
    ]
    return list(fitting(seat, not_asked, now=now, of_shift=at_that_time).now)


def _close(asking: SeatAsking, *, now: datetime) -> None:
    """Close an asking about a part that is no longer offered; thank those who were asked where somebody has it."""
    change = db.session.get_one(SeatChange, asking.offer_id)
    move = change.moves[0]
    seats = seats_where(Seat.id == move.seat_id) if change.state is ChangeState.APPLIED else []
    if not seats or move.part is None:
        asking.closed_at = now
        return
    taken = seats[0]._replace(starts_at=move.part.start, ends_at=move.part.end, person_id=move.to_person_id)
    thank([(asking, taken)], now=now)
