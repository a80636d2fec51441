"""What waits for a mark, as each marker may see it: never their own, nor of somebody they are close to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, exists, func, or_, select

from app import clock, db, settings
from app.people.models import Person, PersonState
from app.people.rights import permissions_of
from app.refusals import NotFound
from training import catalogue
from training.models import Course, CourseVersion, Enrolment
from training.pack_practical import Practical
from training.permissions import TrainingPermission
from training.practicals.models import PracticalMark, PracticalTry, StoodAside, TryState

SHOWN = 100  # in one list
Reader: TypeAlias = int | ColumnElement[int]


@dataclass(frozen=True)
class Work:
    """One try as markers read of it."""

    row: PracticalTry
    learner: str
    course: Course
    version: CourseVersion

    @property
    def unit(self) -> Practical:
        """What was to be done."""
        unit = catalogue.pack_of(self.version).unit(self.row.unit)
        assert isinstance(unit, Practical), "a version never changes, and the try began from it"
        return unit

    def waits(self, now: datetime) -> timedelta:
        """For how long it has waited."""
        assert self.row.handed_in_at is not None
        return now - self.row.handed_in_at


def may_mark(person_id: int, now: datetime) -> bool:
    """Whether this person may mark practicals today."""
    return TrainingPermission.MARK in permissions_of(person_id, on=clock.on(now, settings.current().zone))


def _open_to(reader_id: Reader, now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition that a try waits and this marker may take it, or has taken it."""
    return and_(
        PracticalTry.state == TryState.WAITING,
        or_(
            PracticalTry.taken_by_id.is_(None),
            PracticalTry.taken_by_id == reader_id,
            PracticalTry.taken_until <= now,
        ),
        ~exists().where(
            PracticalMark.try_id == PracticalTry.id,
            PracticalMark.round == PracticalTry.round,
            PracticalMark.marker_id == reader_id,
        ),
        of_others(reader_id),
    )


def of_others(reader_id: Reader) -> ColumnElement[bool]:
    """The condition that a try is somebody else's, about whom the reader did not say “not me”."""
    return and_(
        PracticalTry.person_id != reader_id,
        ~exists().where(StoodAside.marker_id == reader_id, StoodAside.person_id == PracticalTry.person_id),
    )


def waiting_for(reader_id: int, now: datetime) -> list[Work]:
    """What this marker may mark, the longest wait first."""
    return works(_open_to(reader_id, now), in_order=(PracticalTry.handed_in_at.asc(), PracticalTry.id.asc()))


def open_to(try_id: int, reader_id: int, now: datetime) -> Work:
    """One that this marker may take, or has taken; refuses all others as not found."""
    found = works(PracticalTry.id == try_id, _open_to(reader_id, now))
    if not found:
        raise NotFound("It no longer waits for you: it was taken back, or another marker has it.")
    return found[0]


def how_many(reader_id: Reader, now: datetime | ColumnElement[datetime]) -> Select[int]:
    """The query for how many this marker may mark now."""
    return (
        select(func.count(PracticalTry.id))
        .join(Person, Person.id == PracticalTry.person_id)
        .where(_open_to(reader_id, now), Person.state == PersonState.ACTIVE)
    )


@db.cached_per_request
def how_many_wait(reader_id: int, now: datetime) -> int:
    """How many this marker may mark now."""
    return db.session.scalar(how_many(reader_id, now)) or 0


def marked_lately(reader_id: int) -> list[Work]:
    """What has its result, the latest first; not the reader's own."""
    return works(
        PracticalTry.state.in_((TryState.PASSED, TryState.AGAIN)),
        of_others(reader_id),
        in_order=(PracticalTry.decided_at.desc(), PracticalTry.id.desc()),
    )


def works(*conditions: ColumnElement[bool], in_order: Sequence[UnaryExpression[Any]] = ()) -> list[Work]:
    """The tries that meet these conditions, of people whose account is active."""
    rows = db.session.execute(
        select(PracticalTry, Person.display_name, Course, CourseVersion)
        .join(Person, Person.id == PracticalTry.person_id)
        .join(Enrolment, Enrolment.id == PracticalTry.enrolment_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(*conditions, Person.state == PersonState.ACTIVE)
        .order_by(*in_order)
        .limit(SHOWN)
    )
    return [Work(*row) for row in rows]


def stood_aside_by(marker_id: int) -> list[tuple[StoodAside, str]]:
    """About whom this marker said “not me”, by name."""
    rows = db.session.execute(
        select(StoodAside, Person.display_name)
        .join(Person, Person.id == StoodAside.person_id)
        .where(StoodAside.marker_id == marker_id)
        .order_by(Person.name_key)
    )
    return [(row.StoodAside, row.display_name) for row in rows]
