"""One person's progress through a course: beginning it, going on, and passing it.

Everything is kept on the server, so a person can stop on a phone and go on at a desk. A form that is sent twice counts
once. Passing the last unit adds the evidence and issues the certificate in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import audit, clock, db, settings
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, NotFound, PageOutOfDate
from progression.evidence import NewEvidence, record
from progression.facts import without_withdrawn
from progression.ledger import facts_as_recorded, facts_of_person
from progression.models import Evidence
from progression.standing import pathway_now
from training import catalogue, certificates, exercise_tries, updates
from training.course_status import is_from_elsewhere
from training.exercise_tries import SentExercise
from training.guided import paces
from training.models import EVIDENCE_KIND, Completion, Course, CourseVersion, Enrolment, UnitDone
from training.notices import CertificateIssued
from training.pack import Lesson, Pack, Unit
from training.pack_exercises import Exercise
from training.programme import order

SEND_WITHIN = timedelta(days=7)  # an e-mail about a new certificate is still good news a week later, not a month


def courses_asked_for(now: datetime) -> dict[str, str]:
    """The courses that the pathway of today asks for: the code of each, and the title of what it is needed for."""
    needs = pathway_now(now).requirements.values()
    return {each.key: each.title for each in needs if each.kind == EVIDENCE_KIND}


@dataclass(frozen=True)
class CourseProgress:
    """A person's enrolment in a course, the version they learn from, and the units they have done."""

    course: Course
    version: CourseVersion
    enrolment: Enrolment
    pack: Pack
    done: frozenset[str]
    closed: Mapping[str, date | None] = field(default_factory=dict)  # units of parts that are not open yet

    @property
    def is_open(self) -> bool:
        """Whether there is still something to pass."""
        return self.enrolment.finished_at is None

    @property
    def asked(self) -> tuple[Unit, ...]:
        """The units to be done to pass: all of them, or in a refresher those that the course names."""
        return updates.units_of(self.enrolment, self.pack)

    @property
    def next_unit(self) -> Unit | None:
        """The first unit that is asked for and not done yet."""
        return next((unit for unit in self.asked if unit.slug not in self.done), None)

    @property
    def next_open_unit(self) -> Unit | None:
        """The same, or None while its part is not open yet."""
        unit = self.next_unit
        return None if unit is None or unit.slug in self.closed else unit

    def unit(self, slug: str) -> Unit:
        """The unit with this slug in the version that the person learns from.

        Refuses an unknown one, and one of a part that is not open to the person yet.
        """
        unit = self.pack.unit(slug)
        if unit is None:
            raise NotFound("There is no such step in this course. All its steps are listed on the course’s page.")
        if slug in self.closed:
            raise NotOpenYet(unit.title, self.closed[slug])
        return unit

    def unit_after(self, slug: str) -> Unit | None:
        """The unit that follows, or None after the last."""
        slugs = [unit.slug for unit in self.pack.units]
        position = slugs.index(slug) + 1
        return self.pack.units[position] if position < len(slugs) else None

    def position_of(self, slug: str) -> int:
        """The position of this unit in the course, from 1."""
        return [unit.slug for unit in self.pack.units].index(slug) + 1


class NotStarted(Conflict):
    """The person has not begun the course, so they cannot open its units."""


class NotOpenYet(PageOutOfDate):
    """The person takes the course a part at a time, and the part of this unit is not open yet."""

    def __init__(self, title: str, opens_on: date | None) -> None:
        day = None if opens_on is None else f"{opens_on:%A} {opens_on.day} {opens_on:%B}"
        when = f"opens on {day}" if day else "is not open yet"
        super().__init__(f"“{title}” {when}: you take this course a part at a time. You can change that below.")


STARTED_AGAIN = (
    "You have started this course again since that page was opened, so nothing was recorded from it. "
    "Here is where you are now."
)


