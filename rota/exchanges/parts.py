"""A part of a shift: somebody offers some of the hours of their seat, and the first whom they fit may take them.

Who has the seat answers for all of it until then, and for the rest of it afterwards. Offering, taking and taking an
offer back are changes of seats like others (`changes`); here is who offers and sees them, and giving a part back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from progression.intervals import Interval
from rota.exchanges.changes import NewMove, propose
from rota.exchanges.models import PENDING, ChangeKind, ChangeState, SeatChange, SeatMove
from rota.exchanges.part_hours import own_seat_ahead, why_not_offered
from rota.exchanges.policy import rules_now
from rota.scheduling.cover_pattern import LONGEST_SHIFT
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity
from rota.store.assignments import lock_rota
from rota.store.ending_parts import end_parts
from rota.store.models import Assignment, Seat, Shift
from rota.store.own_shifts import seats_of_own_shifts
from rota.store.seat_part_rows import PartEnd, SeatPart
from rota.store.seat_parts import get_part
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import MARGIN, snapshots_beside

LONGEST_MINUTES = LONGEST_SHIFT // timedelta(minutes=1)


class TooLateToGiveBack(Conflict):
    """The deadline for giving a part back has passed, or it has begun."""


@dataclass(frozen=True)
class OfferedPart:
    """Some hours of somebody's shift that a reader may take."""

    change_id: int
    seat: SeatRow
    """The seat with the time of the part; it does not say whose it is."""


def offer_part(
    assignment_id: int, person: Person, starts_at: datetime, ends_at: datetime, *, by: int, now: datetime
) -> SeatChange:
    """Offer some hours of one's own seat to everybody whom they fit. Offering the same again changes nothing.

    Refuses hours outside the shift, of which others have some, that are shorter than the rules allow or leave the
    holder less than that, and hours that overlap others that are offered.
    """
    db.lock_people([person.id])
    seat = own_seat_ahead(assignment_id, person.id, now=now)
    lock_rota(seat.rota_id)
    if (refused := why_not_offered(seat, starts_at, ends_at)) is not None:
        raise Invalid(refused, field="until")
    hours = Interval(starts_at, ends_at)
    for change in offers_of(seat.id):
        offered = change.moves[0].part
        if offered == hours:
            return change
        if offered is not None and offered.start < ends_at and starts_at < offered.end:
            raise Conflict("You offer some of these hours already. Take that back first, or choose others.")
    return propose(ChangeKind.PART, [NewMove(seat.id, None, part=hours)], asker=person.id, asked=(), by=by, now=now)


def offers_of(seat_id: int) -> Sequence[SeatChange]:
    """The pending offers of hours of a seat, whose holder still has it."""
    query = select(SeatChange).join(SeatMove, SeatMove.change_id == SeatChange.id)
    query = query.join(Assignment, Assignment.id == SeatMove.expects_assignment_id)
    is_pending = SeatChange.kind == ChangeKind.PART, SeatChange.state.in_(PENDING)
    return db.session.scalars(
        query.where(*is_pending, SeatMove.seat_id == seat_id, Assignment.ended_at.is_(None)).order_by(SeatChange.id)
    ).all()


def parts_offered_to(person: Person, *, now: datetime) -> list[OfferedPart]:
    """Return the hours of others' shifts that a person may take, the soonest first; of each shift they are not on.

    Read quickly, for a list: taking one checks everything again, with those who are on the shift.
    """
    rows = db.session.execute(
        select(SeatChange.id, SeatMove.seat_id, SeatMove.part_starts_at, SeatMove.part_ends_at)
        .join(SeatMove, SeatMove.change_id == SeatChange.id)
        .join(Assignment, Assignment.id == SeatMove.expects_assignment_id)
        .where(
            SeatChange.kind == ChangeKind.PART,
            SeatChange.state == ChangeState.OPEN,
            SeatChange.expires_at > now,
            SeatChange.asker_id != person.id,
            Assignment.ended_at.is_(None),
        )
    ).all()
    if not rows:
        return []
    seats = {seat.id: seat for seat in seats_where(Seat.id.in_({row.seat_id for row in rows}), Shift.starts_at > now)}
    own = {seat.shift_id for seat in seats_of_own_shifts(person.id, now - MARGIN) if seat.person_id == person.id}
    offers = [
        OfferedPart(row.id, _as_part(seats[row.seat_id], row.part_starts_at, row.part_ends_at))
        for row in rows
        if row.seat_id in seats and seats[row.seat_id].shift_id not in own
    ]
    return sorted(_fitting(offers, person, now), key=lambda offer: (offer.seat.starts_at, offer.change_id))


