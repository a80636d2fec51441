"""What people say of a live session afterwards. Those who lead it read it without names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict, Invalid
from training.live import attendance, booking, rules
from training.live.models import LiveBooking, LiveFeedback, LiveSession, Outcome

LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class Answers:
    """What several people said: ratings from 1 to 5 in their order of size, and comments in no order of time."""

    ratings: tuple[int, ...]
    comments: tuple[str, ...]

    @property
    def average(self) -> float:
        """The mean of the ratings."""
        return sum(self.ratings) / len(self.ratings)


def may_give(own: LiveBooking | None, session: LiveSession, *, now: datetime) -> bool:
    """Whether somebody may say what they thought: they came, at least in part, and it was not long ago."""
    if own is None or session.cancelled_at is not None or not rules.may_give_feedback(ends_at=session.ends_at, now=now):
        return False
    mark = attendance.latest_marks([own.id]).get(own.id)
    return mark is not None and mark.outcome is not Outcome.DID_NOT_COME


def given_by(own: LiveBooking) -> LiveFeedback | None:
    """What somebody said of a session."""
    return db.session.scalars(select(LiveFeedback).where(LiveFeedback.booking_id == own.id)).one_or_none()


def give(session_id: int, rating: int, comment: str, *, by: Person, now: datetime) -> None:
    """Keep what somebody who came says; saying it again replaces it. Not in the audit trail, which names people."""
    db.lock_people([by.id])
    session = booking.lock_session(session_id)
    own = booking.booking_of(session_id, by.id)
    if own is None or not may_give(own, session, now=now):
        raise Conflict("You can say what you thought of a session within 30 days, once it is marked that you came.")
    comment = comment.strip()
    if not 1 <= rating <= 5 or len(comment) > LONGEST_COMMENT:
        raise Invalid(f"Choose one of the five, and keep your words under {LONGEST_COMMENT:,} characters.")
    before = given_by(own)
    if before is None:
        db.session.add(LiveFeedback(booking_id=own.id, rating=rating, comment=comment, given_at=now))
    else:
        before.rating, before.comment, before.given_at = rating, comment, now


def answers_of(session_id: int) -> Answers | None:
    """What people said of a session; None while so few did that it would be known who they are."""
    rows = db.session.execute(
        select(LiveFeedback.rating, LiveFeedback.comment)
        .join(LiveBooking, LiveBooking.id == LiveFeedback.booking_id)
        .where(LiveBooking.session_id == session_id)
    ).all()
    if len(rows) < rules.ENOUGH_ANSWERS:
        return None
    comments = sorted(row.comment for row in rows if row.comment)
    return Answers(tuple(sorted((row.rating for row in rows), reverse=True)), tuple(comments))
