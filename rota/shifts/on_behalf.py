"""What somebody who plans does on a person's behalf: the person is told by whom, in one e-mail."""

from __future__ import annotations

from datetime import datetime

from app import audit
from app.outbox import queue
from app.people.models import Person
from rota.exchanges.models import Answer, ChangeState, SeatChange
from rota.on_behalf_notices import ABOUT_THE_END, DoneForYou
from rota.store.models import Seat
from rota.store.seats import SeatRow, seats_where


def tell_whom_it_was_done_for(
    what: str, seat: SeatRow, person: Person, *, by: Person, now: datetime, once: str, change_id: int | None = None
) -> None:
    """Queue the e-mail about a seat of which `by` did something for a person: `what` says what.

    `change_id` is the question that they asked or answered. Nothing is sent once the shift is over.
    """
    queue.enqueue(
        DoneForYou(what=what, seat_id=seat.id, by_id=by.id, change_id=change_id),
        to=person.id,
        once=f"done-for-you:{once}",
        now=now,
        deadline=seat.ends_at if what in ABOUT_THE_END else seat.starts_at,
    )


def tell_of_answer(change: SeatChange, person: Person, *, by: Person, now: datetime) -> None:
    """Queue the e-mail to a person for whom `by` answered a question, or took what somebody offers.

    None where it came about with that: then the e-mail about their shifts says who said yes for them.
    """
    if change.state is ChangeState.APPLIED:
        return
    said = next(party.answer for party in change.parties if party.person_id == person.id)
    theirs = sorted(change.moves, key=lambda move: (move.to_person_id != person.id, move.from_person_id != person.id))
    what = "said-no" if said is Answer.NO else "said-yes"
    seats = seats_where(Seat.id == theirs[0].seat_id)
    if seats:  # else its rota was withdrawn a moment ago, of which they hear anyway
        once = f"{what}:{change.id}:{person.id}"
        tell_whom_it_was_done_for(what, seats[0], person, by=by, now=now, once=once, change_id=change.id)


def record_on_behalf(what: str, seat: SeatRow, person: Person, *, by: Person, version_id: int, now: datetime) -> None:
    """Put on record for whom `by` made a version of the rota."""
    audit.record(
        f"rota.on-behalf-{what}",
        by=by.id,
        subject=f"person:{person.id}",
        now=now,
        details={"seat": seat.id, "version": version_id},
    )
