"""The table of parts of seats that others took; apart from its use, so that queries for seats can join it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class PartEnd(StrEnum):
    """Why a part ended before its time. Codes: nobody is asked why."""

    GIVEN_BACK = "given-back"  # by who took it
    AWAY = "away"  # who took it said that they cannot come on that day
    NOT_CLEARED = "not-cleared"  # who took it may no longer do this, or their account is closed
    SEAT_CHANGED = "seat-changed"  # the seat itself went to somebody else, or to nobody


class SeatPart(db.Model):
    """Some of the hours of a seat, which somebody else works than the person who has the seat and answers for it.

    It belongs to the assignment of that person and ends with it. The parts of one assignment do not overlap: who adds
    one holds the lock of the rota.
    """

    __tablename__ = "seat_part"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended_for_a_reason"),
        db.one_of("ended_why", PartEnd),
        Index(
            "uq_seat_part_assignment_id_starts_at_held",
            "assignment_id",
            "starts_at",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_seat_part_person_id_ended_at", "person_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # who works it
    change_id: Mapped[int] = mapped_column(ForeignKey("seat_change.id"), index=True)  # how it came about
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    taken_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[PartEnd | None]
