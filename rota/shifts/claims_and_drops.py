"""What people change themselves on a published rota: claim an open shift, or drop one of their own.

Each is a small version of the rota. Nobody is asked why they cannot come. A shift that begins soon is not dropped:
its holder asks for cover (`rota/exchanges`), and it is theirs until somebody claims it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from app import clock, db, settings
from app.outbox import queue
from app.people.models import Person
from app.policies import documents
from app.refusals import Conflict, NotFound
from progression.duties import Duty
from progression.intervals import FOR_EVER, Interval
from progression.standing import standing_of
from rota.exchanges.changes import QUICKER, DoesNotFit, cover_asked_for, take
from rota.exchanges.models import SeatChange
from rota.exchanges.policy import rules_now
from rota.exchanges.reading import LOOKS_FOR_COVER
from rota.notices import ShiftTaken
from rota.scheduling.cover_pattern import LONGEST_SHIFT
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.shifts.on_behalf import record_on_behalf, tell_of_answer, tell_whom_it_was_done_for
from rota.shifts.opened_seats import tell_that_seats_opened
from rota.store.assignments import SeatHolderChanged, current_assignments, lock_rota, new_version, reassign
from rota.store.availability import availability_of
from rota.store.models import Assignment, ChangeReason, Rota, RotaVersion, VersionKind
from rota.store.open_seats import vacant_seats_for
from rota.store.seat_reasons import reasons_against, those_that_fit
from rota.store.seats import SeatRow, get_seat, place_of
from rota.store.waiting import stop_waiting

OPEN_SHIFTS_AHEAD = timedelta(days=28)
NOT_BLOCKING = frozenset({Severity.WISH, Severity.UNUSED})


WORDS_TOO_LATE = "This shift has begun. Please ring the on-call line, so that nobody is left alone."
WORDS_TOO_LATE_ON_CALL = "You are on call now. Please tell a coordinator at once, so that somebody else can be rung."


class TooLate(Conflict):
    """The shift has begun."""


class AskForCover(Conflict):
    """It is too late to give the shift back: it is its holder's until somebody takes it."""


def drop(assignment_id: int, person: Person, *, now: datetime, by: Person | None = None) -> RotaVersion | None:
    """Give back one's own shift before its deadline: its seat becomes open, and those who can do something are told.

    `by` is somebody who plans and does it on the person's behalf, at any time before the shift; the person is told so.
    Doing it twice changes nothing and returns None. Refuses a shift whose deadline has passed, with the way to ask for
    cover instead (`AskForCover`), and one that has begun.
    """
    db.lock_people([person.id])
    seat_id = db.session.scalar(
        select(Assignment.seat_id).where(Assignment.id == assignment_id, Assignment.person_id == person.id)
    )
    if seat_id is None:
        raise NotFound("There is no such shift of yours.")
    seat = get_seat(seat_id)
    if seat.starts_at <= now:
        raise TooLate(WORDS_TOO_LATE_ON_CALL if seat.duty is Duty.ON_CALL else WORDS_TOO_LATE)
    rota = lock_rota(seat.rota_id)
    held = current_assignments([seat_id]).get(seat_id)
    if held is None or held.id != assignment_id:
        return None
    if by is None and now > rules_now(now).give_back_until(seat):
        raise AskForCover(
            "This shift begins soon, so it stays yours until somebody takes it. Ask for cover on its page: the "
            "coordinators are told, and everybody whom it fits can take it."
        )
    version = _version(rota, VersionKind.DROPPED, seat, person, by=by, now=now)
    reassign(seat_id, None, held=held, version=version, why=ChangeReason.DROPPED)
    stop_waiting(seat.line_id, person.id)
    if by is not None:
        tell_whom_it_was_done_for("dropped", seat, person, by=by, now=now, once=f"dropped:{version.id}")
    tell_that_seats_opened([version], [seat], now=now, but_not=person.id)
    return version