def _as_part(seat: SeatRow, starts_at: datetime, ends_at: datetime) -> SeatRow:
    return seat._replace(starts_at=starts_at, ends_at=ends_at, assignment_id=None, person_id=None, holder=None)


def _fitting(offers: Sequence[OfferedPart], person: Person, now: datetime) -> list[OfferedPart]:
    # Each as a shift of its own, so that several parts of one shift are judged at once.
    alone = {offer.change_id: offer.seat._replace(shift_id=-offer.change_id) for offer in offers}
    snapshots = snapshots_beside(person, sorted(alone.values(), key=lambda seat: seat.starts_at), now=now)
    fitting = []
    for offer in offers:
        seat = alone[offer.change_id]
        roster, plan = snapshots[seat.shift_id].roster, snapshots[seat.shift_id].plan
        shift = roster.shift_by_id[seat.shift_id]
        against = check_assignment(roster, plan, roster.person_by_id[person.id], shift, seat.duty)
        if all(breach.severity is Severity.WISH for breach in against):
            fitting.append(offer)
    return fitting


@dataclass(frozen=True)
class PartToTake:
    """An offer of hours of a shift, for who is asked about it."""

    change: SeatChange
    seat: SeatRow
    """The seat with the time of the part; it does not say whose it is."""
    holder_id: int
    taker_id: int | None
    """Who has taken it, if somebody has."""

    @property
    def is_offered(self) -> bool:
        """Whether somebody may still take it."""
        return self.change.state is ChangeState.OPEN


def part_to_take(change_id: int, *, now: datetime) -> PartToTake | None:
    """Read an offer of hours, also one that has ended; None once its seat has gone to another, or the shift begins."""
    change = db.session.get_one(SeatChange, change_id)
    move = change.moves[0]
    seats = seats_where(Seat.id == move.seat_id)
    if not seats or move.part is None or move.from_person_id is None or seats[0].starts_at <= now:
        return None
    if seats[0].assignment_id != move.expects_assignment_id:
        return None
    seat = _as_part(seats[0], move.part.start, move.part.end)
    return PartToTake(change, seat, move.from_person_id, move.to_person_id)


def what_followed(change: SeatChange) -> str:
    """What somebody reads who has just taken a part."""
    return {
        ChangeState.APPLIED: "These hours are yours. Thank you.",
        ChangeState.ACCEPTED: "Thank you. A coordinator has still to agree, and you get an e-mail then.",
    }.get(change.state, "Something changed in between, so nothing was changed now. Thank you for offering.")


def give_back_until(part: SeatRow, *, now: datetime) -> datetime:
    """The last instant at which who took a part may give it back."""
    return rules_now(now).give_back_until(part)


def give_part_back(part_id: int, person: Person, *, by: int, now: datetime) -> None:
    """Give back a part that one took, before its deadline: who has the seat works it again, and is told.

    Refuses a part that is not theirs, and one whose deadline has passed, with what to do instead.
    """
    row = db.session.get(SeatPart, part_id)
    if row is None:
        raise NotFound("There is no such part of a shift of yours.")
    holder = db.session.get_one(Assignment, row.assignment_id).person_id
    db.lock_people([person.id, holder])
    part = get_part(part_id, person.id)
    lock_rota(part.rota_id)
    part = get_part(part_id, person.id)  # read again under the locks
    if now > give_back_until(part, now=now):
        raise TooLateToGiveBack(
            "This begins soon, so it stays yours. If you cannot come at all, give back all your shifts of that day: "
            "who has the shift and the coordinators are told at once."
        )
    end_parts(person.id, [part], PartEnd.GIVEN_BACK, by=by, now=now)
