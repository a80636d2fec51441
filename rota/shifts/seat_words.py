"""What pages say of a seat besides its time: whether its person confirmed it, and who could stay on before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app import clock, settings
from app.people.models import Person
from app.people.rights import permissions_of
from progression.duties import Duty
from rota.permissions import RotaPermission
from rota.store.said_of_seat_rows import Said
from rota.store.said_of_seats import said_of
from rota.store.seats import SeatRow
from rota.store.shortages import as_published, shortage
from rota.store.staying_on import following, who_could_stay_on


@dataclass(frozen=True)
class WordsOfSeat:
    """What the person who has a seat said of it; `follows` is the next shift of the channel."""

    is_confirmed: bool
    could_stay: bool
    follows: SeatRow | None


def words_of(seat: SeatRow, *, now: datetime) -> WordsOfSeat:
    """Read what the person who has a seat said of it; two queries."""
    said = said_of([seat.assignment_id]) if seat.assignment_id is not None else {}
    next_seats = following(seat) if seat.ends_at > now else []
    return WordsOfSeat(
        is_confirmed=(seat.assignment_id, Said.COMES) in said,
        could_stay=(seat.assignment_id, Said.COULD_STAY) in said,
        follows=next_seats[0] if next_seats else None,
    )


def could_stay_for_reader(seats: Sequence[SeatRow], reader: Person, *, now: datetime) -> list[SeatRow]:
    """Return who said that they could stay on to a shift, given by all its seats, while it is short.

    For those who plan and for who leads the shift; nobody else is told of anybody.
    """
    zone = settings.current().zone
    if shortage(seats, as_published, zone=zone, now=now) is None:
        return []
    plans = RotaPermission.PLAN in permissions_of(reader.id, on=clock.on(now, zone))
    if not plans and not _leads(reader, seats):
        return []
    return who_could_stay_on(seats, now=now)


def _leads(reader: Person, seats: Sequence[SeatRow]) -> bool:
    return any(seat.duty is Duty.LEAD and seat.person_id == reader.id for seat in seats)
