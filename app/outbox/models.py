"""The outbox: one row for each notice to one person, written in the same transaction as the change it announces; and
what is known of the mail server."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class DeliveryState(StrEnum):
    """The state of one delivery. The last four are final."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNWANTED = "unwanted"
    EXPIRED = "expired"
    REFUSED = "refused"


class OutboxRow(db.Model):
    """One notice to one person: its kind and the ids it refers to. Rendered when sent, so it is never stale."""

    __tablename__ = "outbox"
    __table_args__ = (
        db.one_of("state", DeliveryState),
        # A partial index over what is due: finished rows, soon most of the table, are left out.
        Index(
            "ix_outbox_due",
            "next_try_at",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
        # Another over what did not arrive, for the page that lists it.
        Index(
            "ix_outbox_undelivered",
            "finished_at",
            "id",
            sqlite_where=text("state IN ('refused', 'expired')"),
            postgresql_where=text("state IN ('refused', 'expired')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)  # part of the Message-ID, the same on every attempt
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    facts: Mapped[dict[str, Any]]
    once: Mapped[str] = mapped_column(unique=True)  # deduplication key
    enqueued_at: Mapped[datetime]
    deadline: Mapped[datetime]
    state: Mapped[DeliveryState] = mapped_column(default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)  # fencing token, raised by each claim; outdated outcomes are ignored
    finished_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]  # when the mail server last refused this e-mail, and not the whole connection
    # A code such as "smtp 451 at recipient", never the server's words, which may hold addresses.
    last_error: Mapped[str | None]
    sent_to: Mapped[str | None]  # the mark of the address it was last handed over for, as `app.outbox.marks` makes it


class EmailBounce(db.Model):
    """An e-mail that came back. What it says of an address holds for the address that was used, and no later one."""

    __tablename__ = "email_bounce"

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True)  # so that each counts once
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address_mark: Mapped[str]
    is_hard: Mapped[bool]  # the address takes no e-mail at all; otherwise it did not take this one
    status: Mapped[str | None]  # such as "5.1.1" (RFC 3463), never the words of another server
    at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]  # from then on it counts no more


class EmailTurnedOff(db.Model):
    """A kind of notice that somebody does not want by e-mail. Taking the row away turns it on."""

    __tablename__ = "email_turned_off"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class MailCircuitBreaker(db.Model):
    """What the workers know about the mail server, in one row that they share.

    `failing_since` None: it takes e-mails. Otherwise every e-mail waits, and one worker tries it at `try_again_at`.
    """

    __tablename__ = "mail_circuit_breaker"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    last_error: Mapped[str | None]  # a code, as in the outbox
    try_again_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # when a worker last looked whether it answers, without an e-mail
    last_accepted_at: Mapped[datetime | None]
    last_refused_at: Mapped[datetime | None]
    bounces_read_at: Mapped[datetime | None]  # when the mailbox of returned e-mails was last read
    bounces_error: Mapped[str | None]  # a code; why it could not be read since
