"""The tables of documents: published editions, editions taken back before they held, and drafts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.trail.seals import sealed


@db.append_only
@sealed(
    "document",
    "number",
    "text",
    "what_changed",
    "why",
    "what_it_means",
    "holds_from",
    "agree_by",
    "published_at",
    "published_by_id",
)
class DocumentEdition(db.Model):
    """One published edition of a document, after the first, which ships. Its words never change."""

    __tablename__ = "document_edition"
    __table_args__ = (
        UniqueConstraint("document", "number"),
        CheckConstraint("number > 1", name="follows_the_shipped_one"),
        CheckConstraint("agree_by IS NULL OR agree_by > holds_from", name="leaves_time_to_agree"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    text: Mapped[str]
    what_changed: Mapped[str] = mapped_column(String(400))
    why: Mapped[str] = mapped_column(String(400))
    what_it_means: Mapped[str] = mapped_column(String(400))
    holds_from: Mapped[date]
    agree_by: Mapped[date | None]  # the last day on which agreements to earlier editions count; None: they go on
    published_at: Mapped[datetime]
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


@db.append_only
@sealed("edition_id", "taken_back_at", "taken_back_by_id")
class DocumentEditionTakenBack(db.Model):
    """A published edition that was taken back before its first day, so that it never holds."""

    __tablename__ = "document_edition_taken_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey(DocumentEdition.id), unique=True)
    taken_back_at: Mapped[datetime]
    taken_back_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class DocumentDraft(db.Model):
    """One saved state of the next edition of a document. Saving adds a row, so nobody writes over somebody else's."""

    __tablename__ = "document_draft"
    __table_args__ = (UniqueConstraint("document", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(String(60))
    revision: Mapped[int]  # from 1
    text: Mapped[str]
    what_changed: Mapped[str] = mapped_column(String(400))
    why: Mapped[str] = mapped_column(String(400))
    what_it_means: Mapped[str] = mapped_column(String(400))
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
