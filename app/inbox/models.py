"""What stands under a person's Messages: a line for each notice that was sent to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class InboxLine(db.Model):
    """One notice as its reader sees it on a page: the words it had when it was sent. Deleted after some weeks."""

    __tablename__ = "inbox_line"
    __table_args__ = (
        Index("ix_inbox_line_person_told", "person_id", "told_at"),
        # Every page counts what somebody has not read.
        Index(
            "ix_inbox_line_unread",
            "person_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str]
    words: Mapped[str]
    button: Mapped[str]  # empty: there is nothing to do
    path: Mapped[str]  # where the button leads, without the host
    told_at: Mapped[datetime] = mapped_column(index=True)
    read_at: Mapped[datetime | None]
