"""What people suggest and what they are answered; short questions, and answers that belong to nobody; news."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from progression.stages import Stage

LONGEST_SUGGESTION = 2000
LONGEST_ANSWER = 2000
LONGEST_YOU_SAID = 300
LONGEST_QUESTION = 200
LONGEST_WORDS_TO_A_PULSE = 1000
LONGEST_TITLE = 120
LONGEST_PART_OF_NEWS = 1000


class Outcome(StrEnum):
    """What the organisation does about a suggestion."""

    DONE = "done"
    PLANNED = "planned"
    NOT_NOW = "not-now"

    @property
    def words(self) -> str:
        """What a page says."""
        return {"done": "We did it", "planned": "We are going to", "not-now": "Not now"}[self.value]


class Suggestion(db.Model):
    """Something that somebody would like to be different. Who it was is read only by those it may be read by."""

    __tablename__ = "suggestion"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(LONGEST_SUGGESTION))
    with_name: Mapped[bool]
    """Whether those who answer may read who it was."""
    withdrawn_at: Mapped[datetime | None]


class SuggestionAnswer(db.Model):
    """What somebody answered for the organisation; the newest of a suggestion counts."""

    __tablename__ = "suggestion_answer"
    __table_args__ = (db.one_of("outcome", Outcome),)

    id: Mapped[int] = mapped_column(primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestion.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime]
    outcome: Mapped[Outcome]
    words: Mapped[str] = mapped_column(String(LONGEST_ANSWER))
    you_said: Mapped[str | None] = mapped_column(String(LONGEST_YOU_SAID))
    """The suggestion as everybody may read it, beside the answer; None where it is between the two."""


class Pulse(db.Model):
    """A few short questions to everybody from a stage on, open for some days."""

    __tablename__ = "pulse"
    __table_args__ = (
        db.one_of("asked_from", Stage),
        CheckConstraint("last_day >= first_day", name="ends_after_it_begins"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    questions: Mapped[list[str]] = mapped_column(JSON)
    from_stage: Mapped[Stage] = mapped_column("asked_from")
    first_day: Mapped[date]
    last_day: Mapped[date]
    """The whole of it, in the organisation's zone."""
    closed_at: Mapped[datetime | None]
    """When somebody closed them before the last day."""


class PulseTaken(db.Model):
    """That somebody answered, so that nobody answers twice. It has no time and no place among the others."""

    __tablename__ = "pulse_taken"
    __table_args__ = ({"sqlite_with_rowid": False},)  # a row number would tell the order in which people answered

    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class PulseAnswer(db.Model):
    """What somebody said, under a random number, so that the rows are in no order."""

    __tablename__ = "pulse_answer"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))
    pulse_id: Mapped[int] = mapped_column(ForeignKey("pulse.id"), index=True)
    ratings: Mapped[list[int | None]] = mapped_column(JSON)
    """From 1 to 5 for each question, in their order; None where somebody left one out."""
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS_TO_A_PULSE))


class News(db.Model):
    """Something that changes: what, why, what it means for the reader, and who was asked beforehand."""

    __tablename__ = "news"
    __table_args__ = (db.one_of("told_from", Stage),)

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    why: Mapped[str] = mapped_column(String(LONGEST_PART_OF_NEWS))
    for_you: Mapped[str] = mapped_column(String(LONGEST_PART_OF_NEWS))
    asked: Mapped[str] = mapped_column(String(LONGEST_PART_OF_NEWS))
    """Who was asked beforehand; empty where nobody was."""
    from_stage: Mapped[Stage] = mapped_column("told_from")
    told_at: Mapped[datetime | None]
    """When the e-mails were queued."""
    taken_down_at: Mapped[datetime | None]


class NewsRead(db.Model):
    """That somebody said they have read it."""

    __tablename__ = "news_read"

    news_id: Mapped[int] = mapped_column(ForeignKey("news.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    read_at: Mapped[datetime]
