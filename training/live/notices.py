"""The notices about live sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import exists, select

from app import db, settings
from app.outbox.notice import Notice
from app.people.models import CLOSED, Person
from training.live.models import BookingState, LiveBooking, LiveSession, LiveSessionTrainer


def _words(session: LiveSession) -> dict[str, Any]:
    return {"live": session, "home": settings.current().zone}


def _is_ahead(session: LiveSession, now: datetime) -> bool:
    return session.cancelled_at is None and session.starts_at > now


@dataclass(frozen=True)
class PlaceIsFree(Notice):
    """Somebody who waited has a place now."""

    kind: ClassVar[str] = "session-place"
    booking_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        booking = db.session.get_one(LiveBooking, self.booking_id)
        is_booked = booking.state is BookingState.BOOKED
        return is_booked and _is_ahead(db.session.get_one(LiveSession, booking.session_id), now)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        booking = db.session.get_one(LiveBooking, self.booking_id)
        return _words(db.session.get_one(LiveSession, booking.session_id))


@dataclass(frozen=True)
class SessionChanged(Notice):
    """A session that somebody booked or waits for is at another time or place."""

    kind: ClassVar[str] = "session-changed"
    session_id: int
    revision: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Of several changes only the last is told, and only to people who still come or wait."""
        session = db.session.get_one(LiveSession, self.session_id)
        # A later change of words alone queued no e-mail of its own, so this one is not kept back by it.
        return session.cancelled_at is None and session.ends_at > now and _own(self.session_id, to) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        booking = _own(self.session_id, to)
        assert booking is not None, "an e-mail that is no longer wanted is not rendered"
        waits = booking.state is BookingState.WAITING
        return {**_words(db.session.get_one(LiveSession, self.session_id)), "waits": waits}


def _own(session_id: int, person_id: int) -> LiveBooking | None:
    rows = db.session.query(LiveBooking).filter_by(session_id=session_id, person_id=person_id, ended_at=None)
    found: LiveBooking | None = rows.one_or_none()
    return found


@dataclass(frozen=True)
class SessionCancelled(Notice):
    """A session does not take place."""

    kind: ClassVar[str] = "session-cancelled"
    session_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        session = db.session.get_one(LiveSession, self.session_id)
        return {**_words(session), "by": db.session.get_one(Person, session.cancelled_by_id).display_name}


@dataclass(frozen=True)
class SessionToLead(Notice):
    """Somebody else put a person down to lead a session."""

    kind: ClassVar[str] = "session-to-lead"
    session_id: int
    revision: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        session = db.session.get_one(LiveSession, self.session_id)
        leads = db.session.get(LiveSessionTrainer, (self.session_id, to)) is not None
        return leads and _is_ahead(session, now)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return _words(db.session.get_one(LiveSession, self.session_id))


@dataclass(frozen=True)
class SessionsWithoutLeader(Notice):
    """To people who make sessions: nobody is left to lead these, because an account was closed."""

    kind: ClassVar[str] = "sessions-without-leader"
    session_ids: Sequence[int]

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once others lead them, they are cancelled or they have begun."""
        return bool(self._left(now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"sessions": self._left(now), "home": settings.current().zone}

    def _left(self, now: datetime) -> list[LiveSession]:
        leads = (
            exists()
            .where(LiveSessionTrainer.session_id == LiveSession.id, Person.id == LiveSessionTrainer.person_id)
            .where(Person.state.not_in(CLOSED))
        )
        of_these = (LiveSession.id.in_(self.session_ids), LiveSession.starts_at > now)
        query = select(LiveSession).where(*of_these, LiveSession.cancelled_at.is_(None), ~leads)
        return list(db.session.scalars(query.order_by(LiveSession.starts_at)))


@dataclass(frozen=True)
class SessionReminder(Notice):
    """A session begins in a day, or in an hour. `starts` is the time it was queued for."""

    kind: ClassVar[str] = "session-reminder"
    session_id: int
    starts: str
    hours_before: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        session = db.session.get_one(LiveSession, self.session_id)
        own = _own(self.session_id, to)
        has_part = (own is not None and own.state is BookingState.BOOKED) or self._leads(to)
        return has_part and _is_ahead(session, now) and session.starts_at.isoformat() == self.starts

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        session = db.session.get_one(LiveSession, self.session_id)
        return {**_words(session), "is_soon": self.hours_before == 1, "leads": self._leads(to)}

    def _leads(self, to: int) -> bool:
        return db.session.get(LiveSessionTrainer, (self.session_id, to)) is not None
