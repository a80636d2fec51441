"""Corrections of a person's legal name, date of birth, or the address of an open invitation, made by staff.

People cannot change these themselves, because checks and the rules for young people rest on them. The audit trail
records what was changed by code and never by value; the reason is in a table that can be erased.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import audit, db
from app.outbox import bounces, queue
from app.people import ages, directory
from app.people.directory import ACCOUNT_NAMES_LOCK, EARLIEST_BIRTH, person_id_with_email
from app.people.email_addresses import email_address
from app.people.models import Detail, Person, PersonPrivate, PersonState, PrivateCorrection
from app.people.names import legal_name
from app.people.notices import SEND_WITHIN, DetailsCorrected
from app.people.rights import Loss, check_may_grant, losses, rights_gained, rights_lost, roles_from
from app.refusals import Conflict, Invalid, NotAllowed

LONGEST_REASON = 1000


class ChangedMeanwhile(Conflict):
    """Another person corrected the same details after the page was opened."""


@dataclass(frozen=True)
class Details:
    """The details as they should be after a correction. `email` None leaves the address unchanged."""

    legal_name: str | None
    born_on: date | None
    email: str | None = None


@dataclass(frozen=True)
class Correction:
    """A requested correction.

    `seen` is `last_correction` when the page was opened. `agreed` is the mark of the consequences that were confirmed.
    """

    details: Details
    reason: str
    seen: int
    agreed: str | None = None


@dataclass(frozen=True)
class Consequences:
    """What a new birth date would cause. Ages are in whole years today, None where no date is kept.

    `mark` is a hash over all of it and what was typed, so that nothing is done that was not confirmed.
    """

    was_age: int | None
    age: int | None
    signs_out: bool
    freed: tuple[Loss, ...]
    mark: str


class ConfirmationRequired(Conflict):
    """A birth date decides at once who may hold which shift, so its consequences must be confirmed first."""

    def __init__(self, consequences: Consequences) -> None:
        super().__init__("Look at what would follow, then say that it is right.")
        self.consequences = consequences


@dataclass(frozen=True)
class CorrectionResult:
    """The details that a correction changed, and the shifts its person lost by it."""

    changed: tuple[Detail, ...]
    freed: tuple[Loss, ...]


@dataclass(frozen=True)
class PastCorrection:
    """A correction that was made, for the pages that list them."""

    words: str
    by: str
    at: datetime
    reason: str


def corrections_of(person_id: int) -> list[PastCorrection]:
    """The corrections of a person's details, newest first."""
    rows = db.session.execute(
        select(PrivateCorrection, Person.display_name)
        .join(Person, Person.id == PrivateCorrection.by_id)
        .where(PrivateCorrection.person_id == person_id)
        .order_by(PrivateCorrection.id.desc())
    )
    return [PastCorrection(row.words, name, row.at, row.reason) for row, name in rows]


def last_correction(person_id: int) -> int:
    """The id of the newest correction, 0 before the first; pages send it back to detect concurrent edits."""
    ids = select(PrivateCorrection.id).where(PrivateCorrection.person_id == person_id)
    return db.session.scalars(ids.order_by(PrivateCorrection.id.desc()).limit(1)).one_or_none() or 0


def correct(person_id: int, correction: Correction, *, by: Person, today: date, now: datetime) -> CorrectionResult:
    """Correct a person's details, notify them, and apply a new birth date at once; return the result.

    Refuses one's own details, a missing reason, an impossible date, no change, and details that another person
    corrected meanwhile. Refuses a new birth date with `ConfirmationRequired` unless `agreed` is the mark of exactly its
    consequences. The address can be corrected only while the invitation is open; a new invitation then goes to the
    right address, so that needs the right to grant every role of the account. Call it inside `db.writing()`.
    """
    if person_id == by.id:
        raise NotAllowed("Nobody corrects their own details. Ask another administrator or assessor to do it.")
    person = directory.find(person_id)
    details, reason = _checked(correction.details, today), correction.reason.strip()
    _check_reason(reason)
    private = _locked_details(person_id, correction.seen)
    old_born_on = private.born_on
    changed = tuple(_apply(details, private, person))
    if Detail.EMAIL in changed:
        check_may_grant(roles_from(person_id, on=today), by=by, today=today)
        bounces.clear(person_id, by=by.id, now=now)
    if not changed:
        raise Invalid("Nothing here differs from what is kept already.")
    consequences = None
    if Detail.BORN_ON in changed:
        db.session.flush()
        consequences = _consequences(details, private, old_born_on, today, now)
        if correction.agreed != consequences.mark:
            raise ConfirmationRequired(consequences)
    row = _record(person_id, changed, reason, by=by, now=now)
    if consequences:
        _apply_rights(person_id, consequences, now)
    if Detail.EMAIL in changed:
        directory.invite(person, by=by, now=now)
    if person.state == PersonState.ACTIVE:
        queue.enqueue(
            DetailsCorrected(row.id),
            to=person_id,
            once=f"details-corrected:{row.id}",
            now=now,
            deadline=now + SEND_WITHIN,
        )
    return CorrectionResult(changed, consequences.freed if consequences else ())


