"""Booking a place in a live session, giving it up, and the waiting list, which moves up by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, func, literal, select, union_all

from app import audit, db
from app.domain import TakenTime, taken_elsewhere
from app.many_ids import among
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, NotAllowed, NotFound
from training.live import listing, rules
from training.live.models import BookingState, LiveBooking, LiveSession, LiveSessionTrainer, WhyEnded
from training.live.notices import PlaceIsFree

IS_FULL = 200  # people who wait for one session; more would wait in vain


def lock_session(session_id: int) -> LiveSession:
    """Lock a session until the transaction ends, and reread it. Lock people first."""
    session = db.session.scalars(
        select(LiveSession)
        .where(LiveSession.id == session_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if session is None:
        raise NotFound("There is no such session.")
    return session


def bookings_of(session_id: int, states: Collection[BookingState]) -> Sequence[LiveBooking]:
    """The bookings of a session in these states, in the order in which people asked."""
    return db.session.scalars(
        select(LiveBooking)
        .where(LiveBooking.session_id == session_id, LiveBooking.state.in_(states))
        .order_by(LiveBooking.id)
        .execution_options(populate_existing=True)
    ).all()


def how_many(session_id: int, state: BookingState) -> int:
    """How many bookings of a session are in this state."""
    where = (LiveBooking.session_id == session_id, LiveBooking.state == state)
    return db.session.scalar(select(func.count()).select_from(LiveBooking).where(*where)) or 0


def waiting_in(session_id: int) -> frozenset[int]:
    """The people who wait for a place in a session."""
    where = (LiveBooking.session_id == session_id, LiveBooking.state == BookingState.WAITING)
    return frozenset(db.session.scalars(select(LiveBooking.person_id).where(*where)))


def booking_of(session_id: int, person_id: int) -> LiveBooking | None:
    """Somebody's place in a session, or their place on its list; None where they have neither."""
    where = (LiveBooking.session_id == session_id, LiveBooking.person_id == person_id, LiveBooking.ended_at.is_(None))
    return db.session.scalars(select(LiveBooking).where(*where)).one_or_none()


def place_on_list(booking: LiveBooking) -> int:
    """The place of somebody who waits, from 1."""
    where = (
        LiveBooking.session_id == booking.session_id,
        LiveBooking.state == BookingState.WAITING,
        LiveBooking.id <= booking.id,
    )
    return db.session.scalar(select(func.count()).select_from(LiveBooking).where(*where)) or 0


def book(session_id: int, person: Person, *, at_short_notice: bool = False, now: datetime) -> LiveBooking:
    """Take a place in a session or, where all are taken, the next place on its waiting list.

    Asking twice changes nothing. Refuses a session that is not open to them, is cancelled, can no longer be booked or
    is led by them, and one at a time at which they have something else.
    """
    waiting = waiting_in(session_id)
    db.lock_people({*waiting, person.id})
    session = lock_session(session_id)
    booked = booking_of(session_id, person.id)
    if booked is not None:
        return booked
    _check_may_book(session, person, now=now)
    if how_many(session_id, BookingState.WAITING) >= IS_FULL:
        raise Conflict("The waiting list is full. Ask a trainer for another date.")
    booking = LiveBooking(
        session_id=session_id,
        person_id=person.id,
        asked_at=now,
        # Somebody who asks in the last hour is there to read that they have a place.
        at_short_notice=at_short_notice or now >= session.starts_at - rules.SHORT_NOTICE,
        state=BookingState.WAITING,
    )
    db.session.add(booking)
    db.session.flush()
    move_up(session, among={*waiting, person.id}, now=now, looks_on=person.id)
    what = "booked" if booking.state is BookingState.BOOKED else "waits"
    _record(what, booking, by=person.id, now=now)
    return booking


def _check_may_book(session: LiveSession, person: Person, *, now: datetime) -> None:
    if not listing.is_open_to(session.id, person.id, now=now):
        raise NotAllowed("This session is for people at another stage. Ask its trainer if you would like to come.")
    if session.cancelled_at is not None:
        raise Conflict("This session is cancelled.")
    if session.book_until <= now:
        raise Conflict("This session can no longer be booked. Ask its trainer if there is another date.")
    if person.id in listing.trainers_of([session.id])[session.id]:
        raise Conflict("You lead this session, so you need no place in it.")
    clashes = commitments([person.id], session.starts_at, session.ends_at, session)
    if clashes:
        said = ", and ".join(sorted({each.what for each in clashes}))
        raise Conflict(
            f"You have something else at that time: {said}.",
            "Give that up first if you would rather come here, or choose another date.",
        )


def commitments(
    ids: Collection[int], starts_at: datetime, ends_at: datetime, beside: LiveSession | None
) -> list[TakenTime]:
    """What these people have at a time beside one session: shifts, sessions they lead, places in other sessions."""
    if not ids:
        return []
    own = sessions_taken(ids, starts_at, ends_at, but_not=None if beside is None else beside.id)
    queries = [own, *taken_elsewhere(ids, starts_at, ends_at, asks="training")]
    return [TakenTime(*row) for row in db.session.execute(union_all(*queries))]