def claim(seat_id: int, person: Person, *, now: datetime, by: Person | None = None) -> RotaVersion | SeatChange | None:
    """Take an open seat, with every rule checked at this moment. Of several people at once, one gets it.

    One for which its holder asks for cover goes over from them: then the change is returned, which may have to wait for
    a coordinator (`take` of `rota/exchanges`).

    `by` is somebody who plans and does it on the person's behalf, by the same rules; the person is told so. Doing it
    twice changes nothing and returns None. Refuses a seat that is taken, not open or has begun, and one that a rule
    forbids, with the rule's sentences.
    """
    if (asked := cover_asked_for(seat_id)) is not None and asked.asker_id != person.id:
        taken = take(asked.id, person.id, by=(by or person).id, now=now)
        if by is not None:
            tell_of_answer(taken, person, by=by, now=now)
        return taken
    db.lock_people([person.id])
    rota = lock_rota(get_seat(seat_id).rota_id)
    seat = get_seat(seat_id)  # read again under the lock
    if seat.person_id == person.id:
        return None
    if seat.starts_at <= now:
        raise TooLate("This shift has begun already.")
    if seat.is_taken:
        raise SeatHolderChanged(QUICKER)
    if not seat.is_open:
        raise NotFound("This shift is not open.")
    if reasons := reasons_against(person, seat, now=now):
        raise DoesNotFit(*reasons)
    version = _version(rota, VersionKind.CLAIMED, seat, person, by=by, now=now)
    reassign(seat_id, person.id, held=None, version=version, why=ChangeReason.CLAIMED)
    if by is not None:
        tell_whom_it_was_done_for("claimed", seat, person, by=by, now=now, once=f"claimed:{version.id}")
    else:
        queue.enqueue(
            ShiftTaken(version_id=version.id),
            to=person.id,
            once=f"shift-taken:{version.id}",
            now=now,
            deadline=seat.starts_at,
        )
    return version


def _version(
    rota: Rota, kind: VersionKind, seat: SeatRow, person: Person, *, by: Person | None, now: datetime
) -> RotaVersion:
    """The version that a person makes or, on their behalf, `by`: then it is on record for whom."""
    version = new_version(rota, kind, by=(by or person).id, now=now, details={"seat": seat.id})
    if by is not None:
        record_on_behalf(kind, seat, person, by=by, version_id=version.id, now=now)
    return version


def open_shifts_for(person: Person, *, now: datetime) -> list[SeatRow]:
    """Return the open seats of the next four weeks to offer a person, one for each shift and duty.

    Each may be claimed, those for which their holders ask for cover too. Shifts that they gave back or were taken off
    are left out; they may still take one back on its own page.
    """
    until = now + OPEN_SHIFTS_AHEAD
    cleared = [Duty(duty) for duty, spans in standing_of(person.id, now).clearances.items() if spans]
    within = times_to_look_at(person, now, until)
    if not cleared or not within:
        return []
    offered = vacant_seats_for(person.id, now, until, cleared, within, also=LOOKS_FOR_COVER)
    vacant_first = sorted(offered, key=lambda seat: seat.is_taken)
    return those_that_fit(person, sorted(first_of_each(vacant_first), key=place_of), now=now)


def first_of_each(seats: Iterable[SeatRow]) -> list[SeatRow]:
    """The first of these seats of each shift and duty, in their order."""
    first: dict[tuple[int, Duty], SeatRow] = {}
    for seat in seats:
        first.setdefault((seat.shift_id, seat.duty), seat)
    return list(first.values())


def times_to_look_at(person: Person, now: datetime, until: datetime) -> tuple[Interval, ...]:
    """The times in which a shift may fit: those that the person offered, where the rules of any day ask for that."""
    zone = settings.current().zone
    policies = [rules for _, rules in documents.from_day_on(RotaRules, clock.on(now, zone))]
    # Where a policy makes availability a wish at most, shifts at any time may be claimed.
    if any(rules.availability.severity in NOT_BLOCKING for rules in policies):
        return (Interval(now, FOR_EVER),)
    return availability_of([person.id], now, until + LONGEST_SHIFT)[person.id]
