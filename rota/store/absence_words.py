"""Why somebody who plans put a person down as away, and what the person answered: for those two alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class AbsenceWord(db.Model):
    """One thing that was said about an absence. The first is the reason of who entered it."""

    __tablename__ = "absence_word"

    id: Mapped[int] = mapped_column(primary_key=True)
    absence_id: Mapped[int] = mapped_column(ForeignKey("absence.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str]


def words_about(absence_id: int) -> Sequence[AbsenceWord]:
    """What was said about an absence, in order."""
    query = select(AbsenceWord).where(AbsenceWord.absence_id == absence_id).order_by(AbsenceWord.id)
    return db.session.scalars(query).all()


def reason_of(absence_id: int) -> str | None:
    """Why somebody else entered an absence; None where the person said it themselves, or no reason was given."""
    return next((word.text for word in words_about(absence_id)), None)
