"""Read a person's own shifts, for My shifts, the page of one shift and the card on Today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import true

from app import clock, settings
from app.domain import stages_of
from app.people.models import Person
from app.people.rights import permissions_of
from app.refusals import NotFound
from progression.duties import Duty
from progression.standing import standing_of
from rota.exchanges.reading import seats_looking_for_cover
from rota.permissions import RotaPermission
from rota.shifts.seat_words import WordsOfSeat, could_stay_for_reader, words_of
from rota.shifts.why_not import WhyNot, why_not
from rota.store.left_shifts import shifts_left_by
from rota.store.models import Assignment, Rota, Shift
from rota.store.own_shifts import is_confirmed as confirmed_as_read
from rota.store.own_shifts import seats_of_own_shifts
from rota.store.seat_parts import as_worked, parts_of_shift
from rota.store.seat_reasons import breaches_against_each
from rota.store.seats import SeatRow, is_own_shift, seats_where
from rota.store.snapshot import MARGIN


@dataclass(frozen=True)
class Colleague:
    """Somebody else on the shift."""

    person_id: int
    name: str
    stage: str
    duty: Duty
    seat: SeatRow
    """From when until when."""


@dataclass(frozen=True)
class OpenSeat:
    """An open seat of a shift, and why the reader may not take it; nothing: they may."""

    seat: SeatRow
    why_not: Sequence[WhyNot]


@dataclass(frozen=True)
class ShiftForReader:
    """One shift as one reader may see it; `mine` is what they work on it, if they do: it may be a part of a seat.

    `beside` is None where the reader may not know who is on it: then `others` says only how many.
    """

    seat: SeatRow
    mine: SeatRow | None
    beside: Sequence[Colleague] | None
    others: int
    open_seats: Sequence[OpenSeat]
    has_begun: bool
    was_left: bool
    """Whether the reader gave the shift back or was taken off it."""
    words: WordsOfSeat | None
    """What the reader said of their own seat."""
    could_stay: Sequence[SeatRow]
    """Who could stay on from the shift before, for a reader who may know."""


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


def is_confirmed(seat: SeatRow, *, now: datetime) -> bool:
    """Whether the person who has one of their coming seats confirmed that they come."""
    return confirmed_as_read(seat, since=now - MARGIN)


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
    """Return a published shift to a person who is on it, who may see who is on shifts, or who could take a seat of it.

    The last are those who are or were cleared for the duty of an open seat: they read why it does not fit them, and are
    not told who is on it. Refuses any other as not found.
    """
    today = clock.on(now, settings.current().zone)
    sees_all = RotaPermission.SEE_WHO in permissions_of(person.id, on=today)
    named = true() if sees_all else is_own_shift(person.id)
    seats = seats_where(Shift.id == shift_id, Rota.version > 0, named=named)
    parts = parts_of_shift(shift_id, named=named) if seats else []
    own = _own_seat_on(as_worked(seats, parts), person.id, now)
    covered = seats_looking_for_cover(now, seats[0].ends_at) if seats else {}
    open_seats = [
        seat
        for seat in seats
        if (seat.is_open or (seat.id in covered and seat.person_id != person.id)) and seat.starts_at > now
    ]
    standing = standing_of(person.id, now)
    could_take = [seat for seat in open_seats if standing.clearances[seat.duty]]
    if not seats or not (own or could_take or sees_all):
        raise NotFound("There is no such shift, or it is not one of yours.")
    shown = open_seats if own or sees_all else could_take
    against = {} if own else breaches_against_each(person, shown, seats, now=now)
    return ShiftForReader(
        seats[0],
        own,
        _colleagues(as_worked(seats, parts), but_not=person.id, now=now) if own or sees_all else None,
        others=sum(seat.is_taken for seat in seats if seat.person_id is None or seat.person_id != person.id),
        open_seats=[OpenSeat(seat, why_not(person, seat, against.get(seat.id, ()), now=now)) for seat in shown],
        has_begun=seats[0].starts_at <= now,
        was_left=own is None and shift_id in shifts_left_by(person.id, now=now),
        words=words_of(own, now=now) if own and not own.is_part else None,
        could_stay=could_stay_for_reader(seats, person, now=now),
    )


def _own_seat_on(at_work: Sequence[SeatRow], person_id: int, now: datetime) -> SeatRow | None:
    """What a person works on a shift: what is on now or comes next, or the last of it."""
    own = [seat for seat in at_work if seat.person_id == person_id]
    return next((seat for seat in own if seat.ends_at > now), own[-1] if own else None)


def _colleagues(seats: Sequence[SeatRow], *, but_not: int, now: datetime) -> list[Colleague]:
    """Return who has the seats of a shift, in the order of their duties."""
    held = {seat.person_id: seat for seat in seats if seat.person_id not in (None, but_not)}
    stages = stages_of({person_id for person_id in held if person_id is not None}, now) if held else {}
    return [
        Colleague(person_id, seat.holder, stages[person_id], seat.duty, seat)
        for person_id, seat in held.items()
        if person_id is not None and seat.holder is not None
    ]
