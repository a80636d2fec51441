"""The pace of one person in their courses, as pages, e-mails and the check of units read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import aliased

from app import clock, db, settings
from app.people.models import Person
from training.guided.models import GuidedGroup, GuidedPace
from training.guided.pace import DAYS_BETWEEN, Pace, Part, Pause, parts_of
from training.models import Course, Enrolment
from training.pack import Pack


@dataclass(frozen=True)
class OwnPace:
    """One person's pace in one course, alone or with a group."""

    id: int
    person_id: int
    code: str
    pace: Pace
    group_id: int | None
    leader: str | None
    begun_at: datetime

    def on_course(self, pack: Pack, done: Iterable[str], today: date) -> PacedCourse:
        """The same, with the parts of a version and what is done of them."""
        return PacedCourse(self, parts_of(pack.units), frozenset(done), today)


@dataclass(frozen=True)
class PacedCourse:
    """The parts of a course, and which of them are open to one person on one day."""

    own: OwnPace
    parts: tuple[Part, ...]
    done: frozenset[str]
    today: date

    def is_open(self, part: Part) -> bool:
        """Whether a part is open."""
        return self.own.pace.is_open(part.number, self.today)

    def opens_on(self, part: Part) -> date | None:
        """The day on which a part opens; None while nobody can say."""
        return self.own.pace.opens_on(part.number)

    @property
    def is_paused(self) -> bool:
        """Whether the person pauses."""
        return self.own.pace.is_paused(self.today)

    @property
    def open_parts(self) -> tuple[Part, ...]:
        """The parts that are open."""
        return tuple(part for part in self.parts if self.is_open(part))

    @property
    def next_part(self) -> Part | None:
        """The first part that is not open yet."""
        return next((part for part in self.parts if not self.is_open(part)), None)

    @property
    def next_opens_on(self) -> date | None:
        """The day on which the next part opens; None without one, and while nobody can say."""
        return None if self.next_part is None else self.opens_on(self.next_part)

    @property
    def last_opens_on(self) -> date | None:
        """The day on which the last part opens; None while nobody can say."""
        return self.opens_on(self.parts[-1])

    @property
    def closed(self) -> Mapping[str, date | None]:
        """The units that are not open yet, each with its day. What is done stays open."""
        return {
            unit.slug: self.opens_on(part)
            for part in self.parts
            if not self.is_open(part)
            for unit in part.units
            if unit.slug not in self.done
        }

    def ends_after(self, due_on: date | None) -> bool:
        """Whether the last part opens after the day by which the course has to be done."""
        return due_on is not None and self.last_opens_on is not None and self.last_opens_on > due_on


_leader = aliased(Person)
PACES: Select[GuidedPace, str, GuidedGroup, str] = (
    select(GuidedPace, Course.code, GuidedGroup, _leader.display_name.label("leader"))
    .join(Course, Course.id == GuidedPace.course_id)
    .outerjoin(GuidedGroup, GuidedGroup.id == GuidedPace.group_id)
    .outerjoin(_leader, _leader.id == GuidedGroup.leader_id)
    .where(GuidedPace.ended_at.is_(None), GuidedGroup.ended_at.is_(None))
    .order_by(GuidedPace.id)
)
"""Every pace that goes on."""


def own_pace(row: Any) -> OwnPace:
    """The pace of one row of `PACES`."""
    kept: GuidedPace = row.GuidedPace
    return OwnPace(
        id=kept.id,
        person_id=kept.person_id,
        code=row.code,
        pace=pace_of(kept, row.GuidedGroup),
        group_id=kept.group_id,
        leader=row.leader,
        begun_at=kept.begun_at,
    )


def pace_of(own: GuidedPace, group: GuidedGroup | None) -> Pace:
    """The days of one person: those of their group, moved by their own pauses."""
    pause = Pause(own.paused_on, own.paused_until) if own.paused_on is not None else None
    if group is None:
        assert own.first_day is not None, "the database holds that a pace without a group has a first day"
        return Pace(own.first_day, DAYS_BETWEEN, own.days_later, pause)
    return Pace(
        group.first_day,
        group.days_between,
        group.days_later + own.days_later,
        pause,
        opened_through=group.opened_through,
        held_from=group.held_from,
    )


def group_pace(group: GuidedGroup) -> Pace:
    """The days of a group, without anybody's pauses."""
    return Pace(
        group.first_day,
        group.days_between,
        group.days_later,
        opened_through=group.opened_through,
        held_from=group.held_from,
    )


HAS_A_PACE = exists().where(GuidedPace.person_id == bindparam("person_id"), GuidedPace.ended_at.is_(None))
"""Whether a person has a pace, for queries that read something else of them: most have none, and need no other."""


@db.cached_per_request
def paces_of(person_id: int) -> Mapping[str, OwnPace]:
    """The paces of a person that go on, by course; one query."""
    rows = db.session.execute(PACES.where(GuidedPace.person_id == person_id))
    return {row.code: own_pace(row) for row in rows}


def pace_in(person_id: int, pack: Pack, done: Iterable[str], *, now: datetime) -> PacedCourse | None:
    """A person's pace in a course; None where they take it as they like."""
    own = paces_of(person_id).get(pack.code)
    return None if own is None else own.on_course(pack, done, clock.on(now, settings.current().zone))


def takes_parts(enrolment: Enrolment) -> bool:
    """Whether an enrolment can be taken a part at a time: one of the whole course that is not finished."""
    return enrolment.finished_at is None and not enrolment.is_refresher and enrolment.asked is None


def closed_units(enrolment: Enrolment, pack: Pack, done: Iterable[str], *, now: datetime) -> Mapping[str, date | None]:
    """The units of an enrolment that are not open to its person yet, each with the day on which it opens, if any.

    This is the one place that decides it, for pages and for forms alike.
    """
    if not takes_parts(enrolment):
        return {}
    paced = pace_in(enrolment.person_id, pack, done, now=now)
    return {} if paced is None else paced.closed
