"""Somebody cannot come until some day, or until they come back: all their shifts of that time become open at once.

They say it themselves, or somebody who plans says it for them. Nobody asks why. While a seat is still empty it can be
unmade: the days are taken back, and the person has every seat again that nobody has and that still fits them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import audit, clock, db
from app.day_bounds import LONGEST_LEAVE, NO_LAST_DAY
from app.outbox import queue
from app.people.leaving import departure_of
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound, PageOutOfDate
from app.wording import plural
from progression.intervals import FOR_EVER
from rota.absence_notices import AwayAgain, AwaySaid, WordToContact
from rota.shifts.my_shifts import zone_of
from rota.shifts.opened_seats import planners, tell_that_seats_opened
from rota.store.absences import Absence, AbsenceSeat, clear_leave, leave_within, seats_left_in
from rota.store.assignments import current_assignments, lock_rota, new_version, reassign
from rota.store.availability import set_leave
from rota.store.ending_parts import end_parts, parts_left_at
from rota.store.models import ChangeReason, RotaVersion, Seat, VersionKind
from rota.store.seat_part_rows import PartEnd
from rota.store.seat_parts import parts_taken_by
from rota.store.seat_reasons import reasons_against
from rota.store.seats import SeatRow, get_seat, seats_held_by, seats_where
from rota.store.taking_off import take_off

LONGEST = timedelta(days=28)
"""How many days ahead somebody can say so at short notice; longer leave is a pause, or days away."""
TOLD_WITHIN = timedelta(days=14)
WORD_WITHIN = timedelta(days=2)  # who needs support needs it soon


@dataclass(frozen=True)
class AbsenceAsked:
    """The days that somebody cannot come, and what it comes to, before it is done."""

    first: date
    last: date | None
    """None: until they come back."""
    seats: Sequence[SeatRow]
    """The shifts that become open."""
    parts: Sequence[SeatRow]
    """Parts of others' shifts that they took, which those others work again."""
    running: Sequence[SeatRow]
    """Shifts of that time that have begun, which nothing here changes."""

    @property
    def mark(self) -> str:
        """Stands for exactly these seats, so that a page that showed others is refused."""
        held = ",".join(f"{seat.id}:{seat.assignment_id}:{seat.part_id or ''}" for seat in (*self.seats, *self.parts))
        return sha256(held.encode()).hexdigest()[:16]

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """When the time away ends, on a clock."""
        return _end_of(self.last, zone)


@dataclass(frozen=True)
class CameBack:
    """What unmaking an absence came to."""

    returned: Sequence[SeatRow]
    kept: Sequence[SeatRow]
    """The seats that somebody else has by now, or that do not fit any more."""
    lost_parts: Sequence[SeatRow] = ()
    """The parts of others' shifts that stay with those others, who were told that they work them again."""

    def words(self, *, is_own: bool) -> str:
        """What it came to, in sentences for the person or for who did it for them; nothing where nothing was lost."""
        theirs, they = ("yours", "you") if is_own else ("theirs", "they")
        said = []
        if self.returned:
            said.append(f"{plural(len(self.returned), 'shift is', 'shifts are')} {theirs} again.")
        if self.kept:
            said.append(
                f"{plural(len(self.kept), 'shift stays', 'shifts stay')} with somebody else, or no longer fits."
            )
        if self.lost_parts:
            parts = plural(len(self.lost_parts), "part of a shift stays", "parts of shifts stay")
            said.append(
                f"{parts} with who has the shift: they were told that they come for it. If they offer it again, "
                f"{they} can take it."
            )
        return " ".join(said)


def absence_asked(person: Person, first: date, last: date, *, now: datetime) -> AbsenceAsked:
    """Return what being away from one day to another, on the person's clock, would come to. Changes nothing.

    It begins today at the earliest. Refuses days that are over, in the wrong order, or further ahead than `LONGEST`.
    """
    furthest = clock.on(now, zone_of(person)) + LONGEST
    if first > furthest or last > furthest:
        raise Invalid("That is more than four weeks ahead. Enter it with the days away instead.", field="last")
    return time_away_asked(person, first, last, now=now)


