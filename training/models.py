"""Courses and their versions, what people did in them, and the certificates that came of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class Course(db.Model):
    """A course by its code, which names the training in evidence for as long as there are people."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)


@db.append_only
class CourseVersion(db.Model):
    """A course as it was on the day it was installed. Answers are kept with the version they were asked
    in.
    """

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    # The whole pack. Left out of ordinary reads: `catalogue.pack_of` keeps what it was made into.
    document: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    installed_at: Mapped[datetime]
    installed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Enrolment(db.Model):
    """One person's way through one version of a course. Doing a course again is another enrolment."""

    __tablename__ = "enrolment"
    __table_args__ = (
        # One way at a time; a second device, or a second click, finds the first.
        Index(
            "uq_enrolment_open",
            "person_id",
            "course_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        Index("ix_enrolment_person_id", "person_id"),
        CheckConstraint("finished_at IS NULL OR finished_at >= started_at", name="finishes_after_it_starts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    skips_hard_words: Mapped[bool] = mapped_column(default=False)


class UnitDone(db.Model):
    """A unit that was read, walked or passed."""

    __tablename__ = "unit_done"
    __table_args__ = (UniqueConstraint("enrolment_id", "unit"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    unit: Mapped[str] = mapped_column(String(60))
    done_at: Mapped[datetime]


class UnitAttempt(db.Model):
    """A try at a quiz or a walk through a scenario."""

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
    drawn: Mapped[list[Any]]  # a quiz's questions in the order shown: [{"question": key, "order": [2, 0, 1]}]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    right_answers: Mapped[int | None]
    is_passed: Mapped[bool | None]


class Answer(db.Model):
    """An answer to one question of an attempt. The first one sent counts."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("unit_attempt.id"))
    position: Mapped[int]  # which of the drawn questions, from 0
    question: Mapped[str] = mapped_column(String(60))
    given: Mapped[list[Any]]  # positions in the question as it was written; see `quiz`
    is_right: Mapped[bool]
    answered_at: Mapped[datetime]


class ScenarioChoice(db.Model):
    """A choice made in a scenario. Going back adds another; where the walk stands is worked out from them
    all.
    """

    __tablename__ = "scenario_choice"
    __table_args__ = (UniqueConstraint("attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("unit_attempt.id"))
    position: Mapped[int]  # which choice of this walk, from 0
    step: Mapped[str] = mapped_column(String(60))
    choice: Mapped[str] = mapped_column(String(60))
    chosen_at: Mapped[datetime]


@db.append_only
class Completion(db.Model):
    """A course passed, and the line of evidence that says so."""

    __tablename__ = "completion"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"))
    completed_at: Mapped[datetime]
    valid_until: Mapped[date]  # holds to the end of this day in the organisation's zone
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), unique=True)


class Certificate(db.Model):
    """The proof of a completion: a signed credential, and what the holder decides about it.

    Whether it was withdrawn is not kept here: the ledger says so.
    """

    __tablename__ = "certificate"
    __table_args__ = (
        # A new name makes a new certificate; one of them is the present one.
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
    code: Mapped[str] = mapped_column(String(26), unique=True)  # 128 random bits; see `codes`
    printed_name: Mapped[str] = mapped_column(String(80))
    shows_full_name: Mapped[bool] = mapped_column(default=False)  # on the public page
    token: Mapped[str] = mapped_column(Text)  # the credential as it was signed; never signed again
    status_list: Mapped[int]
    status_index: Mapped[int]
    issued_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class CredentialSubject(db.Model):
    """The name under which a person stands in credentials: the same in all of ours, and nobody's anywhere
    else.
    """

    __tablename__ = "credential_subject"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    urn: Mapped[str] = mapped_column(String(45), unique=True)
