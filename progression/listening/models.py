"""What people suggest, and what they are answered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import db

LONGEST_SUGGESTION = 2000
LONGEST_ANSWER = 2000
LONGEST_YOU_SAID = 300


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
