"""What people write to each other through Nightlight. Kept for as long as a policy says, then deleted whole."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class WrittenTo(StrEnum):
    """To whom a conversation was begun. The first four are roles: who holds one today reads it, nobody else."""

    COORDINATOR = "coordinator"
    TRAINER = "trainer"
    ASSESSOR = "assessor"
    ADMIN = "admin"
    LEAD = "lead"
    WRITER = "writer"  # who wrote to somebody first, by an e-mail


class Conversation(db.Model):
    """One subject between the person who began it and those they wrote to."""

    __tablename__ = "conversation"
    __table_args__ = (db.one_of("written_to", WrittenTo),)

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    written_to: Mapped[WrittenTo]
    about: Mapped[str]
    last_at: Mapped[datetime] = mapped_column(index=True)
    once: Mapped[str] = mapped_column(unique=True)  # idempotency key: the same form sent twice is one conversation


class ConversationMember(db.Model):
    """Somebody to whom a conversation was written."""

    __tablename__ = "conversation_member"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class ConversationWords(db.Model):
    """What one person wrote in a conversation."""

    __tablename__ = "conversation_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str]
    written_at: Mapped[datetime]
    once: Mapped[str] = mapped_column(unique=True)
