"""Getting in: signing in, taking up an invitation, and choosing a new password.

Hashing is slow on purpose and happens between transactions, never inside one. Each function here that needs it is
split in two: look and hash first, then write.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import audit, db, settings
from app.outbox import queue
from app.people import one_time_links, passwords, sessions, throttle
from app.people.models import LinkKind, Password, Person, PersonPrivate, PersonState
from app.people.notices import ResetRequested
from app.refusals import Invalid


class WrongPair(Invalid):
    """No account has this address and this password. Which of the two was wrong is not said."""

    def __init__(self) -> None:
        super().__init__("That e-mail address and password do not belong together. Please try again.")


@dataclass(frozen=True)
class Found:
    """What signing in needs to know about an account, read before the slow part."""

    person_id: int | None
    state: str | None
    stored: str | None


def find_account(email: str) -> Found:
    """The account of an address, or an empty one: the caller goes on the same way with both."""
    row = db.session.execute(
        select(Person.id, Person.state, Password.hashed)
        .join(PersonPrivate, PersonPrivate.person_id == Person.id)
        .join(Password, Password.person_id == Person.id, isouter=True)
        .where(PersonPrivate.email == normal(email))
    ).one_or_none()
    return Found(row.id, row.state, row.hashed) if row else Found(None, None, None)


def normal(email: str) -> str:
    """An address as it is kept and compared."""
    return email.strip().lower()


def count_try(email: str, place: str, *, now: datetime) -> None:
    """Count one try to sign in; it stays counted whatever comes of it."""
    throttle.count(throttle.SIGN_IN_HERE, f"{normal(email)} {place}", now=now)
    throttle.count(throttle.SIGN_IN_ANYWHERE, normal(email), now=now)
    throttle.count(throttle.SIGN_IN_PLACE, place, now=now)


def check_tries(email: str, place: str, *, known_device: bool, now: datetime) -> None:
    """Refuse when there were too many tries. A device its owner used before is not shut out by others' guessing."""
    throttle.check(throttle.SIGN_IN_HERE, f"{normal(email)} {place}", now=now)
    if not known_device:
        throttle.check(throttle.SIGN_IN_ANYWHERE, normal(email), now=now)
        throttle.check(throttle.SIGN_IN_PLACE, place, now=now)


def sign_in(found: Found, *, proved: bool, email: str, place: str, device: str, now: datetime) -> str:
    """Open a session for an account whose password was proved; return the session's token.

    Refuses a wrong pair, an unfinished invitation and a suspended account in the same words.
    """
    person = db.session.get(Person, found.person_id) if found.person_id else None
    if person is None or not proved or person.state != PersonState.ACTIVE:
        raise WrongPair
    throttle.forget(throttle.SIGN_IN_HERE, f"{normal(email)} {place}")
    audit.record("people.signed-in", by=person.id, subject=f"person:{person.id}", now=now)
    return sessions.start(person, device=device, now=now)


def request_reset(email: str, place: str, *, now: datetime) -> None:
    """Send a link to choose a new password, if the address has an open account. Says nothing either way."""
    throttle.count(throttle.RESET_PLACE, place, now=now)
    throttle.count(throttle.RESET_ACCOUNT, normal(email), now=now)
    throttle.check(throttle.RESET_PLACE, place, now=now)
    throttle.check(throttle.RESET_ACCOUNT, normal(email), now=now)
    found = find_account(email)
    if found.person_id is None or found.state != PersonState.ACTIVE:
        return
    link = one_time_links.make(found.person_id, LinkKind.RESET, by=None, now=now)
    queue.enqueue(
        ResetRequested(link.id),
        to=found.person_id,
        once=f"reset:{link.id}",
        now=now,
        deadline=link.expires_at,
    )
    audit.record("people.reset-requested", by=None, subject=f"person:{found.person_id}", now=now)


def take_up(token: str, kind: LinkKind, new_hash: str, *, device: str, now: datetime) -> tuple[Person, str]:
    """Use a one-time link to set a password; return the person and the token of a new session.

    A reset ends every other session: whoever had the old password is out.
    """
    link, person = one_time_links.opened_by(token, kind, now=now)
    db.lock_people([person.id])
    one_time_links.use(link, now=now)
    passwords.keep(person.id, new_hash, now)
    if person.state == PersonState.INVITED:
        person.state = PersonState.ACTIVE
    sessions.end_others(person.id, but=None, now=now)
    one_time_links.end_open(person.id, LinkKind.ADDRESS, now=now)
    action = "people.invitation-taken" if kind is LinkKind.INVITATION else "people.password-reset"
    audit.record(action, by=person.id, subject=f"person:{person.id}", now=now)
    db.session.flush()
    return person, sessions.start(person, device=device, now=now)


def change_password(person: Person, new_hash: str, *, this_session: int, now: datetime) -> None:
    """Set a new password, end the person's other sessions, and stop a move to another address that was asked for."""
    db.lock_people([person.id])
    passwords.keep(person.id, new_hash, now)
    sessions.end_others(person.id, but=this_session, now=now)
    one_time_links.end_open(person.id, LinkKind.ADDRESS, now=now)
    audit.record("people.password-changed", by=person.id, subject=f"person:{person.id}", now=now)


def device_mark(person_id: int) -> str:
    """A mark that tells a browser its person signed in with before; it opens nothing."""
    key = settings.current().secret_key.encode()
    return f"{person_id}.{hmac.new(key, f'device {person_id}'.encode(), hashlib.sha256).hexdigest()}"


def is_known_device(mark: str, person_id: int | None) -> bool:
    """Whether a browser bears this person's mark."""
    return person_id is not None and hmac.compare_digest(mark.encode(), device_mark(person_id).encode())
