"""The outbox: one row for each notice to one person, written in the same transaction as the change it announces."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
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
    last_error: Mapped[str | None]  # a code such as "smtp 451", never the server's words, which may hold addresses
