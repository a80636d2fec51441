"""Live sessions, who leads them, who has a place or waits for one, who came, and what they said afterwards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.domain import TAKES_TIME
from progression.stages import Stage

MOST_PLACES = 200  # a larger gathering is not a session in which people practise


class LiveSession(db.Model):
    """A session at a time, online or at a place. A cancelled one stays, with its reason."""

    __tablename__ = "live_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("book_until <= starts_at", name="booked_before_it_starts"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="known_places"),
        CheckConstraint("(link IS NULL) <> (place IS NULL)", name="online_or_at_a_place"),
        CheckConstraint("link IS NULL OR substr(link, 1, 8) = 'https://'", name="link_is_https"),
        CheckConstraint("(course_id IS NULL) = (unit IS NULL)", name="unit_of_a_course"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL) AND (cancelled_at IS NULL) = (cancel_reason IS NULL)",
            name="cancelled_by_somebody_with_a_reason",
        ),
        Index("ix_live_session_starts_at", "starts_at"),
        Index("ix_live_session_course_id_unit", "course_id", "unit"),
        {"info": {TAKES_TIME: True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(2000))
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))  # of whose units it stands for `unit`
    unit: Mapped[str | None] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    book_until: Mapped[datetime]
    link: Mapped[str | None] = mapped_column(String(500))
    place: Mapped[str | None] = mapped_column(String(200))
    places: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]
    revision: Mapped[int]  # rises with every change
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cancel_reason: Mapped[str | None] = mapped_column(String(500))


class LiveSessionTrainer(db.Model):
    """Somebody who leads a session."""

    __tablename__ = "live_session_trainer"
    __table_args__ = (Index("ix_live_session_trainer_person_id", "person_id"), {"info": {TAKES_TIME: True}})

    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class LiveSessionStage(db.Model):
    """A stage whose people may book a session. Without a row everybody may."""

    __tablename__ = "live_session_stage"
    __table_args__ = (db.one_of("stage", Stage),)

    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(primary_key=True)


class BookingState(StrEnum):
    """Whether somebody waits for a place, has one, or neither any more."""

    WAITING = "waiting"
    BOOKED = "booked"
    ENDED = "ended"


class WhyEnded(StrEnum):
    """Why somebody no longer has a place or waits for one."""

    GIVEN_UP = "given-up"
    ACCOUNT_CLOSED = "account-closed"


class LiveBooking(db.Model):
    """One person who asked for a place in a session. Those who wait come in the order of their ids."""

    __tablename__ = "live_booking"
    __table_args__ = (
        db.one_of("state", BookingState),
        db.one_of("why_ended", WhyEnded),
        CheckConstraint("(state = 'booked') = (place IS NOT NULL)", name="booked_has_a_place"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at_a_time"),
        CheckConstraint("(state = 'ended') = (why_ended IS NOT NULL)", name="ended_for_a_reason"),
        CheckConstraint("state <> 'booked' OR booked_at IS NOT NULL", name="booked_at_a_time"),
        Index(
            "uq_live_booking_open",
            "session_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        # No place is given twice, whatever happens at once.
        UniqueConstraint("session_id", "place"),
        Index("ix_live_booking_person_id", "person_id"),
        {"info": {TAKES_TIME: True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    at_short_notice: Mapped[bool]  # whether they would come if a place is free only in the last hour before
    state: Mapped[BookingState]
    place: Mapped[int | None]  # the number of the place, from 1
    booked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    why_ended: Mapped[WhyEnded | None]


class Outcome(StrEnum):
    """What the trainer marked about somebody with a place."""

    CAME = "came"
    IN_PART = "in-part"
    DID_NOT_COME = "did-not-come"


OUTCOME_WORDS = {Outcome.CAME: "Came", Outcome.IN_PART: "Came in part", Outcome.DID_NOT_COME: "Did not come"}


class LiveAttendance(db.Model):
    """One mark about somebody with a place. The latest counts; earlier ones stay."""

    __tablename__ = "live_attendance"
    __table_args__ = (db.one_of("outcome", Outcome), Index("ix_live_attendance_booking_id", "booking_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("live_booking.id"))
    outcome: Mapped[Outcome]
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(String(500))  # why only now, where it was marked late


class LiveFeedback(db.Model):
    """What somebody who came said afterwards. Trainers read it without the name, once there are several."""

    __tablename__ = "live_feedback"
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", name="known_rating"), UniqueConstraint("booking_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("live_booking.id"))
    rating: Mapped[int]
    comment: Mapped[str] = mapped_column(String(1000))
    given_at: Mapped[datetime]
