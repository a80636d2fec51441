"""What people change themselves on a published rota: claim an open shift, or drop one of their own.

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
from rota.scheduling.rules.book import check_assignment, which_fit
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.store.assignments import SeatHolderChanged, current_assignments, lock_rota, new_version, reassign
from rota.store.availability import availability_of
from rota.store.models import Assignment, ChangeReason, RotaVersion, VersionKind
from rota.store.seats import SeatRow, get_seat, seats_of_shifts_with_room
from rota.store.snapshot import Snapshot, snapshot_beside, snapshot_for_person

OPEN_SHIFTS_AHEAD = timedelta(days=28)
LONGEST_SHIFT = timedelta(days=2)
NOT_BLOCKING = frozenset({Severity.WISH, Severity.UNUSED})


class TooLate(Conflict):
    """The shift has begun."""


class DoesNotFit(Conflict):
    """A rule does not allow this person on this seat."""


def drop(assignment_id: int, person: Person, *, now: datetime) -> RotaVersion | None:
    """Give back one's own shift before it begins: its seat becomes open, and the coordinators are notified.

    Doing it twice changes nothing and returns None. Refuses a shift that has begun.
    """
    db.lock_people([person.id])
    seat_id = db.session.scalar(
        select(Assignment.seat_id).where(Assignment.id == assignment_id, Assignment.person_id == person.id)
    )
    if seat_id is None:
        raise NotFound("There is no such shift of yours.")
    seat = get_seat(seat_id)
    if seat.starts_at <= now:
        raise TooLate("This shift has begun. Please ring the on-call line, so that nobody is left alone.")
    rota = lock_rota(seat.rota_id)
    held = current_assignments([seat_id]).get(seat_id)
    if held is None or held.id != assignment_id:
        return None
    version = new_version(rota, VersionKind.DROPPED, by=person.id, now=now, details={"seat": seat_id})
    reassign(seat_id, None, held=held, version=version, why=ChangeReason.DROPPED)
    notify_coordinators(version, seat, now=now, but_not=person.id)
    return version


def notify_coordinators(version: RotaVersion, seat: SeatRow, *, now: datetime, but_not: int | None) -> None:
    """Queue a notice to everybody who plans, except `but_not`, that a seat is open again."""
    today = clock.on(now, settings.current().zone)
    for coordinator in people_who_may(RotaPermission.PLAN, on=today):
        if coordinator != but_not:
            queue.enqueue(
                ShiftDropped(version_id=version.id, seat_id=seat.id),
                to=coordinator,
                once=f"shift-dropped:{version.id}:{seat.id}:{coordinator}",
                now=now,
                deadline=seat.ends_at,
            )


def claim(seat_id: int, person: Person, *, now: datetime) -> RotaVersion | None:
    """Take an open seat, with every rule checked at this moment. Of several people at once, one gets it.

    Doing it twice changes nothing and returns None. Refuses a seat that is taken, not open or has begun, and one that
    a rule forbids, with the rule's sentences.
    """
    db.lock_people([person.id])
    rota = lock_rota(get_seat(seat_id).rota_id)
    seat = get_seat(seat_id)  # read again under the lock
    if seat.person_id == person.id:
        return None
    if seat.starts_at <= now:
        raise TooLate("This shift has begun already.")
    if seat.person_id is not None:
        raise SeatHolderChanged("Somebody was a moment quicker and has this shift. Thank you for offering.")
    if not seat.is_open:
        raise NotFound("This shift is not open.")
    if reasons := reasons_against(person, seat, now=now):
        raise DoesNotFit(*reasons)
    version = new_version(rota, VersionKind.CLAIMED, by=person.id, now=now, details={"seat": seat_id})
    reassign(seat_id, person.id, held=None, version=version, why=ChangeReason.CLAIMED)
    return version


def reasons_against(person: Person, seat: SeatRow, *, now: datetime) -> list[str]:
    """Return why a person may not take a seat at this moment, in sentences; an empty list if they may."""
    breaches = _breaches(snapshot_for_person(person, [seat], now=now), person, seat)
    return [breach.sentence for breach in breaches if breach.severity is not Severity.WISH]


def _breaches(snapshot: Snapshot, person: Person, seat: SeatRow) -> list[Breach]:
    roster = snapshot.roster
    shift = roster.shift_by_id[seat.shift_id]
    return check_assignment(roster, snapshot.plan, roster.person_by_id[person.id], shift, seat.duty)


def open_shifts_for(person: Person, *, now: datetime) -> list[SeatRow]:
    """Return the open seats of the next four weeks that a person may claim, one for each shift and duty."""
    until = now + OPEN_SHIFTS_AHEAD
    cleared = [Duty(duty) for duty, spans in standing_of(person.id, now).clearances.items() if spans]
    available = availability_of([person.id], now, until + LONGEST_SHIFT)[person.id]
    # Where the policy makes availability a wish at most, shifts at any time may be claimed.
    if documents.on(RotaRules, clock.on(now, settings.current().zone)).availability.severity in NOT_BLOCKING:
        available = (Interval(now, FOR_EVER),)
    if not cleared or not available:
        return []
    all_seats = seats_of_shifts_with_room(now, until, cleared, available)
    open_seats = [seat for seat in all_seats if seat.is_open and seat.duty in cleared]
    if not open_seats:
        return []
    snapshot = snapshot_beside(person, all_seats, now=now)
    roster = snapshot.roster
    one_each: dict[tuple[int, Duty], SeatRow] = {}
    for seat in open_seats:
        one_each.setdefault((seat.shift_id, seat.duty), seat)
    candidates = one_each.values()
    asked = [(roster.shift_by_id[seat.shift_id], seat.duty) for seat in candidates]
    fit = which_fit(roster, snapshot.plan, roster.person_by_id[person.id], asked)
    return [seat for seat, fits in zip(candidates, fit, strict=True) if fits]
