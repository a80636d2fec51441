"""Courses and their versions, the attempts and progress of people, and the certificates they earned."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.trail.seals import sealed

EVIDENCE_KIND = "training"
"""The kind of the evidence that a course was passed; its key is the code of the course."""


FROM_ELSEWHERE = "elsewhere"
"""The detail of a fact that names the certificate from elsewhere which it rests on."""


class Course(db.Model):
    """A course by its code, which names the training in evidence and so never changes."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)


@db.append_only
@sealed("course_id", "number", "title", "content_hash", "document", "installed_at", "installed_by_id")
class CourseVersion(db.Model):
    """The content of a course as it was installed. Answers refer to the version they were given in."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    # The whole pack. Not loaded by default: `catalogue.pack_of` caches the validated pack.
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    installed_at: Mapped[datetime]
    installed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Enrolment(db.Model):
    """One person's enrolment in one version of a course. Doing a course again is another enrolment."""

    __tablename__ = "enrolment"
    __table_args__ = (
        # One open enrolment at a time; a second device, or a second click, gets the first.
        Index(
            "uq_enrolment_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_enrolment_person_id", "person_id"),
        Index("ix_enrolment_course_version_id", "course_version_id"),
        CheckConstraint("finished_at IS NULL OR finished_at >= started_at", name="finishes_after_it_starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    skips_hard_words: Mapped[bool] = mapped_column(default=False)
    # Begun after a pass of the same course: it asks only for the units that the course names for a refresher.
    is_refresher: Mapped[bool] = mapped_column(default=False, server_default=false())
    # The units that this enrolment asks for, where they were chosen for the person; None: as the course says.
    asked: Mapped[list[Any] | None]
    # Of a catch-up: the last day of the pass that it brings up to date, and so of the new one.
    lasts_until: Mapped[date | None]


class UnitDone(db.Model):
    """A unit that a person has completed."""

    __tablename__ = "unit_done"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    done_at: Mapped[datetime]


class DrawnRow(TypedDict):
    """One drawn question as `UnitAttempt.drawn` stores it."""

    question: str  # its key
    order: list[int]  # the positions of its answers, in the order shown


class UnitAttempt(db.Model):
    """An attempt at a quiz or a scenario."""

    __tablename__ = "unit_attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "unit", "number"),
        Index(
            "uq_unit_attempt_open",
            "enrolment_id",
            "unit",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        CheckConstraint("(finished_at IS NULL) = (is_passed IS NULL)", name="judged_when_finished"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    seed: Mapped[int | None] = mapped_column(BigInteger)  # a quiz's; a scenario draws nothing
    drawn: Mapped[list[DrawnRow]] = mapped_column(JSON)  # a quiz's questions in the order shown; else empty
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    right_answers: Mapped[int | None]
    is_passed: Mapped[bool | None]
    shared_at: Mapped[datetime | None]  # of a scenario: since when staff who read results may see the replies
    answers_until: Mapped[datetime | None]  # of a quiz with a time limit: until when answers are taken; see `quiz_time`


@db.append_only
class GivenTry(db.Model):
    """Another try at a quiz that a trainer gave to somebody who had none left, or had to wait."""

    __tablename__ = "given_try"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit", "after"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    after: Mapped[int]  # how many tries there were
    given_at: Mapped[datetime]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class Answer(db.Model):
    """An answer to one question of an attempt. The first one that was sent counts."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("unit_attempt.id"))
    position: Mapped[int]  # which of the drawn questions, from 0
    question: Mapped[str] = mapped_column(String(60))
    given: Mapped[list[Any]]  # positions in the question as it was written, or one text; see `quiz`
    is_right: Mapped[bool]
    answered_at: Mapped[datetime]


class PracticeAnswer(db.Model):
    """An answer given in spaced practice. It is part of no attempt, and no pass depends on it."""

    __tablename__ = "practice_answer"
    __table_args__ = (UniqueConstraint("person_id", "course", "unit", "question", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course: Mapped[str] = mapped_column(String(60))  # its code
    unit: Mapped[str] = mapped_column(String(60))
    question: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]  # how many there were to this question before, from 0
    given: Mapped[list[Any]]  # as in `Answer`
    is_right: Mapped[bool]
    answered_at: Mapped[datetime]


class PracticeSetting(db.Model):
    """What somebody said about spaced practice on Today. Without a row it is on."""

    __tablename__ = "practice_setting"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    is_off: Mapped[bool]
    put_off_until: Mapped[date | None]


class ScenarioChoice(db.Model):
    """A choice made in a scenario. Going back adds another; the path is computed from all of them."""

    __tablename__ = "scenario_choice"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("unit_attempt.id"))
    position: Mapped[int]  # which choice of this attempt, from 0
    step: Mapped[str] = mapped_column(String(60))
    choice: Mapped[str] = mapped_column(String(60))
    chosen_at: Mapped[datetime]


class ExerciseTry(db.Model):
    """An exercise of a lesson that was done, well or badly. The latest of an enrolment counts.

    The text of a reply is its writer's own: no page shows it to anybody else, and the next try deletes it.
    """

    __tablename__ = "exercise_try"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit", "exercise", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    exercise: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]  # from 1
    done: Mapped[list[int]] = mapped_column(JSON)  # positions in the exercise as it was written; see `exercises`
    text: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime]


@db.append_only
@sealed("enrolment_id", "person_id", "course_version_id", "completed_at", "valid_until", "evidence_id")
class Completion(db.Model):
    """A passed course, and the evidence recorded for it."""

    __tablename__ = "completion"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    completed_at: Mapped[datetime]
    valid_until: Mapped[date]  # holds to the end of this day in the organisation's zone
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)


@sealed(
    "completion_id",
    "person_id",
    "code",
    "printed_name",
    "token",
    "status_list",
    "status_index",
    "issued_at",
    "replaced_at",
)
class Certificate(db.Model):
    """The certificate of a completion: a signed credential, and the holder's choices about it.

    Whether it was withdrawn is not kept here but read from the ledger.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        # A new name makes a new certificate; only one of them is current.
        Index(
            "uq_certificate_present",
            "completion_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        UniqueConstraint("status_list", "status_index"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    completion_id: Mapped[int] = mapped_column(ForeignKey("completion.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)  # 128 random bits; see `certificate_codes`
    printed_name: Mapped[str] = mapped_column(String(120))
    shows_full_name: Mapped[bool] = mapped_column(default=False)  # on the public page
    token: Mapped[str] = mapped_column(Text)  # the signed credential; never signed again
    status_list: Mapped[int]
    status_index: Mapped[int]
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class CredentialSubject(db.Model):
    """The identifier of a person in credentials: the same in all of ours, and used nowhere else."""

    __tablename__ = "credential_subject"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    urn: Mapped[str] = mapped_column(String(45), unique=True)


class Reflection(db.Model):
    """What a learner wrote for themselves in one unit. Nobody else reads it unless they share it."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    texts: Mapped[list[Any]]  # an answer to each question, in their order
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    shared_at: Mapped[datetime | None]


class ElsewhereState(StrEnum):
    """The state of something that was learned elsewhere. Whether an accepted one still counts is read in the ledger."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken-back"  # by its person, before anybody decided


class Signature(StrEnum):
    """What the check of an imported credential's signature showed. A wrong one is never kept."""

    GOOD = "good"
    UNCHECKED = "unchecked"  # the issuer's key is not known here


class ElsewhereTraining(db.Model):
    """A certificate that somebody earned elsewhere, from the upload to the decision whether it counts here."""

    __tablename__ = "elsewhere_training"
    __table_args__ = (
        db.one_of("state", ElsewhereState),
        CheckConstraint("signature IN ('good', 'unchecked')", name="known_signature"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> person_id", name="decided_by_somebody_else"),
        CheckConstraint("(state IN ('accepted', 'declined')) = (decided_at IS NOT NULL)", name="decided_once"),
        CheckConstraint("(state = 'accepted') = (evidence_id IS NOT NULL)", name="accepted_with_evidence"),
        Index("ix_elsewhere_training_person_id", "person_id"),
        Index(
            "ix_elsewhere_training_waiting",
            "added_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(String(200))
    issuer: Mapped[str] = mapped_column(String(200))
    awarded_on: Mapped[date]
    lapses_on: Mapped[date | None]  # the last day it holds, by what it says itself; None: it does not lapse
    wanted_course: Mapped[str | None] = mapped_column(String(60))  # what they think it stands for
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    signature: Mapped[Signature | None]  # of an imported credential
    key_from: Mapped[str | None] = mapped_column(String(20))  # where the key came from that its signature fits
    made_out_to: Mapped[str | None] = mapped_column(String(300))  # whom an imported credential names, in words
    added_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    state: Mapped[ElsewhereState] = mapped_column(default=ElsewhereState.WAITING)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    course: Mapped[str | None] = mapped_column(String(60))  # what it was accepted as standing for
    counts_until: Mapped[date | None]
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), unique=True)
