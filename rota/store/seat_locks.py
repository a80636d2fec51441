"""Locked seats: a coordinator wants a seat to stay as it is, whether somebody has it or nobody.

No proposal changes a locked seat, and nobody does by hand until it is unlocked. A lock belongs to the rota and outlives
a draft. What people do themselves with published shifts, and losing a clearance, it does not stop.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class SeatLock(db.Model):
    """One locked seat, who locked it, and when."""

    __tablename__ = "seat_lock"

    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), primary_key=True)
    rota_id: Mapped[int] = mapped_column(ForeignKey("rota.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    locked_at: Mapped[datetime]
