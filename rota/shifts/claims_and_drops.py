"""What people do themselves with published shifts: give one back, or take an open one.

Each is a small version of the rota. Nobody is asked why they cannot come.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.outbox import queue
from app.people.models import Person
from app.people.rights import people_who_may
from app.policies import documents
from app.refusals import Conflict, NotFound
from progression.duties import Duty
from progression.intervals import FOR_EVER, Interval
from progression.standing import standing_of
from rota.notices import ShiftDropped
from rota.permissions import RotaPermission
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.store.assignments import SeatMovedOn, hand_over, holders, lock_rota, new_version
from rota.store.availability import availability_of
from rota.store.models import Assignment, RotaVersion, VersionKind, Why
from rota.store.seats import SeatRow, seat, shifts_with_room
from rota.store.snapshot import Snapshot, snapshot_beside, snapshot_for_person

OPEN_SHIFTS_AHEAD = timedelta(days=28)
LONGEST_SHIFT = timedelta(days=2)
NO_REASON = frozenset({Severity.WISH, Severity.UNUSED})


class TooLate(Conflict):
    """The shift has begun."""


class DoesNotFit(Conflict):
    """A rule stands between a person and an open shift."""


def drop(assignment_id: int, person: Person, *, now: datetime) -> RotaVersion | None:
    """Give back a shift of one's own before it begins; the coordinators are told, and it is open again.

    Giving it back twice changes nothing and returns None.
    """
    db.lock_people([person.id])
    seat_id = db.session.scalar(
        select(Assignment.seat_id).where(Assignment.id == assignment_id, Assignment.person_id == person.id)
    )
    if seat_id is None:
        raise NotFound("There is no such shift of yours.")
    place = seat(seat_id)
    if place.starts_at <= now:
        raise TooLate("This shift has begun. Please ring the on-call line, so that nobody is left alone.")
    rota = lock_rota(place.rota_id)
    held = holders([seat_id]).get(seat_id)
    if held is None or held.id != assignment_id:
        return None
    version = new_version(rota, VersionKind.DROPPED, by=person.id, now=now, details={"seat": seat_id})
    hand_over(seat_id, None, held=held, version=version, by=person.id, why=Why.DROPPED, now=now)
    tell_coordinators(version, place, now=now, but_not=person.id)
    return version


def tell_coordinators(version: RotaVersion, place: SeatRow, *, now: datetime, but_not: int | None) -> None:
    """Tell everybody who plans that a seat is open again."""
    today = clock.on(now, settings.current().zone)
    for coordinator in people_who_may(RotaPermission.PLAN, on=today):
        if coordinator != but_not:
            queue.enqueue(
                ShiftDropped(version_id=version.id, seat_id=place.id),
                to=coordinator,
                once=f"shift-dropped:{version.id}:{place.id}:{coordinator}",
                now=now,
                deadline=place.ends_at,
            )


def claim(seat_id: int, person: Person, *, now: datetime) -> RotaVersion | None:
    """Take an open shift, every rule checked as it stands at this moment. Of many at once, one gets it.

    Taking it twice changes nothing and returns None.
    """
    db.lock_people([person.id])
    rota = lock_rota(seat(seat_id).rota_id)
    place = seat(seat_id)  # read again, now that nobody else can change it
    if place.person_id == person.id:
        return None
    if place.starts_at <= now:
        raise TooLate("This shift has begun already.")
    if place.person_id is not None:
        raise SeatMovedOn("Somebody was a moment quicker and has this shift. Thank you for offering.")
    if not place.is_open:
        raise NotFound("This shift is not open.")
    if reasons := reasons_against(person, place, now=now):
        raise DoesNotFit(*reasons)
    version = new_version(rota, VersionKind.CLAIMED, by=person.id, now=now, details={"seat": seat_id})
    hand_over(seat_id, person.id, held=None, version=version, by=person.id, why=Why.CLAIMED, now=now)
    return version


def reasons_against(person: Person, place: SeatRow, *, now: datetime) -> list[str]:
    """What stands between a person and one seat at this moment, in sentences; nothing if they may take it."""
    breaches = _breaches(snapshot_for_person(person, [place], now=now), person, place)
    return [breach.sentence for breach in breaches if breach.severity is not Severity.WISH]


def _breaches(view: Snapshot, person: Person, place: SeatRow) -> list[Breach]:
    roster = view.roster
    shift = roster.shift_by_id[place.shift_id]
    return check_assignment(roster, view.plan, roster.person_by_id[person.id], shift, place.duty)


def open_shifts_for(person: Person, *, now: datetime) -> list[SeatRow]:
    """The open shifts of the next four weeks that fit: cleared, free and rested. One seat a line is shown."""
    until = now + OPEN_SHIFTS_AHEAD
    cleared = [Duty(duty) for duty, spans in standing_of(person.id, now).clearances.items() if spans]
    able = availability_of([person.id], now, until + LONGEST_SHIFT)[person.id]
    # Where time that was not offered is no more than a wish missed, every time comes into question.
    if documents.on(RotaRules, clock.on(now, settings.current().zone)).availability.severity in NO_REASON:
        able = (Interval(now, FOR_EVER),)
    if not cleared or not able:
        return []
    whole = shifts_with_room(now, until, cleared, able)
    places = [seat for seat in whole if seat.is_open and seat.duty in cleared]
    if not places:
        return []
    view = snapshot_beside(person, whole, now=now)
    seen: set[tuple[int, Duty]] = set()
    fitting = []
    for place in places:
        if (place.shift_id, place.duty) in seen:
            continue
        seen.add((place.shift_id, place.duty))
        breaches = _breaches(view, person, place)
        if all(breach.severity is Severity.WISH for breach in breaches):
            fitting.append(place)
    return fitting
