"""The shifts that somebody could have at another time: open ones that do not fit yet, and taken ones that would.

For a taken one a person can ask to be told when it opens: those who wait are asked first, in the order of asking.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import false

from app import audit
from app.people.models import Person
from app.refusals import Conflict, NotFound
from progression.duties import Duty
from progression.intervals import FOR_EVER, Interval
from progression.standing import standing_of
from rota.exchanges.changes import DoesNotFit
from rota.shifts.claims_and_drops import OPEN_SHIFTS_AHEAD, first_of_each, times_to_look_at
from rota.shifts.on_behalf import tell_whom_it_was_done_for
from rota.store.models import Seat
from rota.store.open_seats import taken_seats_for, vacant_seats_for
from rota.store.own_shifts import seats_of_own_shifts
from rota.store.seat_reasons import reasons_against_each, those_that_fit
from rota.store.seats import SeatRow, seats_where
from rota.store.waiting import stop_waiting, wait_for

MOST_SHOWN = 40
"""How many shifts of each kind a page shows, the soonest first."""


class IsOpen(Conflict):
    """The seat is open, so there is nothing to wait for."""


def open_that_do_not_fit(person: Person, fitting: Collection[SeatRow], *, now: datetime) -> list[SeatRow]:
    """Return the open seats of the next four weeks in duties of the person that are not among those that fit.

    A duty is theirs once they were cleared for it, also where the clearance ended: then they read what is missing.
    """
    until = now + OPEN_SHIFTS_AHEAD
    duties = [Duty(duty) for duty, spans in standing_of(person.id, now).clearances.items() if spans]
    if not duties:
        return []
    known = {(seat.shift_id, seat.duty) for seat in fitting}
    own = {seat.shift_id for seat in seats_of_own_shifts(person.id, now) if seat.person_id == person.id}
    vacant = first_of_each(vacant_seats_for(person.id, now, until, duties, (Interval(now, FOR_EVER),)))
    others = [seat for seat in vacant if (seat.shift_id, seat.duty) not in known and seat.shift_id not in own]
    return others[:MOST_SHOWN]


def taken_that_fit(person: Person, fitting: Collection[SeatRow] = (), *, now: datetime) -> list[SeatRow]:
    """Return a seat of each shift and duty of the next four weeks that is taken and that the person could have.

    Without those they may take at once all the same (`fitting`), as their holders ask for cover.
    """
    until = now + OPEN_SHIFTS_AHEAD
    duties = [Duty(duty) for duty, spans in standing_of(person.id, now).clearances.items() if spans]
    within = times_to_look_at(person, now, until)
    if not duties or not within:
        return []
    known = {(seat.shift_id, seat.duty) for seat in fitting}
    found = taken_seats_for(person.id, now, until, duties, within)
    taken = [seat for seat in first_of_each(found) if (seat.shift_id, seat.duty) not in known]
    return those_that_fit(person, taken, now=now)[:MOST_SHOWN]


def wait(seat_id: int, person: Person, *, now: datetime, by: Person | None = None) -> None:
    """Put a person on the waiting list of a taken seat's shift and duty. Doing it twice changes nothing.

    `by` is somebody who plans and whom the person told so; the person gets an e-mail about it. Refuses one that is
    open, has begun, is theirs, or does not fit them.
    """
    seat, is_theirs = _seat(seat_id, person, now=now)
    if is_theirs:
        raise Conflict(f"{person.display_name if by else 'You'} {'is' if by else 'are'} on this shift already.")
    if seat.is_open:
        raise IsOpen("This shift is open now, so it can be taken at once.")
    if not those_that_fit(person, [seat], now=now):
        raise DoesNotFit(*reasons_against_each(person, [seat], [seat], now=now)[seat.id])
    if wait_for(seat.line_id, person.id, now=now):
        audit.record("rota.waiting-began", by=(by or person).id, subject=f"person:{person.id}", now=now)
        if by is not None:
            _tell("waiting", seat, person, by=by, now=now)


def wait_no_longer(seat_id: int, person: Person, *, now: datetime, by: Person | None = None) -> None:
    """Take a person off the waiting list of a seat's shift and duty. Doing it twice changes nothing.

    `by` is as for `wait`.
    """
    seat, _ = _seat(seat_id, person, now=now)
    if stop_waiting(seat.line_id, person.id):
        audit.record("rota.waiting-ended", by=(by or person).id, subject=f"person:{person.id}", now=now)
        if by is not None:
            _tell("waiting-no-longer", seat, person, by=by, now=now)


def _tell(what: str, seat: SeatRow, person: Person, *, by: Person, now: datetime) -> None:
    once = f"{what}:{seat.line_id}:{person.id}:{now.isoformat()}"  # who waits again is told again
    tell_whom_it_was_done_for(what, seat, person, by=by, now=now, once=once)


def _seat(seat_id: int, person: Person, *, now: datetime) -> tuple[SeatRow, bool]:
    """A published seat of a coming shift, without who has it; and whether the person is on the shift."""
    found: Sequence[SeatRow] = seats_where(Seat.id == seat_id, named=false())
    if not found or found[0].rota_version == 0 or found[0].starts_at <= now:
        raise NotFound("There is no such shift ahead.")
    own = seats_of_own_shifts(person.id, now)
    return found[0], any(seat.shift_id == found[0].shift_id for seat in own)
