"""How long people take for units, and more time for one person where a quiz has a limit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class UnitTime(db.Model):
    """How long a person really took for a unit of an enrolment, idle time not counted; see `unit_time`."""

    __tablename__ = "unit_time"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "unit"),
        CheckConstraint("seconds >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    seconds: Mapped[int]
    counted_until: Mapped[datetime]  # no time before this counts again


class MoreTime(db.Model):
    """More time than others have for one quiz, which a trainer gave to one person.

    The reason may tell of a disability: those who may give more time read it, it stands in no audit line, and it is
    deleted when the time is taken back.
    """

    __tablename__ = "more_time"
    __table_args__ = (
        Index(
            "uq_more_time_open",
            "person_id",
            "course_id",
            "unit",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(percent IS NULL) <> (minutes IS NULL)", name="percent_or_minutes"),
        CheckConstraint("(ended_at IS NULL) = (reason IS NOT NULL)", name="reason_while_it_holds"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    unit: Mapped[str] = mapped_column(String(60))
    percent: Mapped[int | None]  # of what is allowed, on top of it
    minutes: Mapped[int | None]  # on top of what is allowed
    reason: Mapped[str | None] = mapped_column(Text)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
