"""Signed-in browsers: sessions are rows, not signed cookies, so that losing a right takes effect at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select, update

from app import db
from app.inbox.reading import unread_from, unread_in_query, unread_of
from app.outbox import bounces
from app.people import ages
from app.people.models import Person, PersonState, Role, RoleGrant, SignedInSession
from app.people.rights import held_on, roles_of

IDLE_TIMEOUT = timedelta(days=7)
MAX_AGE = timedelta(days=30)
IDLE_TIMEOUT_WITH_ROLE = timedelta(hours=12)  # people who can open other people's pages are signed out sooner
MAX_AGE_WITH_ROLE = timedelta(days=7)
RECORD_USE_EVERY = timedelta(minutes=5)

# Every page asks this; building it takes longer than answering it.
_OF_TOKEN = ages.with_birth_date(
    select(SignedInSession, Person, RoleGrant.role, bounces.any_open_in_query(), *unread_in_query())
    .join(Person, Person.id == SignedInSession.person_id)
    .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & held_on(bindparam("today")))
    .where(SignedInSession.token_hash == bindparam("token_hash"), SignedInSession.ended_at.is_(None))
)


def start(person: Person, *, device: str, now: datetime) -> str:
    """Open a session and return its token, which only the cookie holds."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignedInSession(
            token_hash=_hashed(token),
            person_id=person.id,
            rights_version=person.rights_version,
            started_at=now,
            last_seen_at=now,
            device=device,
        )
    )
    return token


def find_by_token(token: str, *, today: date, now: datetime) -> tuple[SignedInSession, Person] | None:
    """The open session of a token, or None if it ended, expired, or its person's rights have changed since.

    Today's roles, what rules need to know of the account, how many messages are not read and whether any e-mail came
    back are read with it and cached: pages need them next.
    """
    rows = db.session.execute(_OF_TOKEN, {"today": today, "token_hash": _hashed(token)}).all()
    if not rows:
        return None
    session, person, _, any_bounce, *unread, latest_birth = rows[0]
    held = frozenset(Role(row.role) for row in rows if row.role is not None)
    db.cache_result(roles_of, held, person.id, on=today)
    ages.remember(person, latest_birth)
    db.cache_result(unread_of, unread_from(unread), person.id)
    db.cache_result(bounces.any_open, bool(any_bounce))
    expired = now - session.last_seen_at > IDLE_TIMEOUT or now - session.started_at > MAX_AGE
    if expired or session.rights_version != person.rights_version or person.state != PersonState.ACTIVE:
        return None
    return session, person


def is_too_old_for_roles(session: SignedInSession, now: datetime) -> bool:
    """Whether a session has exceeded the limits for people with roles."""
    return now - session.last_seen_at > IDLE_TIMEOUT_WITH_ROLE or now - session.started_at > MAX_AGE_WITH_ROLE


def record_use(session_id: int, *, now: datetime) -> None:
    """Record that a session is in use."""
    db.session.execute(update(SignedInSession).where(SignedInSession.id == session_id).values(last_seen_at=now))


def end(session_id: int, *, of: int, now: datetime) -> None:
    """End one of a person's own sessions; ending one that has ended changes nothing."""
    db.session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.id == session_id,
            SignedInSession.person_id == of,
            SignedInSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def end_by_token(token: str, *, now: datetime) -> None:
    """End the session of a token, for the browser that holds it."""
    db.session.execute(
        update(SignedInSession)
        .where(SignedInSession.token_hash == _hashed(token), SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def end_all(person_id: int, *, now: datetime) -> None:
    """End all of a person's sessions."""
    db.session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def open_sessions(person_id: int, *, now: datetime) -> list[SignedInSession]:
    """A person's open sessions, the most recently used first."""
    return list(
        db.session.scalars(
            select(SignedInSession)
            .where(
                SignedInSession.person_id == person_id,
                SignedInSession.ended_at.is_(None),
                SignedInSession.last_seen_at > now - IDLE_TIMEOUT,
            )
            .order_by(SignedInSession.last_seen_at.desc())
        )
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
