"""Audited access to private details: legal name, birth date and contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import audit, db
from app.extension_point import ExtensionPoint
from app.people.models import Person, PersonPrivate
from app.people.rights import CorePermission, permissions_of
from app.refusals import NotAllowed, NotFound

MayRing = Callable[[int, Person, datetime], bool]  # (whose number, who asks, now)

may_ring: ExtensionPoint[Mapping[str, MayRing]] = ExtensionPoint("may_ring")
"""By code, the occasions on which a person may see another's telephone number; each domain decides about its own."""


@dataclass(frozen=True)
class PrivateDetails:
    """One person's private details."""

    legal_name: str | None
    born_on: date | None
    email: str
    phone: str | None
    born_by: date | None = None  # born on this day or before: where only “over 18” is known

    @property
    def is_known_adult(self) -> bool:
        """Whether only “over 18” is known, and no birth date."""
        return self.born_on is None and self.born_by is not None


def private_details(of: int, *, by: Person, why: str, today: date, now: datetime) -> PrivateDetails:
    """Return a person's private details, and record in the audit trail who read them and why (a code).

    People may read their own; others need the permission to see private details. Call it inside `db.writing()`.
    """
    if of != by.id:
        if CorePermission.SEE_PRIVATE not in permissions_of(by.id, on=today):
            raise NotAllowed("Private details are open to administrators and assessors only.")
        audit.record("people.private-read", by=by.id, subject=f"person:{of}", now=now, details={"why": why})
    row = db.session.get(PersonPrivate, of)
    if row is None:
        raise NotFound("There is no such person.")
    return PrivateDetails(row.legal_name, row.born_on, row.email, row.phone, row.born_by)


def phone_of(of: int, *, by: Person, why: str, now: datetime) -> str | None:
    """Return the telephone number of a person who is to be called now, or None where none is on file.

    `why` is the code of the occasion; the domain that registered it decides who may call whom, and all others are
    refused. The access is recorded in the audit trail. Call it inside `db.writing()`.
    """
    if not any(why in occasions and occasions[why](of, by, now) for occasions in may_ring):
        raise NotAllowed("This number is shown to people on shift and to leads, while its holder is on call.")
    audit.record("people.phone-read", by=by.id, subject=f"person:{of}", now=now, details={"why": why})
    return db.session.scalars(select(PersonPrivate.phone).where(PersonPrivate.person_id == of)).one_or_none()


def phone_for_planning(of: int, *, by: Person, today: date, now: datetime) -> str | None:
    """Return the telephone number of a person whom somebody who plans wants to ring, or None where none is on file.

    Needs the permission to see telephone numbers, which opens no other detail. The access is recorded in the audit
    trail. Call it inside `db.writing()`.
    """
    if CorePermission.SEE_TELEPHONE not in permissions_of(by.id, on=today):
        raise NotAllowed("Telephone numbers are open to coordinators and administrators only.")
    audit.record("people.phone-read", by=by.id, subject=f"person:{of}", now=now, details={"why": "planning"})
    return db.session.scalars(select(PersonPrivate.phone).where(PersonPrivate.person_id == of)).one_or_none()


def email_of(person_id: int) -> str:
    """A person's e-mail address, without an audit line. For sending and sign-in only; pages use `private_details`."""
    return db.session.scalars(select(PersonPrivate.email).where(PersonPrivate.person_id == person_id)).one()


def emails_of(ids: list[int]) -> dict[int, str]:
    """The e-mail addresses of many people, in one query, without audit lines."""
    rows = db.session.execute(
        select(PersonPrivate.person_id, PersonPrivate.email).where(PersonPrivate.person_id.in_(ids))
    )
    return {row.person_id: row.email for row in rows}
