"""Correcting what somebody's account says of them: legal name, date of birth, and the address of an invitation.

People do not write these themselves, because checks and the rules for young people rest on them. What was changed is
in the audit trail by code and never by value; why stands in a table that can be erased.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import audit, db
from app.outbox import queue
from app.people import ages, directory
from app.people.directory import ACCOUNT_NAMES_LOCK, email_fault
from app.people.models import Detail, Person, PersonPrivate, PersonState, PrivateCorrection
from app.people.notices import SEND_WITHIN, DetailsCorrected
from app.people.rights import Loss, losses, rights_gained, rights_lost
from app.people.sign_in import normal
from app.refusals import Conflict, Invalid, NotAllowed

EARLIEST_BIRTH = date(1900, 1, 1)
LONGEST_LEGAL_NAME = 120
LONGEST_REASON = 1000


class ChangedMeanwhile(Conflict):
    """Somebody else corrected the same details after the page was opened."""


@dataclass(frozen=True)
class Details:
    """What may be corrected, as it should be. `email` None leaves the address alone."""

    legal_name: str | None
    born_on: date | None
    email: str | None = None


@dataclass(frozen=True)
class Following:
    """What a new birth date brings about. Ages are in whole years today, None where no date is kept.

    `mark` stands for all of it, together with what was typed, so that nothing is done that nobody agreed to.
    """

    was_age: int | None
    age: int | None
    signs_out: bool
    freed: tuple[Loss, ...]
    mark: str


class AgreeFirst(Conflict):
    """A birth date decides at once who may hold which shift, so whoever corrects it first sees what would follow."""

    def __init__(self, following: Following) -> None:
        super().__init__("Look at what would follow, then say that it is right.")
        self.following = following


@dataclass(frozen=True)
class Corrected:
    """What a correction changed, and what its person lost by it."""

    what: tuple[Detail, ...]
    freed: tuple[Loss, ...]


@dataclass(frozen=True)
class Done:
    """A correction that was made, for the pages that list them."""

    words: str
    by: str
    at: datetime
    reason: str


def corrections_of(person_id: int) -> list[Done]:
    """What was corrected about a person, when, by whom and why; the newest first."""
    rows = db.session.execute(
        select(PrivateCorrection, Person.display_name)
        .join(Person, Person.id == PrivateCorrection.by_id)
        .where(PrivateCorrection.person_id == person_id)
        .order_by(PrivateCorrection.id.desc())
    )
    return [Done(row.words, name, row.at, row.reason) for row, name in rows]


def last_correction(person_id: int) -> int:
    """The number of the newest correction, 0 before the first: what a page saw when it was opened."""
    found = select(PrivateCorrection.id).where(PrivateCorrection.person_id == person_id)
    return db.session.scalars(found.order_by(PrivateCorrection.id.desc()).limit(1)).one_or_none() or 0


def correct(
    person_id: int,
    details: Details,
    *,
    seen: int,
    reason: str,
    by: Person,
    today: date,
    now: datetime,
    agreed: str | None = None,
) -> Corrected:
    """Correct a person's details, tell them, and let a new birth date take hold at once; return what came of it.

    `seen` is the newest correction when the page was opened. Refuses one's own details, a missing reason, a date
    that cannot be, nothing changed, and details that somebody else corrected meanwhile. A new birth date is refused
    with `AgreeFirst`, unless `agreed` is the mark of exactly what follows from it now. The address is corrected only
    while the invitation waits; a fresh one then goes to the right address. Call it inside `db.writing()`.
    """
    if person_id == by.id:
        raise NotAllowed("Nobody corrects their own details. Ask another administrator or assessor to do it.")
    person = directory.find(person_id)
    reason = reason.strip()
    _refuse_what_cannot_be(details, reason, today)
    db.lock_people([person_id])
    kept = db.session.get_one(PersonPrivate, person_id, populate_existing=True)
    if last_correction(person_id) != seen:
        raise ChangedMeanwhile(
            "Somebody else corrected these details while this page was open. Above they stand as they are now, and "
            "below is what you typed. Look at both, then send it again if it is still right."
        )
    was = kept.born_on
    changed = tuple(_apply(details, kept, person))
    if not changed:
        raise Invalid("Nothing here differs from what is kept already.")
    following = None
    if Detail.BORN_ON in changed:
        db.session.flush()
        following = _following(details, kept, was, today, now)
        if agreed != following.mark:
            raise AgreeFirst(following)
    correction = PrivateCorrection(person_id=person_id, by_id=by.id, at=now, what=list(changed), reason=reason)
    db.session.add(correction)
    db.session.flush()
    audit.record(
        "people.details-corrected",
        by=by.id,
        subject=f"person:{person_id}",
        now=now,
        details={"correction": correction.id, "what": list(changed)},
    )
    if following:
        _let_age_take_hold(person_id, following, now)
    if Detail.EMAIL in changed:
        directory.invite(person, by=by, now=now)
    if person.state == PersonState.ACTIVE:
        queue.enqueue(
            DetailsCorrected(correction.id),
            to=person_id,
            once=f"details-corrected:{correction.id}",
            now=now,
            deadline=now + SEND_WITHIN,
        )
    return Corrected(changed, following.freed if following else ())


def _refuse_what_cannot_be(details: Details, reason: str, today: date) -> None:
    if not reason:
        raise Invalid("Say how you know. They will read it.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"Please keep it under {LONGEST_REASON:,} characters.", field="reason")
    if details.legal_name and len(details.legal_name) > LONGEST_LEGAL_NAME:
        raise Invalid(f"There is room for {LONGEST_LEGAL_NAME} characters.", field="legal_name")
    if details.legal_name and not details.legal_name.isprintable():
        raise Invalid("A legal name is one line of ordinary characters.", field="legal_name")
    if details.born_on and not EARLIEST_BIRTH <= details.born_on <= today:
        raise Invalid(f"{details.born_on.isoformat()} cannot be a birth date.", field="born_on")
    if details.email is not None and (fault := email_fault(details.email)):
        raise Invalid(fault, field="email")


def _apply(details: Details, kept: PersonPrivate, person: Person) -> list[Detail]:
    changed = []
    if (details.legal_name or None) != kept.legal_name:
        kept.legal_name = details.legal_name or None
        changed.append(Detail.LEGAL_NAME)
    if details.born_on != kept.born_on:
        kept.born_on = details.born_on
        changed.append(Detail.BORN_ON)
    if details.email is not None and (email := normal(details.email)) != kept.email:
        db.session.refresh(person)
        if person.state != PersonState.INVITED:
            raise Conflict(
                f"{person.display_name} has taken up the invitation, and now changes the address themselves.",
                field="email",
            )
        db.advisory_lock(ACCOUNT_NAMES_LOCK)
        if db.session.scalar(select(PersonPrivate.person_id).where(PersonPrivate.email == email)):
            raise Conflict("Somebody with this e-mail address already has an account.", field="email")
        kept.email = email
        changed.append(Detail.EMAIL)
    return changed


def _following(details: Details, kept: PersonPrivate, was: date | None, today: date, now: datetime) -> Following:
    """What follows from the birth date that this transaction has put in place. Younger, or not known, may lose."""
    born_on = kept.born_on
    signs_out = was is not None and (born_on is None or born_on > was)
    freed = losses(kept.person_id, now=now) if signs_out else ()
    mark = hashlib.sha256(repr((kept.person_id, details, was, freed)).encode()).hexdigest()
    was_age, age = (ages.age_on(each, today) if each else None for each in (was, born_on))
    return Following(was_age, age, signs_out, freed, mark)


def _let_age_take_hold(person_id: int, following: Following, now: datetime) -> None:
    """Let every domain reconsider. Which age matters for what is theirs to know."""
    if following.signs_out:
        rights_lost(person_id, now=now, why="born-on-corrected")
    else:
        rights_gained(person_id)