def sessions_taken(
    ids: Collection[int] | BindParameter[Any], start: datetime, end: datetime, *, but_not: int | None = None
) -> Select[int, datetime, datetime, str]:
    """The query for the sessions at least partly between two instants that these people lead or have a place in."""
    of_time = (LiveSession.starts_at < end, LiveSession.starts_at > start - rules.LONGEST, LiveSession.ends_at > start)
    counted = [*of_time, LiveSession.cancelled_at.is_(None)]
    if but_not is not None:
        counted.append(LiveSession.id != but_not)
    booked = select(LiveBooking.person_id, LiveBooking.session_id).where(
        among(LiveBooking.person_id, ids), LiveBooking.state == BookingState.BOOKED
    )
    led = select(LiveSessionTrainer.person_id, LiveSessionTrainer.session_id).where(
        among(LiveSessionTrainer.person_id, ids)
    )
    theirs = booked.union_all(led).subquery("theirs")
    what = (literal("the live session “") + LiveSession.title + "”").label("what")
    return (
        select(theirs.c.person_id, LiveSession.starts_at, LiveSession.ends_at, what)
        .join(LiveSession, LiveSession.id == theirs.c.session_id)
        .where(*counted)
    )


def give_up(session_id: int, person: Person, *, now: datetime) -> None:
    """Give up a place, or one on the waiting list; the next on the list gets it. Doing it twice changes nothing.

    Refuses once the session has begun.
    """
    waiting = waiting_in(session_id)
    db.lock_people({*waiting, person.id})
    session = lock_session(session_id)
    booking = booking_of(session_id, person.id)
    if booking is None:
        return
    if session.starts_at <= now:
        raise Conflict("The session has begun, so your place stays as it is. Its trainer marks who came.")
    end(booking, WhyEnded.GIVEN_UP, by=person.id, now=now)
    move_up(session, among=waiting - {person.id}, now=now)


def end(booking: LiveBooking, why: WhyEnded, *, by: int | None, now: datetime) -> None:
    """End a booking, which frees its place."""
    booking.state, booking.place = BookingState.ENDED, None
    booking.ended_at, booking.why_ended = now, why
    db.session.flush()
    _record("given-up" if why is WhyEnded.GIVEN_UP else "released", booking, by=by, now=now)


def move_up(session: LiveSession, *, among: Collection[int], now: datetime, looks_on: int | None = None) -> None:
    """Give free places of a locked session to those who wait, in the order in which they asked, and tell them.

    `among` are the people whom the caller has locked: the list moves no further than the first of the others, and
    `fill_places` goes on from there. Left out, and kept on the list, are those for whom it is too late and those who
    have something else at that time. `looks_on` needs no e-mail: they see it on the page.
    """
    if session.cancelled_at is not None or session.starts_at <= now:
        return
    used = {each.place for each in bookings_of(session.id, {BookingState.BOOKED})}
    free = [number for number in range(1, session.places + 1) if number not in used][: session.places - len(used)]
    waiting = bookings_of(session.id, {BookingState.WAITING}) if free else []
    busy = {
        each.person_id
        for each in commitments([one.person_id for one in waiting], session.starts_at, session.ends_at, session)
    }
    for booking in waiting:
        if not free or booking.person_id not in among:
            return
        in_time = rules.may_move_up(starts_at=session.starts_at, at_short_notice=booking.at_short_notice, now=now)
        if not in_time or booking.person_id in busy:
            continue
        booking.state, booking.place, booking.booked_at = BookingState.BOOKED, free.pop(0), now
        db.session.flush()
        if booking.person_id != looks_on:
            _record("moved-up", booking, by=None, now=now)
            queue.enqueue(
                PlaceIsFree(booking.id),
                to=booking.person_id,
                once=f"{PlaceIsFree.kind}:{booking.id}",
                now=now,
                deadline=session.starts_at,
            )


def fill_places(now: datetime) -> None:
    """The job that gives places that became free otherwise, such as by a closed account, to those who wait."""
    waiting = select(LiveBooking.session_id).where(LiveBooking.state == BookingState.WAITING)
    taken = (
        select(func.count())
        .select_from(LiveBooking)
        .where(LiveBooking.session_id == LiveSession.id, LiveBooking.state == BookingState.BOOKED)
        .scalar_subquery()
    )
    with_places = select(LiveSession.id).where(
        LiveSession.id.in_(waiting),
        LiveSession.starts_at > now,
        LiveSession.cancelled_at.is_(None),
        taken < LiveSession.places,
    )
    ids = db.session.scalars(with_places.order_by(LiveSession.id)).all()
    db.session.rollback()
    for session_id in ids:
        with db.writing():
            people = waiting_in(session_id)
            db.lock_people(people)
            move_up(lock_session(session_id), among=people, now=now)


def _record(what: str, booking: LiveBooking, *, by: int | None, now: datetime) -> None:
    audit.record(f"training.session-{what}", by=by, subject=f"live_booking:{booking.id}", now=now)
