"""The tables of drafts: a course that is being written, its parts, and what parts held before."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class PartKind(StrEnum):
    """What a part of a draft is: a file of the pack, or something that a file holds several of."""

    COURSE = "course"
    CHANGE = "change"
    TO_KEEP = "to-keep"
    LESSON = "lesson"
    QUIZ = "quiz"
    SCENARIO = "scenario"
    REFLECTION = "reflection"
    AGREEMENT = "agreement"
    PRACTICAL = "practical"
    WORKSHOP = "workshop"
    EXERCISE = "exercise"
    QUESTION = "question"
    STEP = "step"
    ENDING = "ending"


class CourseDraft(db.Model):
    """A version of a course that is being written. Of each course at most one draft is open."""

    __tablename__ = "course_draft"
    __table_args__ = (
        Index(
            "uq_course_draft_open",
            "code",
            unique=True,
            sqlite_where=text("put_away_at IS NULL AND published_at IS NULL"),
            postgresql_where=text("put_away_at IS NULL AND published_at IS NULL"),
        ),
        CheckConstraint("(published_at IS NULL) = (version_id IS NULL)", name="published_as_a_version"),
        CheckConstraint("put_away_at IS NULL OR published_at IS NULL", name="put_away_or_published"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60))
    # The version that it began with; None for a course that is new, or was brought in as a pack.
    base_id: Mapped[int | None] = mapped_column(ForeignKey("course_version.id"))
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    put_away_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    version_id: Mapped[int | None] = mapped_column(ForeignKey("course_version.id"))


class DraftPart(db.Model):
    """One part of a draft as it is now, in the words of the pack's own format. Each has revisions of its own."""

    __tablename__ = "course_draft_part"
    __table_args__ = (
        db.one_of("kind", PartKind),
        CheckConstraint("revision > 0", name="revision_from_one"),
        Index("ix_course_draft_part_draft_id", "draft_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey(CourseDraft.id))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("course_draft_part.id"))
    kind: Mapped[PartKind]
    position: Mapped[int]  # among the parts of the same parent; gaps do not matter
    text: Mapped[str]
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]


class EarlierText(db.Model):
    """What a part held before somebody else, or the same person later, wrote something else."""

    __tablename__ = "course_draft_earlier_text"
    __table_args__ = (UniqueConstraint("part_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey(DraftPart.id))
    revision: Mapped[int]
    text: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
