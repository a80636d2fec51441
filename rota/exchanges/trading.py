"""With whom somebody could trade a shift: what a page offers, and asking those people.

Somebody learns of others' shifts only where a trade is possible for all of its people. Trades are looked for among all
coming published shifts, also of rotas of other days, each with what its rules count over its own period.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from rota.exchanges.changes import NewMove, propose
from rota.exchanges.models import ChangeKind, SeatChange
from rota.scheduling.trades import Held, Judge, Judges, rings, swaps
from rota.store.models import Assignment, Rota, Shift
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import snapshots_of

MOST_ASKED_AT_ONCE = 5
NOT_POSSIBLE_NOW = (
    "Something changed a moment ago, so that trade no longer works for everybody. Below is what does now."
)


@dataclass(frozen=True)
class RingOfSeats:
    """A ring of three: who has `first` takes mine, who has `second` takes `first`, and I take `second`."""

    first: SeatRow
    second: SeatRow


@dataclass(frozen=True)
class Trades:
    """What somebody could do with a shift. Rings are only looked for where nobody could swap."""

    seat: SeatRow
    swaps: Sequence[SeatRow]
    rings: Sequence[RingOfSeats]


def trades_for(assignment_id: int, person: Person, *, now: datetime) -> Trades:
    """Find who could trade this shift, every rule checked for everybody; refuses one that is not the person's."""
    own = _own(assignment_id, person, now=now)
    judge, by_held = _judges(seats_where(Rota.version > 0, Shift.starts_at > now), now=now)
    mine = _held(own)
    others = [held for held in by_held if held.person_id != person.id]
    pairs = [each for each in swaps(mine, others, judge.may_take) if _works(judge, [mine, each])]
    found = [] if pairs else rings(mine, others, judge.may_take)
    three = [ring for ring in found if _works(judge, [mine, ring.first, ring.second])]
    return Trades(
        own,
        [by_held[each] for each in pairs],
        [RingOfSeats(by_held[ring.first], by_held[ring.second]) for ring in three],
    )


def ask_to_swap(
    assignment_id: int, theirs: Collection[int], person: Person, *, by: int, now: datetime
) -> list[SeatChange]:
    """Ask the people who have these assignments to swap with somebody: the first yes has it, the others are told.

    Refuses none or too many, and where one of them is no longer possible.
    """
    _own(assignment_id, person, now=now)  # before anything is said about the form
    if not theirs:
        raise Invalid("Please choose at least one shift that you would take instead.")
    if len(theirs) > MOST_ASKED_AT_ONCE:
        raise Invalid(f"Please choose {MOST_ASKED_AT_ONCE} shifts at most, so that each answer matters.")
    trades = trades_for(assignment_id, person, now=now)
    possible = {seat.assignment_id: seat for seat in trades.swaps}
    if not possible.keys() >= set(theirs):
        raise Conflict(NOT_POSSIBLE_NOW)
    return [
        _ask(ChangeKind.SWAP, [trades.seat, possible[each]], person, by=by, now=now)
        for each in sorted(theirs, key=lambda one: (possible[one].starts_at, one))
    ]


def ask_for_ring(assignment_id: int, others: tuple[int, int], person: Person, *, by: int, now: datetime) -> SeatChange:
    """Ask two others to pass shifts round, by their assignments: who has the first takes mine, I take the second.

    Refuses a ring that is no longer possible.
    """
    trades = trades_for(assignment_id, person, now=now)
    for ring in trades.rings:
        if (ring.first.assignment_id, ring.second.assignment_id) == others:
            # My seat goes to who has the first, the first to who has the second, the second to me.
            return _ask(ChangeKind.RING, [trades.seat, ring.first, ring.second], person, by=by, now=now)
    raise Conflict(NOT_POSSIBLE_NOW)


def _ask(kind: ChangeKind, seats: Sequence[SeatRow], person: Person, *, by: int, now: datetime) -> SeatChange:
    """Each seat goes to who has the next one; the last to who asks."""
    takers = [*seats[1:], seats[0]]
    moves = [NewMove(seat.id, taker.person_id) for seat, taker in zip(seats, takers, strict=True)]
    asked = {seat.person_id for seat in seats[1:] if seat.person_id is not None}
    return propose(kind, moves, asker=person.id, asked=asked, by=by, now=now)


def _own(assignment_id: int, person: Person, *, now: datetime) -> SeatRow:
    rows = seats_where(
        Assignment.id == assignment_id, Assignment.person_id == person.id, Rota.version > 0, Shift.starts_at > now
    )
    if not rows:
        raise NotFound("There is no such shift of yours. It may have begun, or changed hands already.")
    return rows[0]


def _judges(seats: Sequence[SeatRow], *, now: datetime) -> tuple[Judges, dict[Held, SeatRow]]:
    """Who judges each of these seats, and the seats that somebody has, in order of time."""
    names = {seat.person_id: seat.holder or "" for seat in seats if seat.person_id is not None}
    snapshots = snapshots_of(names, seats, now=now)
    # One for each rota and days with the same rules.
    judges = {id(each): Judge(each.roster, each.plan) for each in snapshots.values()}
    held = {_held(seat): seat for seat in seats if seat.person_id is not None}
    return Judges({shift_id: judges[id(snapshot)] for shift_id, snapshot in snapshots.items()}), held


def _held(seat: SeatRow) -> Held:
    assert seat.person_id is not None
    return Held(seat.person_id, seat.shift_id, seat.duty)


def _works(judge: Judges, seats: Sequence[Held]) -> bool:
    """Whether all would fit at once: what each fits alone may still clash on one shift."""
    takers = [*seats[1:], seats[0]]
    return not judge.broken_by([(seat, taker.person_id) for seat, taker in zip(seats, takers, strict=True)])
