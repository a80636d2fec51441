"""Help that somebody was given in person. It is evidence of nothing: no step and no clearance rests on it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import db

LONGEST_WORDS = 200  # characters


class HelpKind(StrEnum):
    """What kind of help it was."""

    SAT_WITH = "sat-with"
    DEVICE = "device"
    TALK = "talk"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The kind as pages say it."""
        return _WORDS[self]


_WORDS = {
    HelpKind.SAT_WITH: "Somebody sat with them",
    HelpKind.DEVICE: "A device was lent",
    HelpKind.TALK: "A talk, one to one",
    HelpKind.OTHER: "Something else",
}


class HelpGiven(db.Model):
    """Help that one person gave another on a day. Taken back, its row is deleted; the trail keeps that it was there."""

    __tablename__ = "help_given"
    __table_args__ = (db.one_of("kind", HelpKind),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[HelpKind]
    given_on: Mapped[date] = mapped_column(index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(String(LONGEST_WORDS))
    back_on: Mapped[date | None]  # of a device: the day it was given back
    once: Mapped[str] = mapped_column(String(120), unique=True)  # the same form sent twice adds one row
