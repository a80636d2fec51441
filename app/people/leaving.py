"""Leaving the organisation: somebody's last day, said beforehand, and the account that closes when it is over.

A person says it themselves without a reason, or staff say it for them with one, which the person reads. Until the day
is over it can be taken back. Then a job closes the account: what was learned and given stays on record, and the account
can be opened again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import audit, clock, db, settings
from app.day_bounds import PLANNED_AHEAD
from app.outbox import queue
from app.outbox.notice import Notice
from app.people import rights
from app.people.directory import names_of
from app.people.models import LONGEST_REASON_TO_LEAVE, NOT_OVER, Departure, Person, PersonState, Role
from app.refusals import Conflict, Invalid, NotFound

TOLD_WITHIN = timedelta(days=14)


@dataclass(frozen=True)
class HasLeft(Notice):
    """To somebody whose last day is over: thanks, what stays on record, and how to come back. The last e-mail."""

    kind: ClassVar[str] = "has-left"
    reaches_closed: ClassVar[bool] = True
    departure_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once their account is open again."""
        return db.session.get_one(Person, to).state is PersonState.LEFT

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"departure": db.session.get_one(Departure, self.departure_id)}


def zone_of(person: Person) -> ZoneInfo:
    """The zone on whose clock a person's last day ends: their own, or the organisation's."""
    return ZoneInfo(person.zone_name) if person.zone_name else settings.current().zone


def departure_of(person_id: int) -> Departure | None:
    """The last day that somebody has said and that is not over; None where they stay."""
    query = select(Departure).where(Departure.person_id == person_id, NOT_OVER)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def last_departure(person_id: int) -> Departure | None:
    """When somebody left, of an account that is closed because of it."""
    query = select(Departure).where(Departure.person_id == person_id, Departure.closed_at.is_not(None))
    return db.session.scalars(query.order_by(Departure.id.desc()).limit(1)).first()


def say(person: Person, last_day: date, *, reason: str, by: Person, now: datetime) -> Departure:
    """Keep somebody's last day: today at the earliest. Their account stays open until it is over.

    Refuses a day that is over or more than a year ahead, staff without a reason, an account that is not open, who said
    one already, and the last administrator who stays. Tells nobody: `rota.shifts.leaving`, which calls it, does.
    """
    reason = reason.strip()
    if by.id != person.id and not reason:
        raise Invalid("Say why. They will read it.", field="reason")
    if len(reason) > LONGEST_REASON_TO_LEAVE:
        raise Invalid(f"Please keep it under {LONGEST_REASON_TO_LEAVE:,} characters.", field="reason")
    today = clock.on(now, zone_of(person))
    if last_day < today:
        raise Invalid("That day is over. Choose today or a later one.", field="last")
    if last_day > today + PLANNED_AHEAD:
        raise Invalid("That is more than a year ahead. Say it when it is nearer.", field="last")
    if Role.ADMIN in rights.roles_of(person.id, on=clock.on(now, settings.current().zone)):
        rights.check_another_administrator(person, today=clock.on(now, settings.current().zone))
    db.lock_people([person.id])
    if person.state is not PersonState.ACTIVE:
        raise Conflict(f"The account of {person.display_name} is not open, so there is nothing to leave.")
    if departure_of(person.id) is not None:
        raise Conflict("A last day is down already. Take it back first, if it should be another.")
    kept = reason if by.id != person.id else None
    departure = Departure(person_id=person.id, last_day=last_day, said_at=now, said_by_id=by.id, reason=kept)
    db.session.add(departure)
    details = {"last_day": last_day.isoformat()}
    audit.record("people.leaving-said", by=by.id, subject=f"person:{person.id}", now=now, details=details)
    db.session.flush()
    return departure


def take_back(departure_id: int, *, by: int, now: datetime) -> Departure:
    """Take a last day back before it is over. Who it is about may, if they said it; and so may staff.

    The caller has checked that `by` is one of the two. Refuses one that was taken back, or that is over.
    """
    found = db.session.get(Departure, departure_id)
    if found is None:
        raise NotFound("There is no such last day.")
    db.lock_people([found.person_id])
    departure = departure_of(found.person_id)
    if departure is None or departure.id != departure_id:
        raise Conflict("This was taken back already, or the day is over.")
    departure.taken_back_at = now
    audit.record("people.leaving-taken-back", by=by, subject=f"person:{departure.person_id}", now=now)
    db.session.flush()
    return departure


def close_accounts(now: datetime) -> None:
    """Close the accounts of people whose last day is over, each in a transaction of its own. Safe to run again."""
    due = [departure.id for departure, person in _leaving() if _is_over(departure, person, now)]
    db.session.rollback()
    for departure_id in due:
        with db.writing():
            _close(departure_id, now)


def _leaving() -> Sequence[tuple[Departure, Person]]:
    rows = db.session.execute(
        select(Departure, Person).join(Person, Person.id == Departure.person_id).where(NOT_OVER).order_by(Departure.id)
    )
    return [(row.Departure, row.Person) for row in rows]


def _is_over(departure: Departure, person: Person, now: datetime) -> bool:
    return clock.ends(departure.last_day, zone_of(person)) <= now


def _close(departure_id: int, now: datetime) -> None:
    """Close one account, if it is still due under the lock. An account that was suspended meanwhile stays so."""
    person_id = db.session.get_one(Departure, departure_id).person_id
    db.lock_people([person_id])
    departure, person = departure_of(person_id), db.session.get_one(Person, person_id)
    if departure is None or departure.id != departure_id or not _is_over(departure, person, now):
        return
    departure.closed_at = now
    if person.state is not PersonState.ACTIVE:
        return
    person.state = PersonState.LEFT
    audit.record("people.left", by=None, subject=f"person:{person_id}", now=now)
    rights.rights_lost(person_id, now=now, why="left")
    queue.enqueue(
        HasLeft(departure_id),
        to=person_id,
        once=f"{HasLeft.kind}:{departure_id}:{person_id}",
        now=now,
        due_at=clock.ends(departure.last_day, zone_of(person)),
        deadline=now + TOLD_WITHIN,
    )


def said_by(departure: Departure) -> str | None:
    """The name of who said it, where that was not the person themselves."""
    if departure.said_by_id == departure.person_id:
        return None
    return names_of([departure.said_by_id])[departure.said_by_id]
