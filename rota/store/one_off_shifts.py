"""Which shifts a coordinator added to a rota by hand, so that nothing takes them off because the pattern has none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class OneOffShift(db.Model):
    """A shift that no weekly pattern asked for."""

    __tablename__ = "one_off_shift"

    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
