"""The table of seats whose people did not come; apart from its use, so that queries for seats can leave them out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db

LONGEST_ANSWER = 1000  # characters


class _NotCome:
    """That somebody who plans said that a person did not come, once or more often.

    Taken back, the row stays: it numbers what is recorded again. What the person answers is theirs, and can be erased.
    """

    said_at: Mapped[datetime]
    said_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    times_said: Mapped[int] = mapped_column(default=1)
    taken_back_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(String(LONGEST_ANSWER))
    answered_at: Mapped[datetime | None]

    @property
    def stands(self) -> bool:
        """Whether it was not taken back."""
        return self.taken_back_at is None


def _checks() -> tuple[CheckConstraint, CheckConstraint]:
    return (
        CheckConstraint("times_said > 0", name="said_once_at_least"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_has_its_time"),
    )


class DidNotCome(_NotCome, db.Model):
    """A person did not come to a shift of theirs that is over."""

    __tablename__ = "did_not_come"
    __table_args__ = _checks()

    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), primary_key=True)


class PartDidNotCome(_NotCome, db.Model):
    """A person did not come to the hours that they had taken of somebody's shift."""

    __tablename__ = "part_did_not_come"
    __table_args__ = _checks()

    part_id: Mapped[int] = mapped_column(ForeignKey("seat_part.id"), primary_key=True)


NotCome = DidNotCome | PartDidNotCome


def not_worked() -> Select[int]:
    """The assignments whose people did not come, as it stands, for a condition of another query."""
    return select(DidNotCome.assignment_id).where(DidNotCome.taken_back_at.is_(None))


def parts_not_worked() -> Select[int]:
    """The parts of seats whose people did not come, as it stands."""
    return select(PartDidNotCome.part_id).where(PartDidNotCome.taken_back_at.is_(None))
