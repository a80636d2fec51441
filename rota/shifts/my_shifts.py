"""A person's own shifts, as their pages, their card on Today and the shift's page show them."""

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
from rota.store.seats import SeatRow, seats_where, shifts_of
from rota.store.snapshot import MARGIN


@dataclass(frozen=True)
class Colleague:
    """Somebody else on the shift."""

    name: str
    stage: str
    duty: Duty


@dataclass(frozen=True)
class OneShift:
    """One shift as somebody who may see it finds it: `mine` is their seat on it, if they have one."""

    seat: SeatRow
    mine: SeatRow | None
    beside: Sequence[Colleague]
    open_seats: Sequence[SeatRow]
    has_begun: bool


def zone_of(person: Person) -> ZoneInfo:
    """The zone a person reads their own pages in."""
    return ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone


def speaks_two_zones(person: Person) -> bool:
    """Whether the organisation's times must be said beside the reader's."""
    return zone_of(person).key != settings.current().zone.key


def coming(person_id: int, *, now: datetime) -> list[SeatRow]:
    """A person's published shifts that are not over, soonest first."""
    return [seat for seat in shifts_of(person_id, now - MARGIN) if seat.person_id == person_id and seat.ends_at > now]


def beside(seat: SeatRow, person_id: int, *, now: datetime) -> list[Colleague]:
    """Who else is on a coming shift of one's own."""
    whole = [each for each in shifts_of(person_id, now - MARGIN) if each.shift_id == seat.shift_id]
    return colleagues(whole, but_not=person_id, now=now)


def own_seat(assignment_id: int, person: Person) -> SeatRow:
    """A seat that the person has now; anything else looks as if it were not there."""
    found = seats_where(Assignment.id == assignment_id, Assignment.person_id == person.id)
    if not found:
        raise NotFound("There is no such shift of yours. You may have given it back already.")
    return found[0]


def one_shift(shift_id: int, person: Person, *, now: datetime) -> OneShift:
    """A published shift: for those on it, for those who plan, and for all while it has an open seat."""
    seats = [seat for seat in seats_where(Shift.id == shift_id) if seat.rota_version > 0]
    own = next((seat for seat in seats if seat.person_id == person.id), None)
    open_ones = [seat for seat in seats if seat.is_open and seat.starts_at > now]
    today = clock.on(now, settings.current().zone)
    if not seats or not (own or open_ones or RotaPermission.PLAN in permissions_of(person.id, on=today)):
        raise NotFound("There is no such shift, or it is not one of yours.")
    return OneShift(seats[0], own, colleagues(seats, but_not=person.id, now=now), open_ones, seats[0].starts_at <= now)


def colleagues(seats: Sequence[SeatRow], *, but_not: int, now: datetime) -> list[Colleague]:
    """Who has the seats of a shift, in the order of their duties."""
    held = {seat.person_id: seat for seat in seats if seat.person_id not in (None, but_not)}
    stages = stages_of({person_id for person_id in held if person_id is not None}, now) if held else {}
    return [
        Colleague(seat.holder, stages[person_id], seat.duty)
        for person_id, seat in held.items()
        if person_id is not None and seat.holder is not None
    ]
