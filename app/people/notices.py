"""The letters of the core: an invitation, a new password, another address, details that were corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import AddressChange, OneTimeLink, Person, PrivateCorrection
from app.people.one_time_links import token_of

# Later than this, a letter would tell what its reader has long seen on their own page.
SEND_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Invited(Notice):
    """Somebody was given an account and may choose a password."""

    kind: ClassVar[str] = "invited"
    link_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return link.used_at is None and link.expires_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        link = db.session.get_one(OneTimeLink, self.link_id)
        inviter = db.session.get(Person, link.made_by_id) if link.made_by_id else None
        return {"token": token_of(link), "expires_at": link.expires_at, "inviter": inviter}


@dataclass(frozen=True)
class ResetRequested(Notice):
    """Somebody asked to choose a new password."""

    kind: ClassVar[str] = "reset-requested"
    link_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return link.used_at is None and link.expires_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return {"token": token_of(link), "expires_at": link.expires_at}


@dataclass(frozen=True)
class AddressWanted(Notice):
    """To an address that somebody wants to use: a link that proves that they get its mail."""

    kind: ClassVar[str] = "address-wanted"
    link_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return link.used_at is None and link.expires_at > now

    def address(self, to: int) -> str:
        return db.session.get_one(AddressChange, self.link_id).new_email

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        link = db.session.get_one(OneTimeLink, self.link_id)
        return {"token": token_of(link), "expires_at": link.expires_at}


@dataclass(frozen=True)
class AddressTaken(Notice):
    """To the holder of an address that was asked for by another account; whose, nobody is told."""

    kind: ClassVar[str] = "address-taken"


@dataclass(frozen=True)
class AddressMoved(Notice):
    """To the address that an account had before, so that a move nobody wanted does not go unseen."""

    kind: ClassVar[str] = "address-moved"
    link_id: int

    def address(self, to: int) -> str:
        return db.session.get_one(AddressChange, self.link_id).old_email

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"moved_at": db.session.get_one(AddressChange, self.link_id).moved_at}


@dataclass(frozen=True)
class DetailsCorrected(Notice):
    """Staff corrected somebody's legal name or date of birth. The letter says what and why, never the values."""

    kind: ClassVar[str] = "details-corrected"
    correction_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        correction = db.session.get_one(PrivateCorrection, self.correction_id)
        return {"correction": correction, "by": db.session.get_one(Person, correction.by_id)}
