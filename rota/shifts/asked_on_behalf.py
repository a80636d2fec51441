"""What somebody who plans asks of others, or answers them, on a person's behalf: by the same rules as the person.

The person gets one e-mail that says who did it, beside what they would get anyway; where their shifts change with it,
the e-mail about that says so.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from app import db
from app.people.models import Person
from app.refusals import NotFound
from rota.exchanges import changes, parts, trading
from rota.exchanges.changes import NewMove
from rota.exchanges.models import Answer, ChangeKind, SeatChange
from rota.exchanges.part_hours import own_seat_ahead
from rota.shifts.my_shifts import own_seat
from rota.shifts.on_behalf import tell_of_answer, tell_whom_it_was_done_for
from rota.store import staying_on
from rota.store.seat_parts import get_part


def ask_for_cover_for(assignment_id: int, person: Person, *, by: Person, now: datetime) -> SeatChange:
    """Ask for cover of a person's shift, which stays theirs until somebody takes it."""
    seat = own_seat(assignment_id, person)
    made = changes.propose(ChangeKind.COVER, [NewMove(seat.id, None)], asker=person.id, asked=(), by=by.id, now=now)
    _tell("cover-asked", seat_change=made, assignment_id=assignment_id, person=person, by=by, now=now)
    return made


def offer_part_for(
    assignment_id: int, person: Person, starts_at: datetime, ends_at: datetime, *, by: Person, now: datetime
) -> SeatChange:
    """Offer some hours of a person's shift to everybody whom they fit; refuses what the person could not offer."""
    made = parts.offer_part(assignment_id, person, starts_at, ends_at, by=by.id, now=now)
    _tell("part-offered", seat_change=made, assignment_id=assignment_id, person=person, by=by, now=now)
    return made


def give_part_back_for(part_id: int, person: Person, *, by: Person, now: datetime) -> None:
    """Give back hours that a person took, before their deadline; the person who has the shift works them again."""
    part = get_part(part_id, person.id)
    parts.give_part_back(part_id, person, by=by.id, now=now)
    once = f"part-given-back:{part_id}:{person.id}"
    tell_whom_it_was_done_for("part-given-back", part, person, by=by, now=now, once=once)


def ask_to_swap_for(
    assignment_id: int, theirs: Collection[int], person: Person, *, by: Person, now: datetime
) -> list[SeatChange]:
    """Ask the people who have these assignments to swap with a person: the first yes has it."""
    made = trading.ask_to_swap(assignment_id, theirs, person, by=by.id, now=now)
    _tell("swap-asked", seat_change=made[0], assignment_id=assignment_id, person=person, by=by, now=now)
    return made


def ask_for_ring_for(
    assignment_id: int, others: tuple[int, int], person: Person, *, by: Person, now: datetime
) -> SeatChange:
    """Ask two others to pass shifts round with a person, by their assignments."""
    made = trading.ask_for_ring(assignment_id, others, person, by=by.id, now=now)
    _tell("swap-asked", seat_change=made, assignment_id=assignment_id, person=person, by=by, now=now)
    return made


def answer_for(change_id: int, person: Person, said: Answer, *, by: Person, now: datetime) -> SeatChange:
    """Say yes or no for a person who is asked, as they told it."""
    change = changes.answer(change_id, person.id, said, by=by.id, now=now)
    tell_of_answer(change, person, by=by, now=now)
    return change


def take_for(change_id: int, person: Person, *, by: Person, now: datetime) -> SeatChange:
    """Take for a person the hours that somebody offers, or the shift for which cover is asked."""
    change = changes.take(change_id, person.id, by=by.id, now=now)
    tell_of_answer(change, person, by=by, now=now)
    return change


def take_question_back_for(change_id: int, person: Person, *, by: Person, now: datetime) -> SeatChange:
    """Take back a question that a person asked, who is told by whom; refuses one that is not theirs as not found."""
    if getattr(db.session.get(SeatChange, change_id), "asker_id", None) != person.id:
        raise NotFound(changes.NO_SUCH_CHANGE)
    return changes.withdraw(change_id, by=by.id, now=now)


def could_stay_for(assignment_id: int, person: Person, *, by: Person, now: datetime) -> None:
    """Note that a person could stay on after a shift of theirs if nobody comes. Doing it twice changes nothing."""
    seat = own_seat(assignment_id, person)
    if staying_on.say_could_stay(assignment_id, person, by=by, now=now):
        once = f"could-stay:{assignment_id}:{now.isoformat()}"  # who takes it back may say it again
        tell_whom_it_was_done_for("could-stay", seat, person, by=by, now=now, once=once)


def _tell(what: str, *, seat_change: SeatChange, assignment_id: int, person: Person, by: Person, now: datetime) -> None:
    seat = own_seat_ahead(assignment_id, person.id, now=now)
    once = f"{what}:{seat_change.id}:{person.id}"
    tell_whom_it_was_done_for(what, seat, person, by=by, now=now, once=once)
