"""The table of what people were told about what lapses."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class LapseTold(db.Model):
    """Somebody was told that something of theirs lapses on a day; `days_before` is the step at which they were."""

    __tablename__ = "lapse_told"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)  # of the requirement, in the pathway
    last_day: Mapped[date] = mapped_column(primary_key=True)
    days_before: Mapped[int] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
