"""Applications for the next step: that somebody asks for a decision, and what was written about it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from progression.stages import Stage

LONGEST_WORDS = 2000


class HowEnded(StrEnum):
    """How an application came to its end."""

    WITHDRAWN = "withdrawn"
    SIGNED_OFF = "signed-off"
    NOT_YET = "not-yet"
    OVERTAKEN = "overtaken"  # the person is at another stage since, or their account is closed


class StepApplication(db.Model):
    """Somebody asks to be signed off for a stage. Nobody has two open ones."""

    __tablename__ = "step_application"
    __table_args__ = (
        db.one_of("applied_for", Stage),
        db.one_of("how_ended", HowEnded),
        CheckConstraint("(ended_at IS NULL) = (how_ended IS NULL)", name="ended_in_a_way"),
        Index(
            "uq_step_application_person_id_open",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    to: Mapped[Stage] = mapped_column("applied_for")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    how_ended: Mapped[HowEnded | None]


class WordsKind(StrEnum):
    """What somebody wrote about an application."""

    STATEMENT = "statement"
    QUESTION = "question"
    ANSWER = "answer"


class ApplicationWords(db.Model):
    """What one of the two wrote for the other; in a table of its own, so that it can be erased."""

    __tablename__ = "application_words"
    __table_args__ = (db.one_of("kind", WordsKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("step_application.id"), index=True)
    kind: Mapped[WordsKind]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
