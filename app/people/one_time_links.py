"""One-time links: invitations, password resets and changes of e-mail address.

The token is the row's random nonce and an HMAC of it under the secret key. So the database alone opens nothing, and an
e-mail can be rendered when it is sent, and again on a retry, with the same link.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from app import db, settings
from app.people.models import CLOSED, LinkKind, OneTimeLink, Person
from app.refusals import NotFound

INVITATION_LASTS = timedelta(days=14)
RESET_LASTS = timedelta(hours=1)  # OWASP ASVS 5.0, 6.4: short-lived
ADDRESS_LASTS = timedelta(hours=24)  # it opens no account: it only verifies that the person receives mail there


class LinkNoLongerWorks(NotFound):
    """The link was used, replaced, has expired or never existed; the answer does not reveal which."""

    title = "This link no longer works"
    security_event = "link-refused"

    def __init__(self, kind: LinkKind) -> None:
        advice = (
            "Nothing is lost. Sign in: My account says which address you have, and you can ask there for a new link."
            if kind is LinkKind.ADDRESS
            else "Nothing is lost. If you have chosen a password before, sign in, or ask there for a new link. "
            "Otherwise ask the person who invited you."
        )
        super().__init__("Each link works once and only for a while.", advice)


def create(person_id: int, kind: LinkKind, *, by: int | None, now: datetime) -> OneTimeLink:
    """Create a link; the person's earlier links of the kind stop working."""
    db.lock_people([person_id])
    revoke_open(person_id, kind, now=now)
    lasts = {
        LinkKind.INVITATION: INVITATION_LASTS,
        LinkKind.RESET: RESET_LASTS,
        LinkKind.ADDRESS: ADDRESS_LASTS,
    }[kind]
    link = OneTimeLink(
        person_id=person_id,
        kind=kind,
        nonce=secrets.token_urlsafe(16),
        made_at=now,
        expires_at=now + lasts,
        made_by_id=by,
    )
    db.session.add(link)
    db.session.flush()
    return link


def revoke_open(person_id: int, kind: LinkKind, *, now: datetime) -> None:
    """Revoke a person's open links of a kind."""
    db.session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.person_id == person_id, OneTimeLink.kind == kind, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )


def token_of(link: OneTimeLink) -> str:
    """The token for the URL: the nonce and its HMAC."""
    return f"{link.nonce}.{_hmac(link.kind, link.nonce)}"


def find_by_token(token: str, kind: LinkKind, *, now: datetime) -> tuple[OneTimeLink, Person]:
    """The open link of a token, and its person. Finding it does not use it up.

    Mail scanners follow links, so a link is used up only by `use`, called when a person submits a form.
    """
    nonce, _, code = token.partition(".")
    genuine = hmac.compare_digest(code.encode(), _hmac(kind, nonce).encode())
    row = db.session.execute(
        select(OneTimeLink, Person)
        .join(Person, Person.id == OneTimeLink.person_id)
        .where(OneTimeLink.nonce == nonce, OneTimeLink.kind == kind)
    ).one_or_none()
    if row is None or not genuine:
        raise LinkNoLongerWorks(kind)
    link, person = row
    if link.used_at is not None or link.expires_at <= now or person.state in CLOSED:
        raise LinkNoLongerWorks(kind)
    return link, person


def open_until(person_id: int, kind: LinkKind, *, now: datetime) -> datetime | None:
    """When a person's open link of this kind expires; None where they have none."""
    return db.session.scalars(
        select(func.max(OneTimeLink.expires_at)).where(
            OneTimeLink.person_id == person_id,
            OneTimeLink.kind == kind,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
    ).one()


def use(link: OneTimeLink, *, now: datetime) -> None:
    """Use a link up. Of several concurrent calls one succeeds."""
    used = db.session.scalars(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .returning(OneTimeLink.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if used is None:
        raise LinkNoLongerWorks(link.kind)


def _hmac(kind: str, nonce: str) -> str:
    key = settings.current().secret_key.encode()
    return hmac.new(key, f"one-time {kind} {nonce}".encode(), hashlib.sha256).hexdigest()[:43]
