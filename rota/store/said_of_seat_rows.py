"""The table of what people say of their seats; apart from its use, so that the query for seats can join it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class Said(StrEnum):
    """What somebody said. COMES: that they come. COULD_STAY: that they could stay on if nobody comes after them."""

    COMES = "comes"
    COULD_STAY = "could-stay"


class SaidOfSeat(db.Model):
    """One thing said of a seat by the person who has it, or for them by somebody who plans."""

    __tablename__ = "said_of_seat"
    __table_args__ = (db.one_of("what", Said),)

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    what: Mapped[Said] = mapped_column(primary_key=True)
    said_at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
