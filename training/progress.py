"""Where a person stands in every course: what the Learning page, Today and a person's page show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import clock, db, settings
from progression.models import Evidence
from training import catalogue
from training.models import Certificate, Completion, Course, CourseVersion, Enrolment, UnitDone
from training.pack import Pack, Unit

# Long enough before the end to find a quiet evening for a refresher, and short enough to be worth saying.
SOON = timedelta(days=60)


@dataclass(frozen=True)
class Passed:
    """A course that was passed, and its present certificate."""

    completion_id: int
    certificate_id: int
    title: str
    completed_at: datetime
    valid_until: date
    is_withdrawn: bool


@dataclass(frozen=True)
class CourseStanding:
    """One course for one person, on one day."""

    code: str
    pack: Pack
    today: date
    enrolment: Enrolment | None
    done: frozenset[str]
    passed: Passed | None  # the latest time

    @property
    def is_open(self) -> bool:
        """Whether the person is in the middle of it."""
        return self.enrolment is not None and self.enrolment.finished_at is None

    @property
    def next_unit(self) -> Unit | None:
        """Where they go on, or None when they are not in the middle of it."""
        if not self.is_open:
            return None
        return next((unit for unit in self.pack.units if unit.slug not in self.done), None)

    @property
    def minutes_left(self) -> int:
        """About how many minutes of learning are left."""
        return sum(unit.minutes for unit in self.pack.units if unit.slug not in self.done)

    @property
    def holds(self) -> bool:
        """Whether the training counts today."""
        return self.passed is not None and not self.passed.is_withdrawn and self.passed.valid_until >= self.today

    @property
    def lapses_soon(self) -> bool:
        """Whether it counts today and will stop before long."""
        return self.holds and self.passed is not None and self.passed.valid_until - self.today <= SOON

    @property
    def has_lapsed(self) -> bool:
        """Whether it once counted and has run out."""
        passed = self.passed
        return passed is not None and not passed.is_withdrawn and passed.valid_until < self.today


def standings_of(person_id: int, *, now: datetime) -> list[CourseStanding]:
    """Every installed course, by title, as this person stands in it. Two queries, however many courses."""
    today = clock.on(now, settings.current().zone)
    ways = {way.enrolment.course_id: way for way in _ways_of(person_id)}  # the latest of each course
    passed = {way.enrolment.course_id: way.passed for way in _passed_ways_of(person_id)}
    return [
        _standing(course, version, ways.get(course.id), passed.get(course.id), today)
        for course, version in catalogue.all_courses()
    ]


def _standing(
    course: Course,
    newest: CourseVersion,
    way: _Way | None,
    passed: Passed | None,
    today: date,
) -> CourseStanding:
    # Whoever is in the middle sees the version they learn from; all others the newest.
    shown = way.version if way is not None and way.enrolment.finished_at is None else newest
    return CourseStanding(
        code=course.code,
        pack=catalogue.pack_of(shown),
        today=today,
        enrolment=way.enrolment if way else None,
        done=frozenset(way.done) if way else frozenset(),
        passed=passed,
    )


def nearest(standings: list[CourseStanding]) -> CourseStanding | None:
    """The one to do next: what one is in the middle of, else what lapses or has lapsed, else what is new."""
    begun = (one for one in standings if one.is_open)
    lapsing = (one for one in standings if one.lapses_soon or one.has_lapsed)
    fresh = (one for one in standings if one.passed is None or one.passed.is_withdrawn)
    return next(chain(begun, lapsing, fresh), None)


def standing_in(person_id: int, code: str, *, now: datetime) -> CourseStanding:
    """One course as this person stands in it; refuses a course that is not installed."""
    catalogue.course_called(code)
    return next(one for one in standings_of(person_id, now=now) if one.code == code)


def passed_courses(person_id: int) -> list[Passed]:
    """Every time this person passed a course, the latest first."""
    return [way.passed for way in reversed(_passed_ways_of(person_id)) if way.passed is not None]


@dataclass
class _Way:
    """One enrolment with the version it is of, the units done, and the completion with its present certificate."""

    enrolment: Enrolment
    version: CourseVersion
    done: set[str]
    passed: Passed | None


def _passed_ways_of(person_id: int) -> list[_Way]:
    """The ways that were gone to the end, in the order in which they were."""
    passed = [(way.passed.completion_id, way) for way in _ways_of(person_id) if way.passed is not None]
    return [way for _, way in sorted(passed, key=lambda each: each[0])]


@db.cached_per_request
def _ways_of(person_id: int) -> list[_Way]:
    """Every enrolment of a person in the order they were made, with all that came of it, in one query."""
    correction = aliased(Evidence)
    rows = db.session.execute(
        select(
            Enrolment,
            CourseVersion,
            UnitDone.unit,
            Completion.id.label("completion_id"),
            Completion.completed_at,
            Completion.valid_until,
            Certificate.id.label("certificate_id"),
            correction.id.label("withdrawn_by"),
        )
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .outerjoin(UnitDone, UnitDone.enrolment_id == Enrolment.id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .outerjoin(Certificate, (Certificate.completion_id == Completion.id) & Certificate.replaced_at.is_(None))
        .outerjoin(correction, correction.withdraws_id == Completion.evidence_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Enrolment.id)
    )
    ways: dict[int, _Way] = {}
    for row in rows:
        way = ways.setdefault(row.Enrolment.id, _Way(row.Enrolment, row.CourseVersion, set(), None))
        if row.unit is not None:
            way.done.add(row.unit)
        if row.certificate_id is not None:
            way.passed = Passed(
                completion_id=row.completion_id,
                certificate_id=row.certificate_id,
                title=row.CourseVersion.title,
                completed_at=row.completed_at,
                valid_until=row.valid_until,
                is_withdrawn=row.withdrawn_by is not None,
            )
    return list(ways.values())
