"""The letters of the core: an invitation, and a link to choose a new password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.links import token_of
from app.people.models import OneTimeLink, Person


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
