"""“I could stay on if nobody comes”: said of a shift that another of the channel follows, and never counted as cover.

Nobody reads it but those who plan and who leads the shift that follows, and they only while that one is short.
It ends by itself: when the seat goes to somebody else, when the shift is over, or when the next has its people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict
from rota.scheduling.cover_pattern import LONGEST_SHIFT
from rota.store.models import Assignment, Rota, Shift
from rota.store.said_of_seat_rows import Said, SaidOfSeat
from rota.store.said_of_seats import own_seat_ahead, said_of, say, take_back
from rota.store.seats import SeatRow, seats_where

PAUSE = timedelta(minutes=30)
"""How long after a shift the next may begin for somebody to stay on from one to the other; our own choice."""


class NothingFollows(Conflict):
    """No shift of the channel follows."""


def following(seat: SeatRow) -> list[SeatRow]:
    """Return all seats of the published shift that follows a seat's on its channel; none if there is no such shift."""
    rows = seats_where(
        Rota.version > 0,
        Shift.channel_id == seat.channel_id,
        Shift.starts_at > seat.starts_at,
        Shift.starts_at <= seat.ends_at + PAUSE,
    )
    return [row for row in rows if row.shift_id == rows[0].shift_id]


def say_could_stay(assignment_id: int, person: Person, *, now: datetime, by: Person | None = None) -> bool:
    """Record that a person could stay on after one of their shifts; return whether that was new.

    `by` is somebody who plans and whom the person told so. Refuses a seat that is not theirs, a shift that is over, and
    one that no shift follows. Nothing is put on record of it but who noted it, as it is said in private.
    """
    db.lock_people([person.id])
    seat = own_seat_ahead(assignment_id, person.id, now=now, until_it_ends=True)
    if not following(seat):
        raise NothingFollows("No shift of this channel follows that one, so there is nothing to stay on for.")
    return say(assignment_id, Said.COULD_STAY, by=(by or person).id, now=now)


def take_back_could_stay(assignment_id: int, person: Person, *, now: datetime) -> None:
    """Forget that a person could stay on. Doing it twice changes nothing; refuses a seat that is not theirs."""
    own_seat_ahead(assignment_id, person.id, now=now, until_it_ends=True)
    take_back(assignment_id, Said.COULD_STAY)


def noted_by_another(assignment_id: int, said: Mapping[tuple[int, Said], int], person_id: int) -> bool:
    """Whether others noted of a person that they could stay on; what they said themselves in private is not shown."""
    return said.get((assignment_id, Said.COULD_STAY), person_id) != person_id


def take_back_noted(assignment_id: int, person: Person, *, now: datetime) -> None:
    """Forget what somebody who plans noted of a person; what they said themselves stays. Twice changes nothing."""
    own_seat_ahead(assignment_id, person.id, now=now, until_it_ends=True)
    if noted_by_another(assignment_id, said_of([assignment_id]), person.id):
        take_back(assignment_id, Said.COULD_STAY)


def who_could_stay_on(next_seats: Sequence[SeatRow], *, now: datetime) -> list[SeatRow]:
    """Return the seats of the shift before this one whose people said that they could stay on, while it is not over.

    `next_seats` are those of the shift that follows. Takes one query.
    """
    next_shift = next_seats[0]
    could_stay = select(SaidOfSeat.assignment_id).where(SaidOfSeat.what == Said.COULD_STAY)
    return seats_where(
        Rota.version > 0,
        Shift.channel_id == next_shift.channel_id,
        Shift.starts_at < next_shift.starts_at,
        Shift.starts_at > next_shift.starts_at - LONGEST_SHIFT - PAUSE,
        Shift.ends_at >= next_shift.starts_at - PAUSE,
        Shift.ends_at > now,
        Assignment.id.in_(could_stay),
    )
