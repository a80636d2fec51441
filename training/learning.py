"""One person's way through a course: beginning, going on, and passing it.

Everything is kept on the server, so that a person can stop on a telephone and go on at a desk. A form that
is sent twice counts once. Passing the last unit adds the evidence and issues the certificate in the same
transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, NotFound
from progression import evidence
from progression.evidence import NewEvidence
from training import catalogue, certificates
from training.models import Completion, Course, CourseVersion, Enrolment, UnitDone
from training.notices import CertificateIssued
from training.pack import Lesson, Pack, Unit

EVIDENCE_KIND = "training"
LETTER_KEEPS = timedelta(days=7)  # a certificate's letter is still good news a week later, not a month


@dataclass(frozen=True)
class Way:
    """A person's enrolment, the version they learn from, and the units they have done."""

    course: Course
    version: CourseVersion
    enrolment: Enrolment
    pack: Pack
    done: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether there is still something to pass."""
        return self.enrolment.finished_at is None

    @property
    def next_unit(self) -> Unit | None:
        """The first unit not done yet."""
        return next((unit for unit in self.pack.units if unit.slug not in self.done), None)

    @property
    def minutes_left(self) -> int:
        """About how many minutes of learning are left."""
        return sum(unit.minutes for unit in self.pack.units if unit.slug not in self.done)

    def unit(self, slug: str) -> Unit:
        """The unit of this name in the version that is being learned; refuses one that is not there."""
        unit = self.pack.unit(slug)
        if unit is None:
            raise NotFound("There is no such step in this course. All its steps are listed on the course’s page.")
        return unit

    def after(self, slug: str) -> Unit | None:
        """The unit that follows, or None after the last."""
        slugs = [unit.slug for unit in self.pack.units]
        place = slugs.index(slug) + 1
        return self.pack.units[place] if place < len(slugs) else None

    def place_of(self, slug: str) -> int:
        """Which step this unit is, from 1."""
        return [unit.slug for unit in self.pack.units].index(slug) + 1


class NotStarted(Conflict):
    """The course was not begun, so none of its units can be opened yet."""


def start(code: str, *, by: Person, now: datetime, again: bool = False) -> Enrolment:
    """Begin a course, or find where it was begun before. `again` begins it anew after it was passed."""
    db.lock_people([by.id])
    course, version = catalogue.course_called(code)
    present = latest_enrolment(by.id, course.id)
    if present is not None and (present.finished_at is None or not again):
        return present
    enrolment = Enrolment(
        person_id=by.id,
        course_id=course.id,
        course_version_id=version.id,
        started_at=now,
        skips_hard_words=present.skips_hard_words if present else False,
    )
    db.session.add(enrolment)
    db.session.flush()
    audit.record(
        "training.course-started",
        by=by.id,
        subject=f"enrolment:{enrolment.id}",
        now=now,
        details={"course": code, "version": version.number},
    )
    return enrolment


def way_of(person: Person, code: str) -> Way:
    """Where a person stands in a course, open or passed; refuses one they have not begun."""
    course, _newest = catalogue.course_called(code)
    enrolment = latest_enrolment(person.id, course.id)
    if enrolment is None:
        raise NotStarted("Please start this course first; it takes one press on its page.")
    version = db.session.get_one(CourseVersion, enrolment.course_version_id)
    done = db.session.scalars(select(UnitDone.unit).where(UnitDone.enrolment_id == enrolment.id))
    return Way(course, version, enrolment, catalogue.pack_of(version), frozenset(done))


def open_way_of(person: Person, code: str) -> Way:
    """The way of a person who is about to change something: held against their other devices, and still
    open.
    """
    db.lock_people([person.id])
    way = way_of(person, code)
    if not way.is_open:
        raise Conflict("You have passed this course already. To practise again, start it anew on its page.")
    return way


def latest_enrolment(person_id: int, course_id: int) -> Enrolment | None:
    """The enrolment that was begun last."""
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.course_id == course_id)
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).one_or_none()


def mark_read(code: str, slug: str, *, by: Person, now: datetime) -> Way:
    """Keep that a lesson was read, and return the way as it then stands. Reading it again changes nothing."""
    db.lock_people([by.id])
    way = way_of(by, code)
    unit = way.unit(slug)
    if not isinstance(unit, Lesson):
        raise Conflict("This step is passed by doing it, not by reading on.")
    return unit_done(way, slug, by=by, now=now)


def skip_hard_words(code: str, *, by: Person, skip: bool) -> None:
    """Leave hard quotes out of this course from now on, or show them again. Either way it can be passed."""
    db.lock_people([by.id])
    way_of(by, code).enrolment.skips_hard_words = skip


def unit_done(way: Way, slug: str, *, by: Person, now: datetime) -> Way:
    """Keep that a unit is done; with the last of them the course is passed."""
    if slug in way.done or not way.is_open:
        return way
    db.session.add(UnitDone(enrolment_id=way.enrolment.id, unit=slug, done_at=now))
    way = Way(way.course, way.version, way.enrolment, way.pack, way.done | {slug})
    if way.next_unit is None:
        _pass(way, by=by, now=now)
    return way


def _pass(way: Way, *, by: Person, now: datetime) -> None:
    zone = settings.current().zone
    valid_until = clock.months_after(clock.on(now, zone), way.pack.valid_for.months)
    way.enrolment.finished_at = now
    proof = evidence.record(
        NewEvidence(
            person_id=by.id,
            kind=EVIDENCE_KIND,
            key=way.pack.code,
            valid_until=valid_until,
            facts={"course_version": way.version.id, "enrolment": way.enrolment.id},
        ),
        by=None,
        now=now,
        once=f"training:enrolment:{way.enrolment.id}",
    )
    completion = Completion(
        enrolment_id=way.enrolment.id,
        person_id=by.id,
        course_version_id=way.version.id,
        completed_at=now,
        valid_until=valid_until,
        evidence_id=proof.id,
    )
    db.session.add(completion)
    db.session.flush()
    certificate = certificates.issue(completion, way.version, way.pack, to=by, now=now)
    audit.record(
        "training.course-passed",
        by=by.id,
        subject=f"completion:{completion.id}",
        now=now,
        details={"course": way.pack.code, "version": way.version.number, "certificate": certificate.id},
    )
    queue.enqueue(
        CertificateIssued(certificate_id=certificate.id),
        to=by.id,
        once=f"certificate-issued:{completion.id}",
        now=now,
        deadline=now + LETTER_KEEPS,
    )
