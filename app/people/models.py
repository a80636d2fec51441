"""Tables for people: accounts, private details, roles, sessions, one-time links, rate limits."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from app import db
from app.trail.seals import sealed
from app.typed_text import compare_key
from app.wording import listed


class PersonState(StrEnum):
    """The state of an account."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"  # their last day is over; opened again when they come back
    REMOVED = "removed"  # taken back: it never came into use, and is shown nowhere


CLOSED = frozenset({PersonState.SUSPENDED, PersonState.LEFT, PersonState.REMOVED})
"""The states in which nobody may act with an account, hold anything, or be written to."""


class Role(StrEnum):
    """A role, granted for a period, that gives permissions. Not a stage: a volunteer may be a coordinator."""

    COORDINATOR = "coordinator"
    ASSESSOR = "assessor"
    TRAINER = "trainer"
    LEAD = "lead"
    ADMIN = "admin"


class Detail(StrEnum):
    """A detail that staff may correct; the audit trail records its value as a code."""

    LEGAL_NAME = "legal-name"
    BORN_ON = "born-on"
    EMAIL = "email"

    @property
    def words(self) -> str:
        """The words for it in a sentence: “date of birth”."""
        return {Detail.LEGAL_NAME: "legal name", Detail.BORN_ON: "date of birth", Detail.EMAIL: "e-mail address"}[self]


@sealed("state")
class Person(db.Model):
    """A person with an account, as the community sees them."""

    __tablename__ = "person"
    __table_args__ = (db.one_of("state", PersonState),)

    id: Mapped[int] = mapped_column(primary_key=True)
    display_name: Mapped[str] = mapped_column(unique=True)
    name_key: Mapped[str | None] = mapped_column(unique=True, index=True)  # the name is compared and sorted by it
    state: Mapped[PersonState] = mapped_column(default=PersonState.INVITED)
    zone_name: Mapped[str | None]  # the reader's own time zone, where it is not the organisation's
    rights_version: Mapped[int] = mapped_column(default=1)
    joined_at: Mapped[datetime]

    @validates("display_name")
    def _keep_the_key(self, _column: str, name: str) -> str:
        self.name_key = compare_key(name)
        return name


class PersonPrivate(db.Model):
    """Details that few may see. Read them through `private_details()`, which checks permission and audits."""

    __tablename__ = "person_private"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    legal_name: Mapped[str | None]
    born_on: Mapped[date | None]
    born_by: Mapped[date | None]  # born on this day or before: where only “over 18” is known
    email: Mapped[str] = mapped_column(unique=True)  # as `email_address` keeps it
    phone: Mapped[str | None]  # as `telephone` keeps it: +44 20 7946 0018


@sealed("hashed", "set_at")
class Password(db.Model):
    """The argon2id hash of a person's password."""

    __tablename__ = "password"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hashed: Mapped[str]
    set_at: Mapped[datetime]


@sealed("person_id", "role", "starts_on", "ends_on", "granted_by_id", "granted_at")
class RoleGrant(db.Model):
    """A role held from one day to another, both included; without a last day it holds until it is ended."""

    __tablename__ = "role_grant"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_it_starts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]


class SignedInSession(db.Model):
    """One signed-in browser. The cookie holds the token, the row only its hash."""

    __tablename__ = "signed_in_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    rights_version: Mapped[int]
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str]  # such as "Firefox on Android", for the person's own list; never the full user agent


class LinkKind(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    RESET = "reset"
    ADDRESS = "address"


class OneTimeLink(db.Model):
    """An invitation, a reset or a new address. The token derives from the secret key and `nonce`; it is not stored."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        db.one_of("kind", LinkKind),
        UniqueConstraint("nonce"),
        Index("ix_one_time_link_person_kind", "person_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[LinkKind]
    nonce: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class EmailChange(db.Model):
    """A requested change of e-mail address, kept until the e-mails to both addresses have been sent."""

    __tablename__ = "address_change"

    link_id: Mapped[int] = mapped_column(ForeignKey("one_time_link.id"), primary_key=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    moved_at: Mapped[datetime | None]


class PrivateCorrection(db.Model):
    """A correction of a person's details by staff: codes of what changed, without the values, and the reason."""

    __tablename__ = "private_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    what: Mapped[list[Any]]  # values of Detail
    reason: Mapped[str]

    @property
    def words(self) -> str:
        """The words for what was corrected in a sentence: “legal name and date of birth”."""
        return listed(Detail(code).words for code in self.what)


class Suspension(db.Model):
    """A suspension of an account and its reason."""

    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    reason: Mapped[str]


LONGEST_REASON_TO_LEAVE = 1000  # characters
_OPEN_DEPARTURE = text("taken_back_at IS NULL AND closed_at IS NULL")


class Departure(db.Model):
    """That somebody leaves the organisation, and when. One of a person at a time is neither taken back nor over."""

    __tablename__ = "departure"
    __table_args__ = (
        Index(
            "ix_departure_one_open",
            "person_id",
            unique=True,
            sqlite_where=_OPEN_DEPARTURE,
            postgresql_where=_OPEN_DEPARTURE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    last_day: Mapped[date]  # they are here until its end, on their own clock
    said_at: Mapped[datetime]
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON_TO_LEAVE))  # where staff said it; they read it
    taken_back_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


NOT_OVER = and_(Departure.taken_back_at.is_(None), Departure.closed_at.is_(None))
"""The condition that a last day was neither taken back nor acted on."""


class Attempts(db.Model):
    """The number of attempts within one window of a rate limit, by hashed key."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
