"""Signed-in browsers: rows, not cookies, so that a right lost is lost at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from app import db
from app.people.models import Person, PersonState, Role, RoleGrant, SignedInSession
from app.people.rights import held_on, roles_of

IDLE = timedelta(days=7)
LONGEST = timedelta(days=30)
IDLE_WITH_ROLE = timedelta(hours=12)  # whoever can open other people's pages is signed out sooner
LONGEST_WITH_ROLE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)


def start(person: Person, *, device: str, now: datetime) -> str:
    """Open a session and return its token, which only the cookie will hold."""
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


def of_token(token: str, *, today: date, now: datetime) -> tuple[SignedInSession, Person] | None:
    """The open session of a token, or None if it ended, ran out, or its person's rights have moved on.

    Today's roles come along, because every page asks for them next.
    """
    rows = db.session.execute(
        select(SignedInSession, Person, RoleGrant.role)
        .join(Person, Person.id == SignedInSession.person_id)
        .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & held_on(today))
        .where(SignedInSession.token_hash == _hashed(token), SignedInSession.ended_at.is_(None))
    ).all()
    if not rows:
        return None
    session, person, _ = rows[0]
    held = frozenset(Role(row.role) for row in rows if row.role is not None)
    db.cache_result(roles_of, held, person.id, on=today)
    stale = now - session.last_seen_at > IDLE or now - session.started_at > LONGEST
    if stale or session.rights_version != person.rights_version or person.state != PersonState.ACTIVE:
        return None
    return session, person


def is_too_old_for_roles(session: SignedInSession, now: datetime) -> bool:
    """Whether a session has lasted longer than one that opens other people's pages may."""
    return now - session.last_seen_at > IDLE_WITH_ROLE or now - session.started_at > LONGEST_WITH_ROLE


def seen(session_id: int, *, now: datetime) -> None:
    """Note that a session is in use."""
    db.session.execute(update(SignedInSession).where(SignedInSession.id == session_id).values(last_seen_at=now))


def end(session_id: int, *, of: int, now: datetime) -> None:
    """End one of a person's own sessions; ending one that is over changes nothing."""
    db.session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.id == session_id,
            SignedInSession.person_id == of,
            SignedInSession.ended_at.is_(None),
        )
        .values(ended_at=now)
    )


def end_others(person_id: int, *, but: int | None, now: datetime) -> None:
    """End all of a person's sessions except one."""
    db.session.execute(
        update(SignedInSession)
        .where(
            SignedInSession.person_id == person_id,
            SignedInSession.ended_at.is_(None),
            SignedInSession.id != (but or 0),
        )
        .values(ended_at=now)
    )


def open_of(person_id: int, *, now: datetime) -> list[SignedInSession]:
    """A person's open sessions, the one used last first."""
    return list(
        db.session.scalars(
            select(SignedInSession)
            .where(
                SignedInSession.person_id == person_id,
                SignedInSession.ended_at.is_(None),
                SignedInSession.last_seen_at > now - IDLE,
            )
            .order_by(SignedInSession.last_seen_at.desc())
        )
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
