"""The notices of training."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased

from app import clock, db, settings
from app.outbox.notice import Notice
from app.people.models import Person, PersonState
from progression import asked_again
from progression.asked_again import Asked
from progression.ledger import facts_as_recorded
from progression.models import Evidence
from training import catalogue, course_status, updates
from training.models import (
    EVIDENCE_KIND,
    Certificate,
    Completion,
    Course,
    CourseVersion,
    ElsewhereTraining,
    Enrolment,
    GivenTry,
)
from training.updates import CatchUp


@dataclass(frozen=True)
class CertificateIssued(Notice):
    """Somebody passed a course, and their certificate is ready."""

    kind: ClassVar[str] = "certificate-issued"
    certificate_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        certificate = self._present()
        completion = db.session.get_one(Completion, certificate.completion_id)
        version = db.session.get_one(CourseVersion, completion.course_version_id)
        return {"certificate": certificate, "completion": completion, "title": version.title}

    def _present(self) -> Certificate:
        """The current certificate: its holder may have changed the name on it in the meantime."""
        issued = db.session.get_one(Certificate, self.certificate_id)
        if issued.replaced_at is None:
            return issued
        return db.session.scalars(
            select(Certificate).where(
                Certificate.completion_id == issued.completion_id, Certificate.replaced_at.is_(None)
            )
        ).one()


@dataclass(frozen=True)
class AnotherTry(Notice):
    """A trainer gave somebody another try at a quiz."""

    kind: ClassVar[str] = "another-try"
    given_try_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        given = db.session.get_one(GivenTry, self.given_try_id)
        return db.session.get_one(Enrolment, given.enrolment_id).finished_at is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        given = db.session.get_one(GivenTry, self.given_try_id)
        enrolment = db.session.get_one(Enrolment, given.enrolment_id)
        version = db.session.get_one(CourseVersion, enrolment.course_version_id)
        unit = catalogue.pack_of(version).unit(given.unit)
        return {
            "title": version.title,
            "unit_title": unit.title if unit else "",
            "code": catalogue.course_of(version)[0].code,
            "slug": given.unit,
            "giver": db.session.get_one(Person, given.given_by_id).display_name,
        }


@dataclass(frozen=True)
class PartAskedAgain(Notice):
    """A new version of a course asks somebody for parts of it again."""

    kind: ClassVar[str] = "part-asked-again"
    version_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return self._catch_up(to, now) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        course, newest = catalogue.course_of(db.session.get_one(CourseVersion, self.version_id))
        return {"title": newest.title, "code": course.code, "catch_up": self._catch_up(to, now)}

    def _catch_up(self, to: int, now: datetime) -> CatchUp | None:
        course, newest = catalogue.course_of(db.session.get_one(CourseVersion, self.version_id))
        if all(each.edition != self.version_id for each in asked_again.asked_of(EVIDENCE_KIND, course.code)):
            return None
        today = clock.on(now, settings.current().zone)
        return updates.catch_up_of(facts_as_recorded([to])[to], course.code, newest, today)


@dataclass(frozen=True)
class TrainingLapses(Notice):
    """Somebody's training lapses soon."""

    kind: ClassVar[str] = "training-lapses"
    completion_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.scalar(current_completions().where(Completion.id == self.completion_id)) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        completion = db.session.get_one(Completion, self.completion_id)
        version = db.session.get_one(CourseVersion, completion.course_version_id)
        course, _newest = catalogue.course_of(version)
        return {
            "title": version.title,
            "valid_until": _end(completion.valid_until, ends_asked(Evidence.id == completion.evidence_id)),
            "code": course.code,
            "minutes": course_status.status_in(to, course.code, now=now).minutes,
        }


@dataclass(frozen=True)
class TakenOverTrainingLapses(Notice):
    """Training from elsewhere, taken over from records or accepted by staff, lapses soon."""

    kind: ClassVar[str] = "taken-over-training-lapses"
    evidence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.scalar(passes_taken_over().where(Evidence.id == self.evidence_id)) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        passed = db.session.get_one(Evidence, self.evidence_id)
        _course, newest = catalogue.course_called(passed.key)
        return {
            "title": newest.title,
            "valid_until": _end(passed.valid_until, ends_asked(Evidence.id == passed.id)),
            "code": passed.key,
            "minutes": course_status.status_in(to, passed.key, now=now).minutes,
        }


@dataclass(frozen=True)
class ElsewhereDecided(Notice):
    """Somebody decided whether a certificate from elsewhere counts here."""

    kind: ClassVar[str] = "elsewhere-decided"
    elsewhere_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.get_one(ElsewhereTraining, self.elsewhere_id).decided_at is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        row = db.session.get_one(ElsewhereTraining, self.elsewhere_id)
        title = catalogue.course_called(row.course)[1].title if row.course else None
        return {"row": row, "course_title": title, "by": db.session.get_one(Person, row.decided_by_id)}


def ends_asked(of: ColumnElement[bool]) -> dict[int, Asked]:
    """Of the passes among this evidence that are asked for again, by id of the evidence, the call with the first day.

    One query for each call in force, however many people there are.
    """
    calls: dict[int, Asked] = {}
    in_force = [each for each in asked_again.in_force() if each.kind == EVIDENCE_KIND]
    for call in sorted(in_force, key=lambda each: each.holds_until):
        for evidence_id in db.session.scalars(select(Evidence.id).where(of, asked_again.is_about(call))):
            calls.setdefault(evidence_id, call)
    return calls


def _end(recorded: date | None, calls: dict[int, Asked]) -> date | None:
    return min((day for day in (recorded, *(call.holds_until for call in calls.values())) if day), default=None)


def passes_taken_over() -> Select[int, int, date | None]:
    """The passes elsewhere of installed courses, of active people, unless withdrawn or outlasted."""
    later, correction, of_later = aliased(Evidence), aliased(Evidence), aliased(Evidence)
    return (
        select(Evidence.id, Evidence.person_id, Evidence.valid_until)
        .join(Person, Person.id == Evidence.person_id)
        .join(Course, Course.code == Evidence.key)
        .where(
            Person.state == PersonState.ACTIVE,
            Evidence.kind == EVIDENCE_KIND,
            Evidence.takeover_id.is_not(None) | Evidence.id.in_(select(ElsewhereTraining.evidence_id)),
            ~exists().where(correction.withdraws_id == Evidence.id),
            ~exists().where(
                later.person_id == Evidence.person_id,
                later.kind == EVIDENCE_KIND,
                later.key == Evidence.key,
                later.valid_until > Evidence.valid_until,
                ~exists().where(of_later.withdraws_id == later.id),
            ),
        )
        .order_by(Evidence.id)
    )


def current_completions() -> Select[int, int, date, int]:
    """The latest completion of each active person and course, unless it was withdrawn."""
    later, later_version, correction = aliased(Completion), aliased(CourseVersion), aliased(Evidence)
    return (
        select(Completion.id, Completion.person_id, Completion.valid_until, Completion.evidence_id)
        .join(CourseVersion, CourseVersion.id == Completion.course_version_id)
        .join(Person, Person.id == Completion.person_id)
        .where(
            Person.state == PersonState.ACTIVE,
            ~exists().where(correction.withdraws_id == Completion.evidence_id),
            ~exists().where(
                later.person_id == Completion.person_id,
                later.id > Completion.id,
                later_version.id == later.course_version_id,
                later_version.course_id == CourseVersion.course_id,
            ),
        )
        .order_by(Completion.id)
    )