def start(code: str, *, by: Person, now: datetime, after: int = 0) -> Enrolment:
    """Begin a course, or begin it again after a pass, which is a refresher while the pass was not withdrawn.

    `after` is the id of the latest enrolment when the page was opened, 0 for none: a form from an older page, or one
    sent twice, begins nothing and gets the latest enrolment.
    """
    db.lock_people([by.id])
    course, version = catalogue.course_called(code)
    present = latest_enrolment(by.id, course.id)
    if present is not None and (present.finished_at is None or present.id != after):
        return present
    order.check_may_begin(code, by.id, now=now)
    today = clock.on(now, settings.current().zone)
    is_refresher = _passed_before(by.id, course)
    plan = updates.plan_of(facts_as_recorded([by.id])[by.id], course.code, version, today) if is_refresher else None
    enrolment = Enrolment(
        person_id=by.id,
        course_id=course.id,
        course_version_id=version.id,
        started_at=now,
        skips_hard_words=present.skips_hard_words if present else False,
        is_refresher=is_refresher,
        asked=[unit.slug for unit in plan.units] if plan else None,
        lasts_until=plan.lasts_until if plan else None,
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


def _passed_before(person_id: int, course: Course) -> bool:
    """Whether the person passed the course before, here or elsewhere, and the pass was not withdrawn."""
    elsewhere = (
        is_from_elsewhere(fact) and fact.key == course.code for fact in without_withdrawn(facts_of_person(person_id))
    )
    return any(elsewhere) or _latest_pass_holds(person_id, course.id)


def _latest_pass_holds(person_id: int, course_id: int) -> bool:
    """Whether the person passed the course here, and the latest pass was not withdrawn."""
    correction = aliased(Evidence)
    latest = db.session.execute(
        select(correction.id.label("withdrawn_by"))
        .select_from(Completion)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .outerjoin(correction, correction.withdraws_id == Completion.evidence_id)
        .where(Completion.person_id == person_id, CourseVersion.course_id == course_id)
        .order_by(Completion.id.desc())
        .limit(1)
    ).one_or_none()
    return latest is not None and latest.withdrawn_by is None


def progress_in(person: Person, code: str, *, now: datetime) -> CourseProgress:
    """A person's progress in a course, open or passed; refuses a course they have not begun."""
    course, _newest = catalogue.course_called(code)
    enrolment = latest_enrolment(person.id, course.id)
    if enrolment is None:
        raise NotStarted("Please start this course first; it takes one press on its page.")
    version = db.session.get_one(CourseVersion, enrolment.course_version_id)
    done = frozenset(db.session.scalars(select(UnitDone.unit).where(UnitDone.enrolment_id == enrolment.id)))
    pack = catalogue.pack_of(version)
    return CourseProgress(course, version, enrolment, pack, done, paces.closed_units(enrolment, pack, done, now=now))


def progress_shown(person: Person, code: str, enrolment_id: int, *, now: datetime) -> CourseProgress:
    """The progress that a page showed, locked against the person's other devices.

    Refuses a page that shows an earlier enrolment than the latest.
    """
    db.lock_people([person.id])
    progress = progress_in(person, code, now=now)
    if progress.enrolment.id != enrolment_id:
        raise PageOutOfDate(STARTED_AGAIN)
    return progress


def open_progress_shown(person: Person, code: str, enrolment_id: int, *, now: datetime) -> CourseProgress:
    """The same for a change that only a course in progress takes; refuses a passed course."""
    progress = progress_shown(person, code, enrolment_id, now=now)
    if not progress.is_open:
        raise PageOutOfDate("You have passed this course since that page was opened. Nothing more is needed.")
    return progress


def latest_enrolment(person_id: int, course_id: int) -> Enrolment | None:
    """The latest enrolment of a person in a course."""
    return db.session.scalars(
        select(Enrolment)
        .where(Enrolment.person_id == person_id, Enrolment.course_id == course_id)
        .order_by(Enrolment.id.desc())
        .limit(1)
    ).one_or_none()


def mark_read(code: str, slug: str, *, enrolment_id: int, by: Person, now: datetime) -> CourseProgress:
    """Record that a lesson was read, and return the new progress. Reading it again changes nothing.

    Refuses a lesson with an exercise that was not done yet.
    """
    progress = progress_shown(by, code, enrolment_id, now=now)
    unit = progress.unit(slug)
    if not isinstance(unit, Lesson):
        raise Conflict("This step is passed by doing it, not by reading on.")
    if progress.is_open and slug not in progress.done and exercise_tries.left_to_do(enrolment_id, unit):
        raise PageOutOfDate("Do each exercise of this lesson once, well or badly. Then it counts as read.")
    return complete_unit(progress, slug, by=by, now=now)


def do_exercise(code: str, slug: str, key: str, sent: SentExercise, *, by: Person, now: datetime) -> None:
    """Keep what somebody did in an exercise of a lesson; also after the course was passed, for practice.

    Refuses an unfinished one, and a page that shows an earlier enrolment than the latest.
    """
    progress = progress_shown(by, code, sent.enrolment_id, now=now)
    lesson, exercise = exercise_of(progress, slug, key)
    exercise_tries.add_try(sent.enrolment_id, lesson, exercise, sent, now=now)


def forget_reply(code: str, slug: str, key: str, *, enrolment_id: int, by: Person, now: datetime) -> None:
    """Delete what somebody wrote in an exercise. It still counts as done."""
    progress = progress_shown(by, code, enrolment_id, now=now)
    exercise_tries.forget_text(enrolment_id, *exercise_of(progress, slug, key))


def exercise_of(progress: CourseProgress, slug: str, key: str) -> tuple[Lesson, Exercise]:
    """The lesson and the exercise of these names; refuses others."""
    unit = progress.unit(slug)
    exercise = unit.exercise(key) if isinstance(unit, Lesson) else None
    if not isinstance(unit, Lesson) or exercise is None:
        raise NotFound("There is no such exercise in this step of the course.")
    return unit, exercise


def skip_hard_words(code: str, *, by: Person, skip: bool, now: datetime) -> None:
    """Leave hard quotes out of this course, or show them again. The course can be passed either way."""
    db.lock_people([by.id])
    progress_in(by, code, now=now).enrolment.skips_hard_words = skip


def complete_unit(progress: CourseProgress, slug: str, *, by: Person, now: datetime) -> CourseProgress:
    """Record that a unit is done. The last unit that is asked for passes the course."""
    if slug in progress.done or not progress.is_open:
        return progress
    db.session.add(UnitDone(enrolment_id=progress.enrolment.id, unit=slug, done_at=now))
    progress = replace(progress, done=progress.done | {slug})
    if progress.next_unit is None:
        _pass(progress, by=by, now=now)
    return progress


def _pass(progress: CourseProgress, *, by: Person, now: datetime) -> None:
    zone = settings.current().zone
    today = clock.on(now, zone)
    valid_until = clock.months_after(today, progress.pack.valid_for.months)
    if progress.enrolment.lasts_until is not None:
        # Catching up makes nothing last longer. Finished after the end, it counts for that day, and a refresher is due.
        valid_until = max(today, progress.enrolment.lasts_until)
    progress.enrolment.finished_at = now
    proof = record(
        NewEvidence(
            person_id=by.id,
            kind=EVIDENCE_KIND,
            key=progress.pack.code,
            valid_until=valid_until,
            facts={"course_version": progress.version.id, "enrolment": progress.enrolment.id},
        ),
        by=None,
        now=now,
        once=f"training:enrolment:{progress.enrolment.id}",
    )
    completion = Completion(
        enrolment_id=progress.enrolment.id,
        person_id=by.id,
        course_version_id=progress.version.id,
        completed_at=now,
        valid_until=valid_until,
        evidence_id=proof.id,
    )
    db.session.add(completion)
    db.session.flush()
    certificate = certificates.issue(completion, progress.version, progress.pack, to=by, now=now)
    audit.record(
        "training.course-passed",
        by=by.id,
        subject=f"completion:{completion.id}",
        now=now,
        details={"course": progress.pack.code, "version": progress.version.number, "certificate": certificate.id},
    )
    queue.enqueue(
        CertificateIssued(certificate_id=certificate.id),
        to=by.id,
        once=f"certificate-issued:{completion.id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