def time_away_asked(person: Person, first: date, last: date | None, *, now: datetime) -> AbsenceAsked:
    """Return what any time away would come to; without a last day, until the person comes back. Changes nothing.

    It begins today at the earliest. Refuses days that are over, in the wrong order, or more than a year ahead.
    """
    zone = zone_of(person)
    today = clock.on(now, zone)
    first = max(first, today)
    if last is not None and last < today:
        raise Invalid("That day is over. Choose a later one.", field="last")
    if last is not None and last < first:
        raise Invalid("The last day must not come before the first.", field="last")
    if last is not None and last > today + LONGEST_LEAVE:
        raise Invalid("That is more than a year ahead. Choose an earlier day, or none.", field="last")
    within = max(now, clock.starts(first, zone)), _end_of(last, zone)
    seats, parts = seats_held_by([person.id], *within), parts_taken_by(person.id, *within)
    coming = [seat for seat in seats if seat.starts_at > now]
    lost = [part for part in parts if part.starts_at > now and part.starts_at < within[1]]
    return AbsenceAsked(first, last, coming, lost, [seat for seat in (*seats, *parts) if seat.starts_at <= now])


def _end_of(last: date | None, zone: ZoneInfo) -> datetime:
    return NO_LAST_DAY if last is None else clock.ends(last, zone)


def be_away(
    person: Person, first: date, last: date | None, *, seen: str, by: int, now: datetime, tell: int | None = None
) -> Absence:
    """Take a person off all their shifts of these days, and keep the days as time away: in one transaction.

    One version for each rota, one e-mail to everybody who plans and one to the person. `seen` is the mark of what the
    page showed; other shifts than those are refused with `PageOutOfDate`. `tell` is the one person whom they want to
    know that they need support: nothing but the recipient of one private e-mail differs (docs/decisions/0026).
    """
    absence, versions, emptied = leave_shifts(person, first, last, seen=seen, by=by, now=now)
    if versions:
        tell_that_seats_opened(versions, emptied, now=now, but_not=person.id)
    queue.enqueue(
        AwaySaid(absence_id=absence.id),
        to=person.id,
        once=f"away-said:{absence.id}",
        now=now,
        deadline=min(absence.ends_at, now + TOLD_WITHIN),
    )
    queue_word(absence, to=tell or person.id, now=now)
    return absence


def leave_shifts(
    person: Person, first: date, last: date | None, *, seen: str, by: int, now: datetime
) -> tuple[Absence, list[RotaVersion], list[SeatRow]]:
    """Keep the days as time away and take a person off their shifts of them, as `be_away` does, without an e-mail.

    Return it with the versions and the seats that became open. Who calls it tells people.
    """
    db.lock_people([person.id])
    asked = time_away_asked(person, first, last, now=now)
    if asked.mark != seen:
        raise PageOutOfDate("The shifts of that time are others by now. Look at them again; nothing was changed yet.")
    zone = zone_of(person)
    starts_at, ends_at = clock.starts(asked.first, zone), asked.ends_at(zone)
    leave_before = leave_within(person.id, starts_at, ends_at)
    set_leave(person.id, asked.first, last, zone=zone, now=now, by=by)
    absence = Absence(
        person_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
        leave_before=leave_before,
        said_at=now,
        said_by_id=by,
    )
    db.session.add(absence)
    db.session.flush()
    for rota_id in sorted({seat.rota_id for seat in (*asked.seats, *asked.parts)}):
        lock_rota(rota_id)
    end_parts(person.id, asked.parts, PartEnd.AWAY, planners=planners(now), by=by, now=now)
    versions, emptied = take_off(
        person.id, asked.seats, kind=VersionKind.DROPPED, why=ChangeReason.DROPPED, by=by, now=now
    )
    db.session.add_all(AbsenceSeat(absence_id=absence.id, seat_id=seat.id) for seat in emptied)
    audit.record(
        "rota.away-said",
        by=by,
        subject=f"person:{person.id}",
        now=now,
        details={"seats": [seat.id for seat in emptied]},
    )
    return absence, versions, emptied


