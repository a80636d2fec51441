"""Read a person's own shifts, for My shifts, the page of one shift and the card on Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app import clock, settings
from app.domain import stages_of
from app.people.models import Person
from app.people.rights import permissions_of
from app.refusals import NotFound
from progression.duties import Duty
from rota.permissions import RotaPermission
from rota.store.models import Assignment, Shift
from rota.store.seats import SeatRow, seats_of_own_shifts, seats_where
from rota.store.snapshot import MARGIN


@dataclass(frozen=True)
class Colleague:
    """Somebody else on the shift."""

    name: str
    stage: str
    duty: Duty


@dataclass(frozen=True)
class ShiftForReader:
    """One shift as one reader may see it; `mine` is their own seat on it, if they have one."""

    seat: SeatRow
    mine: SeatRow | None
    beside: Sequence[Colleague]
    open_seats: Sequence[SeatRow]
    has_begun: bool


def zone_of(person: Person) -> ZoneInfo:
    """Return the zone of a person's own pages: theirs or, if they set none, the organisation's."""
    return ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone


def speaks_two_zones(person: Person) -> bool:
    """Whether pages must show times in the organisation's zone as well as in the reader's."""
    return zone_of(person).key != settings.current().zone.key


def upcoming(person_id: int, *, now: datetime) -> list[SeatRow]:
    """Return the seats of a person's published shifts that are not over, soonest first."""
    seats = seats_of_own_shifts(person_id, now - MARGIN)
    return [seat for seat in seats if seat.person_id == person_id and seat.ends_at > now]


def colleagues_on(seat: SeatRow, person_id: int, *, now: datetime) -> list[Colleague]:
    """Return who else is on the shift of a seat that a person has, soon or now."""
    of_shift = [each for each in seats_of_own_shifts(person_id, now - MARGIN) if each.shift_id == seat.shift_id]
    return _colleagues(of_shift, but_not=person_id, now=now)


def own_seat(assignment_id: int, person: Person) -> SeatRow:
    """Return a seat that the person has now; refuses any other as not found."""
    rows = seats_where(Assignment.id == assignment_id, Assignment.person_id == person.id)
    if not rows:
        raise NotFound("There is no such shift of yours. You may have given it back already.")
    return rows[0]


def shift_for_reader(shift_id: int, person: Person, *, now: datetime) -> ShiftForReader:
    """Return a published shift to a person who is on it or plans and, while it has an open seat, to everybody.

    Refuses any other as not found.
    """
    seats = [seat for seat in seats_where(Shift.id == shift_id) if seat.rota_version > 0]
    own = next((seat for seat in seats if seat.person_id == person.id), None)
    open_seats = [seat for seat in seats if seat.is_open and seat.starts_at > now]
    today = clock.on(now, settings.current().zone)
    if not seats or not (own or open_seats or RotaPermission.PLAN in permissions_of(person.id, on=today)):
        raise NotFound("There is no such shift, or it is not one of yours.")
    colleagues = _colleagues(seats, but_not=person.id, now=now)
    return ShiftForReader(seats[0], own, colleagues, open_seats, seats[0].starts_at <= now)


def _colleagues(seats: Sequence[SeatRow], *, but_not: int, now: datetime) -> list[Colleague]:
    """Return who has the seats of a shift, in the order of their duties."""
    held = {seat.person_id: seat for seat in seats if seat.person_id not in (None, but_not)}
    stages = stages_of({person_id for person_id in held if person_id is not None}, now) if held else {}
    return [
        Colleague(seat.holder, stages[person_id], seat.duty)
        for person_id, seat in held.items()
        if person_id is not None and seat.holder is not None
    ]
