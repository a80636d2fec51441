"""Suspending an account: with a reason, and only once what it takes away has been seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.people import rights
from app.people.models import Person, PersonState, Suspension
from app.people.rights import Loss
from app.refusals import Conflict, Invalid

LONGEST_REASON = 1000  # characters


@dataclass(frozen=True)
class Consequences:
    """What suspending would take away, and whether it is other than what was confirmed.

    `mark` is a hash of it, so that nothing is done that was not confirmed.
    """

    freed: tuple[Loss, ...]
    mark: str
    is_other: bool


class ConfirmationRequired(Conflict):
    """Suspending frees every coming seat at once, so that has to be seen first."""

    def __init__(self, consequences: Consequences) -> None:
        super().__init__("Look at what would follow, then say that it is right.")
        self.consequences = consequences


@dataclass(frozen=True)
class PastSuspension:
    """A suspension, for the pages that list them."""

    by: str
    at: datetime
    reason: str


def suspend(person: Person, reason: str, *, agreed: str | None, by: Person, now: datetime) -> None:
    """Suspend an account at once and keep the reason.

    Refuses a missing reason, and whatever `rights.suspend` refuses. Refuses with `ConfirmationRequired`, and changes
    nothing, unless `agreed` is the mark of exactly its consequences. Call it inside `db.writing()`.
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(f"Say why, in at most {LONGEST_REASON:,} characters.", field="reason")
    freed = _would_be_freed(person, now=now)
    mark = hashlib.sha256(repr((person.id, freed)).encode()).hexdigest()
    if agreed != mark:
        raise ConfirmationRequired(Consequences(freed, mark, is_other=agreed is not None))
    rights.suspend(person, by=by, now=now)
    db.session.add(Suspension(person_id=person.id, by_id=by.id, at=now, reason=reason))


def suspensions_of(person_id: int) -> list[PastSuspension]:
    """The suspensions of a person's account, newest first."""
    rows = db.session.execute(
        select(Suspension, Person.display_name)
        .join(Person, Person.id == Suspension.by_id)
        .where(Suspension.person_id == person_id)
        .order_by(Suspension.id.desc())
    )
    return [PastSuspension(name, row.at, row.reason) for row, name in rows]


def _would_be_freed(person: Person, *, now: datetime) -> tuple[Loss, ...]:
    """What every domain would take away: asked with the account suspended, which is then undone."""
    db.lock_people([person.id])
    state = person.state
    person.state = PersonState.SUSPENDED
    db.session.flush()
    freed = rights.losses(person.id, now=now)
    person.state = state
    db.session.flush()
    return freed