def _checked(typed: Details, today: date) -> Details:
    """The details as they are kept."""
    if typed.born_on and not EARLIEST_BIRTH <= typed.born_on <= today:
        raise Invalid(f"{typed.born_on.isoformat()} cannot be a birth date.", field="born_on")
    email = None if typed.email is None else email_address(typed.email)
    return Details(legal_name(typed.legal_name), typed.born_on, email)


def _check_reason(reason: str) -> None:
    if not reason:
        raise Invalid("Say how you know. They will read it.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"Please keep it under {LONGEST_REASON:,} characters.", field="reason")


def _locked_details(person_id: int, seen: int) -> PersonPrivate:
    """Lock the person and return their details; refuse if they were corrected after the page was opened."""
    db.lock_people([person_id])
    private = db.session.get_one(PersonPrivate, person_id, populate_existing=True)
    if last_correction(person_id) != seen:
        raise ChangedMeanwhile(
            "Somebody else corrected these details while this page was open. Above they stand as they are now, and "
            "below is what you typed. Look at both, then send it again if it is still right."
        )
    return private


def _apply(details: Details, private: PersonPrivate, person: Person) -> list[Detail]:
    changed = []
    if details.legal_name != private.legal_name:
        private.legal_name = details.legal_name
        changed.append(Detail.LEGAL_NAME)
    if details.born_on != private.born_on:
        private.born_on = details.born_on
        changed.append(Detail.BORN_ON)
    if details.email is not None and (email := details.email) != private.email:
        db.session.refresh(person)
        if person.state != PersonState.INVITED:
            raise Conflict(
                f"{person.display_name} has taken up the invitation, and now changes the address themselves.",
                field="email",
            )
        db.advisory_lock(ACCOUNT_NAMES_LOCK)
        if person_id_with_email(email) is not None:
            raise Conflict("Somebody with this e-mail address already has an account.", field="email")
        private.email = email
        changed.append(Detail.EMAIL)
    return changed


def _consequences(
    details: Details, private: PersonPrivate, old_born_on: date | None, today: date, now: datetime
) -> Consequences:
    """The consequences of the birth date already set in this transaction.

    Only a later or an unknown birth date can take shifts away.
    """
    born_on = private.born_on
    signs_out = old_born_on is not None and (born_on is None or born_on > old_born_on)
    freed = losses(private.person_id, now=now) if signs_out else ()
    mark = hashlib.sha256(repr((private.person_id, details, old_born_on, freed)).encode()).hexdigest()
    was_age, age = (ages.age_on(each, today) if each else None for each in (old_born_on, born_on))
    return Consequences(was_age, age, signs_out, freed, mark)


def _record(
    person_id: int, changed: tuple[Detail, ...], reason: str, *, by: Person, now: datetime
) -> PrivateCorrection:
    row = PrivateCorrection(person_id=person_id, by_id=by.id, at=now, what=list(changed), reason=reason)
    db.session.add(row)
    db.session.flush()
    audit.record(
        "people.details-corrected",
        by=by.id,
        subject=f"person:{person_id}",
        now=now,
        details={"correction": row.id, "what": list(changed)},
    )
    return row


def _apply_rights(person_id: int, consequences: Consequences, now: datetime) -> None:
    """Have every domain reconsider the person's rights; each domain knows the ages that matter to it."""
    if consequences.signs_out:
        rights_lost(person_id, now=now, why="born-on-corrected")
    else:
        rights_gained(person_id)
