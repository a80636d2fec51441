"""Signing in, accepting an invitation, and choosing a new password.

Password hashing is slow by design and happens between transactions, never inside one. So every operation that needs it
has two steps: look up and hash first, then write.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import audit, db, settings
from app.outbox import bounces, queue
from app.people import one_time_links, passwords, rate_limits, sessions
from app.people.email_addresses import normalize
from app.people.models import LinkKind, Password, Person, PersonPrivate, PersonState
from app.people.notices import ResetRequested
from app.refusals import Invalid


class WrongCredentials(Invalid):
    """No account has this address and this password. The answer does not reveal which of the two was wrong."""

    security_event = "sign-in-failed"

    def __init__(self, person_id: int | None) -> None:
        super().__init__("That e-mail address and password do not belong together. Please try again.")
        self.person_id = person_id


@dataclass(frozen=True)
class AccountRecord:
    """What signing in needs to know about an account, read before the hashing; all None for an unknown address."""

    person_id: int | None
    state: PersonState | None
    password_hash: str | None


def find_account(email: str) -> AccountRecord:
    """The account of an address. An unknown one gives an empty account, so that callers treat both the same way."""
    row = db.session.execute(
        select(Person.id, Person.state, Password.hashed)
        .join(PersonPrivate, PersonPrivate.person_id == Person.id)
        .join(Password, Password.person_id == Person.id, isouter=True)
        .where(PersonPrivate.email == normalize(email))
    ).one_or_none()
    return AccountRecord(row.id, row.state, row.hashed) if row else AccountRecord(None, None, None)


def count_attempt(email: str, ip: str, *, now: datetime) -> None:
    """Count one attempt to sign in; it stays counted whatever its outcome."""
    rate_limits.count(rate_limits.SIGN_IN_PER_ACCOUNT_AND_IP, f"{normalize(email)} {ip}", now=now)
    rate_limits.count(rate_limits.SIGN_IN_PER_ACCOUNT, normalize(email), now=now)
    rate_limits.count(rate_limits.SIGN_IN_PER_IP, ip, now=now)


def check_attempts(email: str, ip: str, *, is_known_device: bool, now: datetime) -> None:
    """Refuse after too many attempts. A device on which its person signed in before is not locked out by others."""
    rate_limits.check(rate_limits.SIGN_IN_PER_ACCOUNT_AND_IP, f"{normalize(email)} {ip}", now=now)
    if not is_known_device:
        rate_limits.check(rate_limits.SIGN_IN_PER_ACCOUNT, normalize(email), now=now)
        rate_limits.check(rate_limits.SIGN_IN_PER_IP, ip, now=now)


def sign_in(account: AccountRecord, *, password_matches: bool, email: str, ip: str, device: str, now: datetime) -> str:
    """Open a session for an account whose password was checked; return the session's token.

    Refuses wrong credentials, an open invitation and a suspended account with the same sentence.
    """
    person = db.session.get(Person, account.person_id) if account.person_id else None
    if person is None or not password_matches or person.state != PersonState.ACTIVE:
        raise WrongCredentials(account.person_id)
    rate_limits.reset(rate_limits.SIGN_IN_PER_ACCOUNT_AND_IP, f"{normalize(email)} {ip}")
    audit.record("people.signed-in", by=person.id, subject=f"person:{person.id}", now=now)
    return sessions.start(person, device=device, now=now)


def request_reset(email: str, ip: str, *, now: datetime) -> None:
    """Send a password reset link if the address has an active account; the caller cannot tell whether it has."""
    rate_limits.count(rate_limits.RESET_PER_IP, ip, now=now)
    rate_limits.count(rate_limits.RESET_PER_ACCOUNT, normalize(email), now=now)
    rate_limits.check(rate_limits.RESET_PER_IP, ip, now=now)
    rate_limits.check(rate_limits.RESET_PER_ACCOUNT, normalize(email), now=now)
    account = find_account(email)
    if account.person_id is None or account.state != PersonState.ACTIVE:
        return
    link = one_time_links.create(account.person_id, LinkKind.RESET, by=None, now=now)
    queue.enqueue(
        ResetRequested(link.id),
        to=account.person_id,
        once=f"reset:{link.id}",
        now=now,
        deadline=link.expires_at,
    )
    audit.record("people.reset-requested", by=None, subject=f"person:{account.person_id}", now=now)


def set_password_by_link(
    token: str, kind: LinkKind, new_hash: str, *, device: str, now: datetime
) -> tuple[Person, str]:
    """Use an invitation or reset link to set a password; return the person and the token of a new session.

    All other sessions end, so that a person who knew the old password is signed out.
    """
    link, person = one_time_links.find_by_token(token, kind, now=now)
    db.lock_people([person.id])
    one_time_links.use(link, now=now)
    passwords.store(person.id, new_hash, now)
    if person.state == PersonState.INVITED:
        person.state = PersonState.ACTIVE
    sessions.end_all(person.id, now=now)
    one_time_links.revoke_open(person.id, LinkKind.ADDRESS, now=now)
    bounces.clear(person.id, by=person.id, now=now)  # The link came by e-mail, so the address works.
    action = "people.invitation-taken" if kind is LinkKind.INVITATION else "people.password-reset"
    audit.record(action, by=person.id, subject=f"person:{person.id}", now=now)
    db.session.flush()
    return person, sessions.start(person, device=device, now=now)


def change_password(person: Person, new_hash: str, *, device: str, now: datetime) -> str:
    """Set a new password, end all sessions, and revoke a requested change of e-mail address.

    Return the token of a new session: no session or form token outlives the password (OWASP ASVS 5.0, 7.2.4).
    """
    db.lock_people([person.id])
    passwords.store(person.id, new_hash, now)
    sessions.end_all(person.id, now=now)
    one_time_links.revoke_open(person.id, LinkKind.ADDRESS, now=now)
    audit.record("people.password-changed", by=person.id, subject=f"person:{person.id}", now=now)
    return sessions.start(person, device=device, now=now)


def device_token(person_id: int) -> str:
    """The value of the cookie that marks a device on which a person has signed in before; it grants no access."""
    key = settings.current().secret_key.encode()
    return f"{person_id}.{hmac.new(key, f'device {person_id}'.encode(), hashlib.sha256).hexdigest()}"


def is_known_device(token: str, person_id: int | None) -> bool:
    """Whether a device cookie is this person's."""
    return person_id is not None and hmac.compare_digest(token.encode(), device_token(person_id).encode())
