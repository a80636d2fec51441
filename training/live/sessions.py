"""Making live sessions, changing and cancelling them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from app import audit, clock, db, settings
from app.outbox import queue
from app.outbox.notice import Notice
from app.people.models import Person, PersonState
from app.people.rights import people_who_may
from app.refusals import Conflict, Invalid
from app.wording import listed
from progression.ledger import facts_of_people
from progression.stages import Stage
from progression.standing import stages_of
from training import catalogue
from training.live import booking, listing, rules
from training.live.models import BookingState, LiveSession, LiveSessionStage, LiveSessionTrainer
from training.live.notices import SessionCancelled, SessionChanged, SessionToLead
from training.pack_live import Workshop
from training.permissions import TrainingPermission
from training.programme.assigned import MATTERING, holds

LONGEST_REASON = 500
CHANGED_MEANWHILE = (
    "Somebody changed this session since the page was opened. Look at it again in another tab; all you typed is still "
    "here. If you save now, this replaces it."
)

WHO_MAY_LEAD = (
    "Choose a trainer, or a volunteer; for a step of a course, one who holds that course's training on that day."
)


@dataclass(frozen=True, slots=True)
class Details:
    """What a trainer says of a session."""

    title: str
    about: str
    starts_at: datetime
    ends_at: datetime
    book_until: datetime
    link: str | None
    place: str | None
    places: int
    trainers: frozenset[int]
    stages: frozenset[Stage] = frozenset()  # empty: everybody
    course: str = ""  # code of the course whose unit it stands for
    unit: str = ""


def make(details: Details, *, by: Person, now: datetime) -> LiveSession:
    """Make a session and tell those who lead it.

    Refuses times that have begun or are out of bounds, an unknown unit, and trainers who may not lead it or have
    something else at that time.
    """
    rules.check_times(details.starts_at, details.ends_at, now=now)
    db.lock_people(details.trainers)
    _check_trainers(details, None, now=now)
    session = LiveSession(made_by_id=by.id, made_at=now, revision=1, changed_at=now)
    _write(session, details)
    db.session.add(session)
    db.session.flush()
    _write_lists(session, details)
    _tell_trainers(session, details.trainers - {by.id}, now=now)
    _record("made", session, by, now)
    return session


def change(session_id: int, details: Details, *, seen: int, by: Person, now: datetime) -> LiveSession:
    """Change a session, tell everybody who is affected, and give places that were added to those who wait.

    `seen` is the revision that the page showed. Refuses a session that is cancelled or over, another time once it has
    begun, fewer places than are taken, and whatever `make` refuses.
    """
    waiting = booking.waiting_in(session_id)
    db.lock_people({*waiting, *details.trainers})
    session = booking.lock_session(session_id)
    _check_may_change(session, now=now)
    if session.revision != seen:
        raise Conflict(CHANGED_MEANWHILE)
    moved = (session.starts_at, session.ends_at) != (details.starts_at, details.ends_at)
    if moved:
        if session.starts_at <= now:
            raise Conflict("The session has begun, so its time stays as it is.", field="starts")
        rules.check_times(details.starts_at, details.ends_at, now=now)
    before = listing.trainers_of([session_id])[session_id]
    if moved or set(before) != details.trainers:
        _check_trainers(details, session, now=now)
    taken = booking.how_many(session_id, BookingState.BOOKED)
    if details.places < taken:
        raise Invalid(f"{taken} people have a place already, so there cannot be fewer places.", field="places")
    where = (session.link, session.place) != (details.link, details.place)
    _write(session, details)
    session.revision, session.changed_at = session.revision + 1, now
    _write_lists(session, details)
    if moved or where:
        concerned = {BookingState.BOOKED, BookingState.WAITING} if moved else {BookingState.BOOKED}
        for each in booking.bookings_of(session_id, concerned):
            _queue(SessionChanged(session.id, session.revision), session, to=each.person_id, now=now)
    _tell_trainers(session, details.trainers - set(before) - {by.id}, now=now)
    booking.move_up(session, among=waiting, now=now)
    _record("changed", session, by, now)
    return session


def cancel(session_id: int, reason: str, *, by: Person, now: datetime) -> None:
    """Cancel a session and tell everybody who has a place, waits for one or leads it. Refuses one that has begun."""
    session = booking.lock_session(session_id)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid("Say why, in at most 500 characters: everybody who booked reads it.", field="reason")
    _check_may_change(session, now=now)
    if session.starts_at <= now:
        raise Conflict("The session has begun, so it cannot be cancelled any more.")
    session.cancelled_at, session.cancelled_by_id, session.cancel_reason = now, by.id, reason
    session.revision, session.changed_at = session.revision + 1, now
    told = {each.person_id for each in booking.bookings_of(session_id, {BookingState.BOOKED, BookingState.WAITING})}
    told |= set(listing.trainers_of([session_id])[session_id])
    for person_id in sorted(told - {by.id}):
        _queue(SessionCancelled(session.id), session, to=person_id, now=now)
    _record("cancelled", session, by, now)


def _check_may_change(session: LiveSession, *, now: datetime) -> None:
    if session.cancelled_at is not None:
        raise Conflict("This session is cancelled. You can copy it to another day.")
    if session.ends_at <= now:
        raise Conflict("This session is over. You can mark who came, or copy it to another day.")


def _write(session: LiveSession, details: Details) -> None:
    session.title, session.about = details.title, details.about
    session.course_id, session.unit = _unit_of(details)
    session.starts_at, session.ends_at = details.starts_at, details.ends_at
    session.book_until = min(details.book_until, details.starts_at)
    session.link, session.place, session.places = details.link, details.place, details.places


def _unit_of(details: Details) -> tuple[int | None, str | None]:
    if not details.course:
        return None, None
    course, version = catalogue.course_called(details.course)
    if not isinstance(catalogue.pack_of(version).unit(details.unit), Workshop):
        raise Invalid("That step of the course is no live session.", field="stands_for")
    return course.id, details.unit


def _write_lists(session: LiveSession, details: Details) -> None:
    for table in (LiveSessionTrainer, LiveSessionStage):
        db.session.execute(delete(table).where(table.session_id == session.id))
    db.session.add_all(LiveSessionTrainer(session_id=session.id, person_id=each) for each in sorted(details.trainers))
    db.session.add_all(LiveSessionStage(session_id=session.id, stage=each) for each in sorted(details.stages))
    db.session.flush()


def _check_trainers(details: Details, session: LiveSession | None, *, now: datetime) -> None:
    if not details.trainers:
        raise Invalid("Choose somebody who leads it.", field="trainers")
    allowed = _who_may_lead(details, now=now)
    names = {each.id: each.display_name for each in _people(details.trainers)}
    if stranger := next((each for each in sorted(details.trainers) if each not in allowed), None):
        who = names.get(stranger, "Somebody")
        raise Invalid(f"{who} may not lead this session. {WHO_MAY_LEAD}", field="trainers")
    at_that_time = booking.commitments(details.trainers, details.starts_at, details.ends_at, session)
    busy = {each.person_id for each in at_that_time}
    if busy:
        said, verb = listed(names[each] for each in sorted(busy)), "is" if len(busy) == 1 else "are"
        raise Invalid(
            f"{said} {verb} not free for the whole of this time. Choose another time, or somebody else who leads it.",
            field="trainers",
        )


def _who_may_lead(details: Details, *, now: datetime) -> set[int]:
    """Of those named, the people who make sessions, and the peers whom the pathway lets lead this one.

    A peer was signed off as a volunteer, and holds the training of the course that the session stands for on its day.
    """
    zone = settings.current().zone
    allowed = set(people_who_may(TrainingPermission.HOLD_SESSIONS, on=clock.on(now, zone)))
    volunteers = details.trainers & volunteers_by_id(now=now).keys()
    if details.course:
        facts, on = facts_of_people(volunteers, kinds=MATTERING), clock.on(details.starts_at, zone)
        volunteers = frozenset(each for each in volunteers if holds(facts[each], details.course, on=on))
    return allowed | volunteers


def _people(ids: Collection[int]) -> Sequence[Person]:
    return db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.name_key)).all()


def _tell_trainers(session: LiveSession, ids: Collection[int], *, now: datetime) -> None:
    for person_id in sorted(ids):
        _queue(SessionToLead(session.id, session.revision), session, to=person_id, now=now)


def _queue(notice: Notice, session: LiveSession, *, to: int, now: datetime) -> None:
    once = f"{notice.kind}:{session.id}:{session.revision}:{to}"
    queue.enqueue(notice, to=to, once=once, now=now, deadline=session.ends_at)


def _record(what: str, session: LiveSession, by: Person, now: datetime) -> None:
    audit.record(f"training.session-{what}", by=by.id, subject=f"live_session:{session.id}", now=now)


def people_who_may_lead(*, now: datetime) -> dict[int, str]:
    """Everybody who may lead a session, by id."""
    today = clock.on(now, settings.current().zone)
    return {each.id: each.display_name for each in _people(people_who_may(TrainingPermission.HOLD_SESSIONS, on=today))}


def volunteers_by_id(*, now: datetime) -> dict[int, str]:
    """The active people who were signed off as volunteers, by id: who may lead a session as a peer."""
    active = db.session.scalars(select(Person.id).where(Person.state == PersonState.ACTIVE)).all()
    signed_off = [each for each, stage in stages_of(active, now).items() if stage is Stage.VOLUNTEER]
    return {each.id: each.display_name for each in _people(signed_off)}


def units_to_stand_for() -> dict[tuple[str, str], str]:
    """Every unit of an installed course that a session can stand for: course and unit, and its name."""
    return {
        (course.code, unit.slug): f"{version.title}: {unit.title}"
        for course, version in catalogue.all_courses()
        for unit in catalogue.pack_of(version).units
        if isinstance(unit, Workshop)
    }
