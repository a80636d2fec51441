"""What people do in practicals, the marks that others give, and the words around both.

Marks are codes and are only added. All words are in columns that are emptied once they were kept for long enough.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.trail.seals import sealed


class TryState(StrEnum):
    """The state of one try at a practical."""

    DRAFT = "draft"
    WAITING = "waiting"  # handed in, and not all marks that it needs are there
    PASSED = "passed"
    AGAIN = "again"  # marked, and not passed
    VOID = "void"  # its mark was withdrawn, and its words are no longer there to be marked again


class PracticalTry(db.Model):
    """One try at a practical: from the first saved word, or from being ready for a conversation, to its result."""

    __tablename__ = "practical_try"
    __table_args__ = (
        db.one_of("state", TryState),
        UniqueConstraint("enrolment_id", "unit", "number"),
        Index(
            "uq_practical_try_open",
            "enrolment_id",
            "unit",
            unique=True,
            sqlite_where=text("state IN ('draft', 'waiting')"),
            postgresql_where=text("state IN ('draft', 'waiting')"),
        ),
        Index(
            "ix_practical_try_waiting",
            "handed_in_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_practical_try_person_id", "person_id"),
        CheckConstraint("(state = 'draft') = (handed_in_at IS NULL)", name="handed_in_unless_a_draft"),
        CheckConstraint("(state IN ('draft', 'waiting')) = (decided_at IS NULL)", name="decided_once_marked"),
        CheckConstraint("(taken_by_id IS NULL) = (taken_until IS NULL)", name="taken_until_some_time"),
        CheckConstraint("taken_by_id IS NULL OR state = 'waiting'", name="taken_while_it_waits"),
        CheckConstraint("taken_by_id <> person_id", name="taken_by_somebody_else"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # the learner
    unit: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]  # from 1
    state: Mapped[TryState] = mapped_column(default=TryState.DRAFT)
    round: Mapped[int] = mapped_column(default=1)  # rises when a mark is withdrawn; only marks of this round count
    text: Mapped[str | None] = mapped_column(Text)  # the written work; of a conversation, when and how it suits
    revision: Mapped[int]
    saved_at: Mapped[datetime]
    handed_in_at: Mapped[datetime | None]
    rubric: Mapped[dict[str, Any] | None]  # as it was in force on the day: what it is marked by
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_until: Mapped[datetime | None]  # then others may take it
    meet_at: Mapped[datetime | None]  # of a conversation
    meet_where: Mapped[str | None] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]


@db.append_only
@sealed("try_id", "person_id", "marker_id", "round", "levels", "passes", "given_at")
class PracticalMark(db.Model):
    """What one marker saw: a level for each criterion, and whether they come to a pass."""

    __tablename__ = "practical_mark"
    __table_args__ = (
        UniqueConstraint("try_id", "round", "marker_id"),
        CheckConstraint("marker_id <> person_id", name="marked_by_somebody_else"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    try_id: Mapped[int] = mapped_column(ForeignKey("practical_try.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # the learner
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    round: Mapped[int]
    levels: Mapped[dict[str, Any]]  # the number of the level, from 1, by the key of the criterion
    passes: Mapped[bool]
    given_at: Mapped[datetime]


class NoteKind(StrEnum):
    """What somebody wrote about a try."""

    COMMENT = "comment"  # with a mark
    ANSWER = "answer"  # to the comments, or to an answer
    WITHDRAWAL = "withdrawal"  # why a mark was withdrawn


class PracticalNote(db.Model):
    """Words about a try. They are deleted when its work is."""

    __tablename__ = "practical_note"
    __table_args__ = (
        db.one_of("kind", NoteKind),
        CheckConstraint("(kind = 'comment') = (mark_id IS NOT NULL)", name="comments_belong_to_a_mark"),
        Index("ix_practical_note_try_id", "try_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    try_id: Mapped[int] = mapped_column(ForeignKey("practical_try.id"))
    mark_id: Mapped[int | None] = mapped_column(ForeignKey("practical_mark.id"))
    criterion: Mapped[str | None] = mapped_column(String(60))  # its key; None: about the whole
    kind: Mapped[NoteKind]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]


class StoodAside(db.Model):
    """A marker who is close to somebody said “not me”. Nobody else is told, and no reason is asked for."""

    __tablename__ = "practical_stood_aside"
    __table_args__ = (UniqueConstraint("marker_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    said_at: Mapped[datetime]
