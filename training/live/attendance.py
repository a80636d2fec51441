"""Who came to a live session, as its trainer marks it, and what that completes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict, NotFound
from training import learning
from training.learning import CourseProgress
from training.live import booking, rules
from training.live.models import BookingState, LiveAttendance, LiveBooking, LiveSession, Outcome
from training.models import Course, Enrolment, UnitDone
from training.pack_live import Workshop

LONGEST_REASON = 500
MARKED_MEANWHILE = "Somebody else marked some of these people since the page was opened. Here is what holds now."


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody with a place, and the latest mark about them."""

    booking_id: int
    person_id: int
    name: str
    mark: LiveAttendance | None
    is_walk_in: bool
    """Whether they came without a place and were added."""


@dataclass(frozen=True, slots=True)
class SentMark:
    """What a form says about one person: the outcome, and the id of the mark that its page showed, 0 for none."""

    outcome: Outcome
    seen: int


def attendees(session_id: int) -> list[Attendee]:
    """Everybody who has a place in a session, by name, with the latest mark about each."""
    rows = db.session.execute(
        select(
            LiveBooking.id,
            Person.id.label("person_id"),
            Person.display_name,
            (LiveBooking.booked_at >= LiveSession.starts_at).label("is_walk_in"),
        )
        .join(Person, Person.id == LiveBooking.person_id)
        .join(LiveSession, LiveSession.id == LiveBooking.session_id)
        .where(LiveBooking.session_id == session_id, LiveBooking.state == BookingState.BOOKED)
        .order_by(Person.name_key)
    ).all()
    marks = latest_marks([row.id for row in rows])
    return [Attendee(row.id, row.person_id, row.display_name, marks.get(row.id), bool(row.is_walk_in)) for row in rows]


def latest_marks(booking_ids: Collection[int]) -> dict[int, LiveAttendance]:
    """The latest mark of each of these bookings that has one."""
    latest = (
        select(func.max(LiveAttendance.id))
        .where(LiveAttendance.booking_id.in_(booking_ids))
        .group_by(LiveAttendance.booking_id)
    )
    rows = db.session.scalars(select(LiveAttendance).where(LiveAttendance.id.in_(latest)))
    return {each.booking_id: each for each in rows}


def mark(
    session_id: int, sent: Mapping[int, SentMark], *, reason: str = "", by: Person, now: datetime
) -> list[Attendee]:
    """Mark, by id of their booking, who came; return the people whose pass a correction did not take back.

    A mark that changes nothing adds nothing. Having come completes the unit that the session stands for, for people
    who are in its course; a correction opens it again, unless the course is passed already. Refuses before the start,
    late without a reason, and where somebody else marked in the meantime.
    """
    reason = reason.strip()[:LONGEST_REASON]
    people = {each.person_id for each in attendees(session_id)}
    db.lock_people(people)
    session = booking.lock_session(session_id)
    if session.cancelled_at is not None:
        raise Conflict("This session was cancelled, so there is nobody to mark.")
    rules.check_may_mark(starts_at=session.starts_at, ends_at=session.ends_at, reason=reason, now=now)
    of_session = {each.booking_id: each for each in attendees(session_id)}
    if unknown := sent.keys() - of_session.keys():
        raise NotFound(f"{len(unknown)} of these people have no place in this session.")
    passed = []
    for booking_id, one in sorted(sent.items()):
        attendee = of_session[booking_id]
        before = attendee.mark
        if before is not None and before.outcome is one.outcome:
            continue
        if (before.id if before else 0) != one.seen:
            raise Conflict(MARKED_MEANWHILE)
        row = LiveAttendance(
            booking_id=booking_id, outcome=one.outcome, marked_by_id=by.id, marked_at=now, reason=reason or None
        )
        db.session.add(row)
        db.session.flush()
        audit.record(
            "training.attendance-marked" if before is None else "training.attendance-corrected",
            by=by.id,
            subject=f"live_booking:{booking_id}",
            now=now,
            details={"outcome": one.outcome.value, "mark": row.id},
        )
        if not _follow(session, attendee, came=one.outcome is Outcome.CAME, before=before, now=now):
            passed.append(attendee)
    return passed


def _follow(
    session: LiveSession, attendee: Attendee, *, came: bool, before: LiveAttendance | None, now: datetime
) -> bool:
    """Complete the unit of somebody who came, or open it again; False where a pass that rests on it stays."""
    if session.course_id is None or session.unit is None:
        return True
    course = db.session.get_one(Course, session.course_id)
    person = db.session.get_one(Person, attendee.person_id)
    enrolment = learning.latest_enrolment(person.id, course.id)
    if enrolment is None:
        return True
    progress = learning.progress_in(person, course.code, now=now)
    if came:
        if _counts_for(progress, session) and isinstance(progress.pack.unit(session.unit), Workshop):
            learning.complete_unit(progress, session.unit, by=person, now=now)
        return True
    if before is None or before.outcome is not Outcome.CAME or _came_otherwise(progress, session.unit):
        return True
    if not progress.is_open:
        return session.unit not in progress.done
    here = (UnitDone.enrolment_id == progress.enrolment.id, UnitDone.unit == session.unit)
    db.session.execute(delete(UnitDone).where(*here))
    return True


def _counts_for(progress: CourseProgress, session: LiveSession) -> bool:
    """Whether a session counts for an enrolment: not where it was before the course was passed the last time."""
    since = _passed_before(progress.enrolment)
    return since is None or session.ends_at > since


def _passed_before(enrolment: Enrolment) -> datetime | None:
    """When the person passed the course before this enrolment, if they did."""
    earlier = (
        Enrolment.person_id == enrolment.person_id,
        Enrolment.course_id == enrolment.course_id,
        Enrolment.id < enrolment.id,
    )
    return db.session.scalar(select(func.max(Enrolment.finished_at)).where(*earlier))


def sessions_attended(progress: CourseProgress, unit: str) -> Sequence[LiveSession]:
    """The sessions for a unit to which the person came and that count for this enrolment, the latest first."""
    of_booking = LiveAttendance.booking_id == LiveBooking.id
    latest = select(func.max(LiveAttendance.id)).where(of_booking).correlate(LiveBooking).scalar_subquery()
    query = (
        select(LiveSession)
        .join(LiveBooking, LiveBooking.session_id == LiveSession.id)
        .join(LiveAttendance, LiveAttendance.id == latest)
        .where(
            LiveBooking.person_id == progress.enrolment.person_id,
            LiveSession.course_id == progress.course.id,
            LiveSession.unit == unit,
            LiveAttendance.outcome == Outcome.CAME,
        )
        .order_by(LiveSession.starts_at.desc())
    )
    since = _passed_before(progress.enrolment)
    if since is not None:
        query = query.where(LiveSession.ends_at > since)
    return db.session.scalars(query).all()


def _came_otherwise(progress: CourseProgress, unit: str) -> bool:
    return bool(sessions_attended(progress, unit))


def count(code: str, slug: str, *, enrolment_id: int, by: Person, now: datetime) -> None:
    """Complete a unit for somebody who came to a session for it before they began the course."""
    progress = learning.open_progress_shown(by, code, enrolment_id, now=now)
    if not isinstance(progress.unit(slug), Workshop):
        raise Conflict("This step is no live session.")
    if not sessions_attended(progress, slug):
        raise Conflict("No session counts for this step yet. Once its trainer has marked that you came, it does.")
    learning.complete_unit(progress, slug, by=by, now=now)
