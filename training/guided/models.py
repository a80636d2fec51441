"""Courses taken a part at a time: groups, the pace of each person, and what is written to a group."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from training.guided.pace import LONGEST_BETWEEN, SHORTEST_BETWEEN


class GuidedGroup(db.Model):
    """A group that takes a course together, a part at a time. When it ends, everything is open to its people."""

    __tablename__ = "guided_group"
    __table_args__ = (
        CheckConstraint(
            f"days_between BETWEEN {SHORTEST_BETWEEN} AND {LONGEST_BETWEEN}", name="days_between_in_bounds"
        ),
        CheckConstraint("held_from IS NULL OR held_from > opened_through", name="holds_back_what_is_not_open"),
        CheckConstraint("days_later >= 0 AND opened_through >= 0", name="counts_from_zero"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    first_day: Mapped[date]
    days_between: Mapped[int]
    days_later: Mapped[int] = mapped_column(default=0)  # by how much parts that were held back have moved the rest
    opened_through: Mapped[int] = mapped_column(default=0)  # parts up to this number were opened early
    held_from: Mapped[int | None]  # this part and those after it wait until somebody lets them go on
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class GuidedPace(db.Model):
    """One person takes one course a part at a time, alone or with a group. Who leaves has everything open."""

    __tablename__ = "guided_pace"
    __table_args__ = (
        Index(
            "uq_guided_pace_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_guided_pace_group_id", "group_id"),
        CheckConstraint("(group_id IS NULL) = (first_day IS NOT NULL)", name="own_first_day_without_a_group"),
        CheckConstraint("paused_until IS NULL OR paused_until > paused_on", name="goes_on_after_it_pauses"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("guided_group.id"))
    first_day: Mapped[date | None]  # without a group; a group has its own
    days_later: Mapped[int] = mapped_column(default=0)  # by how much earlier pauses have moved the rest
    paused_on: Mapped[date | None]
    paused_until: Mapped[date | None]  # the day on which it goes on; None: until they say
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class GuidedNote(db.Model):
    """What somebody who leads wrote to everybody in a group."""

    __tablename__ = "guided_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("guided_group.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
