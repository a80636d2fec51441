"""The page on which somebody who plans fills empty seats: how asking goes, and who is free for one of them.

It shows who was asked, so that nobody is asked twice, and never who said no.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.people.directory import names_of
from app.refusals import NotFound
from rota.scheduling.candidates import Fit, candidates_for
from rota.shifts.offers import wait_of
from rota.store.asking_hours import may_be_asked_from
from rota.store.left_shifts import query_of_who_left
from rota.store.models import CoverLine, Rota, Seat, Shift
from rota.store.nearest_people import nearest_to
from rota.store.seat_asks import SeatAsk, SeatAsking, asked_of_shifts
from rota.store.seats import SeatRow, seats_where
from rota.store.snapshot import snapshots_of

MOST_SEATS = 60
"""How many seats one page shows: more than one person has in four weeks."""

MOST_FREE = 12


@dataclass(frozen=True)
class SeatToFill:
    """One seat and how asking about it goes."""

    seat: SeatRow
    is_over: bool
    asked: int = 0
    next_at: datetime | None = None
    """When the next people are asked, if nobody says yes before; None where asking has not begun."""


@dataclass(frozen=True)
class FreePerson:
    """Somebody whom a seat fits. `asked_from` is when they may be asked: now, or the end of their night."""

    person_id: int
    name: str
    stage: str
    sentence: str
    was_asked: bool
    asked_from: datetime


@dataclass(frozen=True)
class FillPage:
    """The seats of one event, and who is free for the one that is chosen."""

    seats: Sequence[SeatToFill]
    chosen: SeatToFill | None
    free: Sequence[FreePerson] = ()
    more: int = 0

    @property
    def ids(self) -> list[int]:
        """The ids of its seats, for addresses."""
        return [each.seat.id for each in self.seats]

    @property
    def still_empty(self) -> int:
        """How many of its seats nobody has, of shifts to come."""
        return sum(not each.seat.is_taken and not each.is_over for each in self.seats)


def fill_page(seat_ids: Collection[int], chosen_id: int | None, *, now: datetime) -> FillPage:
    """Read these published seats, and who is free for one: the chosen, or else the first empty one.

    Refuses ids of which none is a published seat.
    """
    of_shifts = select(CoverLine.shift_id).join(Seat, Seat.line_id == CoverLine.id).where(Seat.id.in_(seat_ids))
    beside = seats_where(Shift.id.in_(of_shifts), Rota.version > 0)
    seats = [seat for seat in beside if seat.id in seat_ids]
    if not seats:
        raise NotFound("These seats are not on a published rota any more.")
    asked = asked_of_shifts({seat.shift_id for seat in seats})
    shown = [_to_fill(seat, asked.open.get(seat.id), asked.asks, now) for seat in seats]
    empty = [each for each in shown if not each.seat.is_taken and not each.is_over]
    chosen = next((each for each in empty if each.seat.id == chosen_id), next(iter(empty), None))
    if chosen is None:
        return FillPage(shown, None)
    of_shift = [seat for seat in beside if seat.shift_id == chosen.seat.shift_id]
    asking = asked.open.get(chosen.seat.id)
    was_asked = {ask.person_id for ask in asked.asks[asking.id]} if asking else set()
    not_again = was_asked | asked.said_no[chosen.seat.shift_id]
    free = _free_for(chosen.seat, of_shift, not_again, now=now)
    return FillPage(shown, chosen, free[:MOST_FREE], len(free[MOST_FREE:]))


def _to_fill(
    seat: SeatRow, asking: SeatAsking | None, asked: Mapping[int, Sequence[SeatAsk]], now: datetime
) -> SeatToFill:
    is_over = seat.starts_at <= now
    if asking is None:
        return SeatToFill(seat, is_over)
    asks = asked[asking.id]
    next_at = asking.asked_at + wait_of(asking.asked_at, seat.starts_at) if asking.asked_at else None
    if next_at is not None and all(ask.answer is not None for ask in asks):
        next_at = now
    return SeatToFill(seat, is_over, len(asks), next_at)


def _free_for(
    seat: SeatRow, of_shift: Sequence[SeatRow], not_again: Collection[int], *, now: datetime
) -> list[FreePerson]:
    nearest, _ = nearest_to(seat, now=now, opened_only=True, but_not=query_of_who_left(seat.shift_id))
    may_from = may_be_asked_from(nearest, now=now)
    snapshot = snapshots_of(names_of(nearest), of_shift, now=now)[seat.shift_id]
    found = candidates_for(snapshot.roster, snapshot.plan, seat.shift_id, seat.duty, among=nearest)
    return [
        FreePerson(
            one.person_id,
            one.name,
            snapshot.stages[one.person_id],
            one.sentence,
            one.person_id in not_again,
            may_from[one.person_id],
        )
        for one in found
        if one.fit is Fit.FREE
    ]
