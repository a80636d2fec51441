"""The outbox: one row for each letter to one person, in the same transaction as what it tells of."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class LetterState(StrEnum):
    """Where a letter stands. The last four are ends."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNWANTED = "unwanted"
    EXPIRED = "expired"
    REFUSED = "refused"


class OutboxRow(db.Model):
    """A letter to one person: its kind and the ids it speaks of. Rendered at sending, so it is never stale."""

    __tablename__ = "outbox"
    __table_args__ = (
        db.one_of("state", LetterState),
        # The sender looks for what is due; the sent ones, soon most of the table, stay out of its way.
        Index(
            "ix_outbox_due",
            "next_try_at",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)  # names the letter for ever, in its Message-ID
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    facts: Mapped[dict[str, Any]]
    once: Mapped[str] = mapped_column(unique=True)
    enqueued_at: Mapped[datetime]
    deadline: Mapped[datetime]
    state: Mapped[LetterState] = mapped_column(default=LetterState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)  # rises with each claim; a late worker's finish is ignored
    finished_at: Mapped[datetime | None]
    last_error: Mapped[str | None]  # a code such as "smtp 451", never the server's words, which may hold addresses
