"""Live sessions as people may see them: the lists, one session, and who leads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select

from app import clock, db, settings
from app.people.models import CLOSED, Person
from app.people.rights import permissions_of
from app.refusals import NotFound
from progression.stages import Stage
from progression.standing import stages_of
from training.live.models import BookingState, LiveBooking, LiveSession, LiveSessionStage, LiveSessionTrainer
from training.models import Course
from training.permissions import TrainingPermission

NO_SUCH_SESSION = "There is no such session, or it is not open to you. Those that are open to you are listed here."
MOST_LISTED = 100


def trainers_of(session_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """Who leads each of these sessions, closed accounts left out: display names by id."""
    found: dict[int, dict[int, str]] = {each: {} for each in session_ids}
    rows = db.session.execute(
        select(LiveSessionTrainer.session_id, Person.id, Person.display_name)
        .join(Person, Person.id == LiveSessionTrainer.person_id)
        .where(LiveSessionTrainer.session_id.in_(session_ids), Person.state.not_in(CLOSED))
        .order_by(Person.name_key)
    )
    for session_id, person_id, name in rows:
        found[session_id][person_id] = name
    return found


def stages_who_may_book(session_id: int) -> list[Stage]:
    """The stages whose people may book a session, in the order of the pathway; empty for everybody."""
    stages = db.session.scalars(select(LiveSessionStage.stage).where(LiveSessionStage.session_id == session_id))
    return sorted(stages, key=lambda each: each.place)


def may_lead(session_id: int, person_id: int, *, now: datetime) -> bool:
    """Whether somebody may do what those who lead a session do: as one of them, or as somebody who makes sessions."""
    today = clock.on(now, settings.current().zone)
    if TrainingPermission.HOLD_SESSIONS in permissions_of(person_id, on=today):
        return True
    own = select(LiveSessionTrainer).where(
        LiveSessionTrainer.session_id == session_id, LiveSessionTrainer.person_id == person_id
    )
    return db.session.scalars(own).one_or_none() is not None


def _is_open_to(stage: Stage) -> ColumnElement[bool]:
    any_stage = exists().where(LiveSessionStage.session_id == LiveSession.id)
    own_stage = exists().where(LiveSessionStage.session_id == LiveSession.id, LiveSessionStage.stage == stage)
    return ~any_stage | own_stage


def _concerns(person_id: int) -> ColumnElement[bool]:
    """The condition that somebody leads a session, or asked for a place in it and did not give that up."""
    leads = exists().where(LiveSessionTrainer.session_id == LiveSession.id, LiveSessionTrainer.person_id == person_id)
    asked = exists().where(
        LiveBooking.session_id == LiveSession.id, LiveBooking.person_id == person_id, LiveBooking.ended_at.is_(None)
    )
    return leads | asked


def is_open_to(session_id: int, person_id: int, *, now: datetime) -> bool:
    """Whether somebody is at a stage that may book a session."""
    found = select(LiveSession.id).where(
        LiveSession.id == session_id, _is_open_to(stages_of([person_id], now)[person_id])
    )
    return db.session.scalar(found) is not None


def seen_by(person_id: int, *, now: datetime) -> ColumnElement[bool]:
    """The condition that somebody may see a session: it is open to them, concerns them, or they make sessions."""
    today = clock.on(now, settings.current().zone)
    if TrainingPermission.HOLD_SESSIONS in permissions_of(person_id, on=today):
        return LiveSession.id.is_not(None)
    return _is_open_to(stages_of([person_id], now)[person_id]) | _concerns(person_id)


def session_for(session_id: int, person_id: int, *, now: datetime) -> LiveSession:
    """A session, for somebody who may see it; for others it does not exist."""
    found = db.session.scalars(
        select(LiveSession).where(LiveSession.id == session_id, seen_by(person_id, now=now))
    ).one_or_none()
    if found is None:
        raise NotFound(NO_SUCH_SESSION)
    return found


@dataclass(frozen=True)
class Listed:
    """A session in a list, as one reader sees it."""

    session: LiveSession
    trainers: Sequence[str]
    taken: int
    waiting: int
    own: BookingState | None
    is_led: bool  # by the reader

    @property
    def left(self) -> int:
        """How many places are left."""
        return max(0, self.session.places - self.taken)


def _listed(condition: ColumnElement[bool], person_id: int, *, latest_first: bool = False) -> list[Listed]:
    in_order = (LiveSession.starts_at, LiveSession.id)
    order = [each.desc() for each in in_order] if latest_first else in_order
    found = db.session.scalars(select(LiveSession).where(condition).order_by(*order).limit(MOST_LISTED)).all()
    ids = [each.id for each in found]
    counts: dict[tuple[int, str], int] = {}
    own: dict[int, BookingState] = {}
    rows = db.session.execute(
        select(
            LiveBooking.session_id,
            LiveBooking.state,
            func.count().label("how_many"),
            func.max(LiveBooking.person_id).filter(LiveBooking.person_id == person_id).label("own"),
        )
        .where(LiveBooking.session_id.in_(ids), LiveBooking.ended_at.is_(None))
        .group_by(LiveBooking.session_id, LiveBooking.state)
    )
    for row in rows:
        counts[row.session_id, row.state] = row.how_many
        if row.own is not None:
            own[row.session_id] = row.state
    trainers = trainers_of(ids)
    return [
        Listed(
            session=each,
            trainers=list(trainers[each.id].values()),
            taken=counts.get((each.id, BookingState.BOOKED), 0),
            waiting=counts.get((each.id, BookingState.WAITING), 0),
            own=own.get(each.id),
            is_led=person_id in trainers[each.id],
        )
        for each in found
    ]


def coming(person_id: int, *, now: datetime) -> list[Listed]:
    """The sessions that are not over and that somebody may see, soonest first."""
    return _listed((LiveSession.ends_at > now) & seen_by(person_id, now=now), person_id)


def coming_of_course(code: str, person_id: int, *, now: datetime, unit: str | None = None) -> list[Listed]:
    """The coming sessions that stand for units of a course, or for one of them, and that somebody may see."""
    course_id = select(Course.id).where(Course.code == code).scalar_subquery()
    wanted = (LiveSession.course_id == course_id) & (LiveSession.ends_at > now) & LiveSession.cancelled_at.is_(None)
    if unit is not None:
        wanted &= LiveSession.unit == unit
    return _listed(wanted & seen_by(person_id, now=now), person_id)


def past(person_id: int, *, now: datetime, all_of_them: bool) -> list[Listed]:
    """The latest sessions that are over: all, or those that somebody led or had a place in."""
    condition = LiveSession.ends_at <= now
    if not all_of_them:
        condition &= _concerns(person_id) & LiveSession.cancelled_at.is_(None)
    return _listed(condition, person_id, latest_first=True)
