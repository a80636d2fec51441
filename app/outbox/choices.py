"""Which kinds of notices somebody does not want by e-mail. They stand under Messages all the same.

An e-mail of a kind that can be turned off carries an address that turns it off, without signing in (RFC 8058). It is
signed, names its person and its kind, and can do nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select

from app import audit, db, settings
from app.outbox import notice as notices
from app.outbox.models import EmailTurnedOff
from app.outbox.notice import NoticeKind
from app.people.models import CLOSED, Person
from app.refusals import Conflict, NotFound, Refusal


class NoSuchAddress(Refusal):
    """The address to turn e-mails off is none of ours, or not whole."""

    status: ClassVar[int] = 404
    title: ClassVar[str] = "This address does not work"

    def __init__(self) -> None:
        super().__init__(
            "It may not be whole. Open the link in the e-mail again, or sign in and turn e-mails off under My account."
        )


def token_for(person_id: int, kind: str) -> str:
    """What the address to turn this kind off for this person ends with. It stays the same."""
    return _signer().dumps([person_id, kind])


def of_token(token: str) -> tuple[int, NoticeKind]:
    """The person and the kind that an address stands for; refuses one that is not ours or whose account is closed."""
    try:
        person_id, kind = _signer().loads(token)
    except BadSignature:
        raise NoSuchAddress from None
    person = db.session.get(Person, person_id)
    declared = next((each for each in notices.kinds if each.kind == kind), None)
    if person is None or person.state in CLOSED or declared is None or declared.is_essential:
        raise NoSuchAddress
    return person_id, declared


def turn_off(person_id: int, kind: str, *, now: datetime) -> None:
    """Send this person no e-mails of this kind from now on. Refuses a kind that is essential; twice is as once."""
    if _declared(kind).is_essential:
        raise Conflict("E-mails of this kind are about your own shifts, duties or account, and cannot be turned off.")
    values = {"person_id": person_id, "kind": kind, "at": now}
    if db.insert_or_ignore(EmailTurnedOff, values, key=("person_id", "kind")):
        audit.record("outbox.kind-turned-off", by=person_id, subject=f"person:{person_id}", now=now)


def turn_on(person_id: int, kind: str, *, now: datetime) -> None:
    """Send this person e-mails of this kind again."""
    off = delete(EmailTurnedOff).where(EmailTurnedOff.person_id == person_id, EmailTurnedOff.kind == kind)
    removed = db.session.scalars(
        off.returning(EmailTurnedOff.kind).execution_options(synchronize_session=False)
    ).one_or_none()
    if removed:
        audit.record("outbox.kind-turned-on", by=person_id, subject=f"person:{person_id}", now=now)


def is_turned_off(person_id: int, kind: str) -> bool:
    """Whether this person wants no e-mails of this kind."""
    wanted = (EmailTurnedOff.person_id == person_id, EmailTurnedOff.kind == kind)
    return db.session.scalar(select(EmailTurnedOff.kind).where(*wanted)) is not None


def turned_off(person_id: int) -> Sequence[NoticeKind]:
    """The kinds that this person turned off, in the order in which they are declared."""
    kinds = set(db.session.scalars(select(EmailTurnedOff.kind).where(EmailTurnedOff.person_id == person_id)))
    return [each for each in notices.kinds if each.kind in kinds]


def _declared(kind: str) -> NoticeKind:
    for each in notices.kinds:
        if each.kind == kind:
            return each
    raise NotFound("There is no such kind of e-mail.")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.started_with().secret_key, salt="turn e-mails off")
