"""What somebody answers who was asked to take a seat: yes takes it, no is kept, and nobody asks them for it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import NotFound
from progression.intervals import FOR_EVER
from rota.exchanges.applying import reasons_against_taking
from rota.exchanges.changes import take
from rota.exchanges.models import ChangeState, SeatChange
from rota.exchanges.parts import part_to_take
from rota.exchanges.reading import seats_looking_for_cover
from rota.shifts.claims_and_drops import TooLate, claim
from rota.store.models import Assignment, RotaVersion, Seat
from rota.store.seat_asks import SeatAnswer, SeatAsk, SeatAsking
from rota.store.seat_reasons import reasons_against
from rota.store.seats import SeatRow, seats_where


@dataclass(frozen=True)
class AskedSeat:
    """A question to the reader about a seat, and how it stands. Who has the seat, it does not say."""

    ask_id: int
    seat: SeatRow
    answer: SeatAnswer | None
    is_mine: bool
    has_begun: bool
    reasons: Sequence[str] = ()
    """Why the seat does not fit the reader any more."""
    is_looked_for: bool = False
    """Whether its holder asks for cover or offers these hours, so that it can be taken over from them."""
    is_part: bool = False
    """Whether it is about hours of somebody's shift."""
    waits: bool = False
    """Whether the reader said yes, and a coordinator has still to agree."""

    @property
    def may_be_taken(self) -> bool:
        """Whether the reader can still have it."""
        is_free = self.is_looked_for or (self.seat.is_open and not self.is_part)
        return is_free and not self.has_begun and not self.reasons

    @property
    def is_covered(self) -> bool:
        """Whether somebody else has the seat to stay."""
        return self.seat.is_taken and not self.is_looked_for


def asked_seat(ask_id: int, person: Person, *, now: datetime) -> AskedSeat:
    """Return a question that a person was asked; refuses any other as not found."""
    ask, seat_id, offer_id = _ask(ask_id, person.id)
    if offer_id is not None:
        return _asked_part(ask, offer_id, person, now=now)
    rows = seats_where(Seat.id == seat_id, named=Assignment.person_id == person.id)
    if not rows:
        raise NotFound("This shift does not take place any more, so nobody is needed for it. Thank you all the same.")
    (seat,) = rows
    is_mine, has_begun = seat.person_id == person.id, seat.starts_at <= now
    is_looked_for = seat_id in seats_looking_for_cover(now, FOR_EVER) and not is_mine
    may_fit = (seat.is_open or is_looked_for) and not has_begun
    reasons = reasons_against(person, seat, now=now) if may_fit else ()
    return AskedSeat(ask.id, seat, ask.answer, is_mine, has_begun, reasons, is_looked_for)


def _asked_part(ask: SeatAsk, offer_id: int, person: Person, *, now: datetime) -> AskedSeat:
    part = part_to_take(offer_id, now=now)
    if part is None:
        raise NotFound("These hours are not offered any more, so nobody is needed for them. Thank you all the same.")
    is_mine, is_offered = part.taker_id == person.id, part.is_offered
    held = part.change.moves[0].expects_assignment_id if part.taker_id is not None else None
    seat = part.seat._replace(person_id=part.taker_id, assignment_id=held)
    reasons = reasons_against_taking(part.change, person.id, now=now) if is_offered else ()
    return AskedSeat(
        ask.id,
        seat,
        ask.answer,
        is_mine,
        False,
        reasons,
        is_offered,
        is_part=True,
        waits=is_mine and part.change.state is ChangeState.ACCEPTED,
    )


def say_yes(ask_id: int, person: Person, *, now: datetime) -> RotaVersion | SeatChange | None:
    """Take the seat, or the hours, that somebody was asked about, with every rule checked now; the first yes has it.

    Doing it twice changes nothing and returns None. Refuses what `claim` refuses, and then keeps no answer.
    """
    _, seat_id, offer_id = _ask(ask_id, person.id)
    version = claim(seat_id, person, now=now) if offer_id is None else take(offer_id, person.id, by=person.id, now=now)
    _keep(ask_id, person.id, SeatAnswer.YES, now)
    return version


def say_no(ask_id: int, person: Person, *, now: datetime) -> None:
    """Keep that somebody cannot: nobody asks them again for this shift, and they may still take it themselves.

    Doing it twice changes nothing. Refuses a shift that has begun, and somebody who has the seat: they give it back.
    """
    db.lock_people([person.id])
    asked = asked_seat(ask_id, person, now=now)
    if asked.is_mine:
        raise TooLate("This shift is yours. If you cannot come, open it in My shifts and give it back.")
    if asked.has_begun:
        raise TooLate("This shift has begun, so there is nothing left to answer. Thank you.")
    _keep(ask_id, person.id, SeatAnswer.NO, now)


def _ask(ask_id: int, person_id: int) -> tuple[SeatAsk, int, int | None]:
    """What somebody was asked: about which seat and, where it is about hours of it, the offer."""
    row = db.session.execute(
        select(SeatAsk, SeatAsking.seat_id, SeatAsking.offer_id)
        .join(SeatAsking, SeatAsking.id == SeatAsk.asking_id)
        .where(SeatAsk.id == ask_id, SeatAsk.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound("You were not asked about such a shift.")
    return row.SeatAsk, row.seat_id, row.offer_id


def _keep(ask_id: int, person_id: int, answer: SeatAnswer, now: datetime) -> None:
    # Not in the audit trail: who said no is for nobody to read.
    ask = db.session.scalars(
        select(SeatAsk)
        .where(SeatAsk.id == ask_id, SeatAsk.person_id == person_id)
        .execution_options(populate_existing=True)
    ).one()
    if ask.answer != answer:
        ask.answer, ask.answered_at = answer, now
