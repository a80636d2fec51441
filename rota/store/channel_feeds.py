"""The private addresses from which calendar programs read who is on a channel, one a person and channel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class ChannelFeed(db.Model):
    """A private address of one person for the published shifts of one channel. Only its hash is stored."""

    __tablename__ = "channel_feed"
    __table_args__ = (
        Index(
            "uq_channel_feed_person_id_channel_id_open",
            "person_id",
            "channel_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_channel_feed_channel_id", "channel_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