def queue_word(absence: Absence, *, to: int, now: datetime) -> None:
    """Queue the private e-mail of an absence. Each has one: addressed to its own person, it is never sent."""
    word, once = WordToContact(absence_id=absence.id), key_of_word(absence.id, to)
    queue.enqueue(word, to=to, once=once, now=now, deadline=now + WORD_WITHIN)


def key_of_word(absence_id: int, to: int) -> str:
    """The key of the private e-mail of an absence to one person."""
    return f"{WordToContact.kind}:{absence_id}:{to}"


def come_back(absence_id: int, *, person_id: int, by: int, now: datetime) -> CameBack:
    """Unmake an absence: the days are no longer away, and the person has again what is empty and fits them.

    Parts of others' shifts stay with those others: they were told that they work them again, and may offer them again.

    Refuses one of somebody else or that was unmade, and one that is over.
    """
    db.lock_people([person_id])
    absence = db.session.scalars(
        select(Absence)
        .where(Absence.id == absence_id, Absence.person_id == person_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if absence is None:
        raise NotFound("There are no such days away.")
    if absence.unmade_at is not None:
        raise Conflict("These days were taken back already.")
    if absence.ends_at <= now:
        raise Conflict("These days are over.")
    departure = departure_of(person_id)
    if departure is not None and departure.said_at == absence.said_at:
        raise Conflict("These days come after a last day. Take that back, and they go with it.")
    absence.unmade_at, absence.unmade_by_id = now, by
    seats = seats_where(Seat.id.in_(seats_left_in(absence_id)))
    for rota_id in sorted({seat.rota_id for seat in [*seats, *seats_held_by([person_id], now, FOR_EVER)]}):
        lock_rota(rota_id)  # all of them first: some of the seats are given back, and some others may be released
    clear_leave(absence, now=now)
    versions, returned = _give_back(db.session.get_one(Person, person_id), seats, by=by, now=now)
    audit.record(
        "rota.away-unmade", by=by, subject=f"person:{person_id}", now=now, details={"seats": [s.id for s in returned]}
    )
    ids = {seat.id for seat in returned}
    if versions:
        queue.enqueue(
            AwayAgain(version_ids=[version.id for version in versions]),
            to=person_id,
            once=f"away-unmade:{absence.id}",
            now=now,
            deadline=max(seat.starts_at for seat in returned),
        )
    lost_parts = [part for part in parts_left_at(person_id, absence.said_at) if part.starts_at > now]
    return CameBack(returned, [seat for seat in seats if seat.id not in ids and seat.starts_at > now], lost_parts)


def _give_back(
    person: Person, seats: Sequence[SeatRow], *, by: int, now: datetime
) -> tuple[list[RotaVersion], list[SeatRow]]:
    """Give the person those of these seats that nobody has and that fit them, one after the other."""
    versions: dict[int, RotaVersion] = {}
    returned = []
    rotas = {rota_id: lock_rota(rota_id) for rota_id in sorted({seat.rota_id for seat in seats})}
    held = current_assignments([seat.id for seat in seats])
    for seat in seats:
        if seat.id in held or seat.starts_at <= now or reasons_against(person, get_seat(seat.id), now=now):
            continue
        version = versions.get(seat.rota_id)
        if version is None:
            rota = rotas[seat.rota_id]
            version = new_version(rota, VersionKind.CLAIMED, by=by, now=now, details={"person": person.id})
            versions[seat.rota_id] = version
        reassign(seat.id, person.id, held=None, version=version, why=ChangeReason.CLAIMED)
        db.session.flush()  # the next seat is judged with this one
        returned.append(seat)
    return list(versions.values()), returned
