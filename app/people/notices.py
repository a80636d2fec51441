"""The core's notices: invitation, password reset, change of e-mail address, corrected details."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import EmailChange, OneTimeLink, Person, PrivateCorrection
from app.people.one_time_links import token_of

# Later than this, a notice would repeat what its reader has already seen on their own page.
SEND_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class _WithLink(Notice):
    """A notice that carries a one-time link, and is wanted as long as the link is open."""

    link_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return link.used_at is None and link.expires_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return {"token": token_of(link), "expires_at": link.expires_at}


@dataclass(frozen=True)
class Invited(_WithLink):
    """To a new person: a link with which they choose a password."""

    kind: ClassVar[str] = "invited"

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        link = db.session.get_one(OneTimeLink, self.link_id)
        inviter = db.session.get(Person, link.made_by_id) if link.made_by_id else None
        return {**super().context(to, now), "inviter": inviter}


@dataclass(frozen=True)
class ResetRequested(_WithLink):
    """To a person who asked for it: a link with which they choose a new password."""

    kind: ClassVar[str] = "reset-requested"
    tries_every_address: ClassVar[bool] = True


@dataclass(frozen=True)
class EmailChangeRequested(_WithLink):
    """To the new address of an account: a link that verifies that the person receives its mail."""

    kind: ClassVar[str] = "address-wanted"

    def address(self, to: int) -> str:
        return db.session.get_one(EmailChange, self.link_id).new_email


@dataclass(frozen=True)
class EmailAlreadyInUse(Notice):
    """To the holder of an address that another account asked for; it does not reveal which account."""

    kind: ClassVar[str] = "address-taken"


@dataclass(frozen=True)
class EmailChanged(Notice):
    """To the former address of an account, so that its person notices a change they did not make."""

    kind: ClassVar[str] = "address-moved"
    link_id: int

    def address(self, to: int) -> str:
        return db.session.get_one(EmailChange, self.link_id).old_email

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"moved_at": db.session.get_one(EmailChange, self.link_id).moved_at}


@dataclass(frozen=True)
class DetailsCorrected(Notice):
    """Staff corrected a person's details. The notice says which and why, never the values."""

    kind: ClassVar[str] = "details-corrected"
    correction_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        correction = db.session.get_one(PrivateCorrection, self.correction_id)
        return {"correction": correction, "by": db.session.get_one(Person, correction.by_id)}
