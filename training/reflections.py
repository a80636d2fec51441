"""Reflections: what learners write for themselves, sharing it with staff, and deleting it.

The words are for their writer alone unless they share them. They are in a table of their own, and nowhere in the audit
trail, in logs or in evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app import db
from app.people.models import Person
from app.refusals import Conflict, Invalid
from progression.documents.agreeing import agree as agree_to_document
from progression.documents.shipped import document_called
from training import learning
from training.learning import CourseProgress
from training.models import Course, CourseVersion, Enrolment, Reflection
from training.pack_personal import Agreement as AgreementUnit
from training.pack_personal import Reflection as ReflectionUnit

LONGEST_TEXT = 3000  # characters of one answer: some 500 words
CHANGED_ELSEWHERE = (
    "You saved something else here since this page was opened, perhaps on another device. All you typed is still in "
    "the boxes, and what was saved before is below them. If you save now, this replaces it."
)


@dataclass(frozen=True, slots=True)
class SentReflection:
    """A reflection as a form sent it: the enrolment and revision its page showed, and an answer to each question."""

    enrolment_id: int
    revision: int
    texts: tuple[str, ...]


def reflection_of(progress: CourseProgress, unit: ReflectionUnit) -> Reflection | None:
    """What the learner keeps here, or None where nothing is written."""
    return db.session.scalars(
        select(Reflection).where(Reflection.enrolment_id == progress.enrolment.id, Reflection.unit == unit.slug)
    ).one_or_none()


def write(code: str, slug: str, sent: SentReflection, *, finish: bool, by: Person, now: datetime) -> None:
    """Keep what was written; with `finish`, the unit counts as done.

    Refuses to finish without a word, a text that is too long, and a page that another save has overtaken.
    """
    progress, unit = _progress_of(code, slug, sent.enrolment_id, by=by, now=now)
    texts = [text.strip() for text in (*sent.texts, "", "")[: len(unit.questions)]]
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise Invalid(f"Please keep each answer under {LONGEST_TEXT:,} characters.")
    if finish and not any(texts):
        raise Invalid("Write a few words, or say that you thought about it and would rather not write.")
    kept = reflection_of(progress, unit)
    if kept is not None and kept.texts == texts:
        pass  # the same form again
    elif (kept.revision if kept else 0) != sent.revision:
        raise Conflict(CHANGED_ELSEWHERE)
    elif kept is None:
        if any(texts):
            db.session.add(
                Reflection(enrolment_id=progress.enrolment.id, unit=slug, texts=texts, revision=1, saved_at=now)
            )
    else:
        kept.texts, kept.revision, kept.saved_at = texts, kept.revision + 1, now
    if finish:
        learning.complete_unit(progress, slug, by=by, now=now)


def thought_about(code: str, slug: str, *, enrolment_id: int, by: Person, now: datetime) -> None:
    """Count the unit as done for somebody who thought about it and would rather not write."""
    progress, _unit = _progress_of(code, slug, enrolment_id, by=by, now=now)
    learning.complete_unit(progress, slug, by=by, now=now)


def share(code: str, slug: str, *, enrolment_id: int, shared: bool, by: Person, now: datetime) -> None:
    """Let staff read what is written here, also what is saved later, or end that at once."""
    progress, unit = _progress_of(code, slug, enrolment_id, by=by, now=now)
    kept = reflection_of(progress, unit)
    if kept is None:
        raise Conflict("Nothing is written here, so there is nothing to share.")
    kept.shared_at = now if shared else None


def delete(code: str, slug: str, *, enrolment_id: int, by: Person, now: datetime) -> None:
    """Delete what is written here. The unit still counts as done."""
    progress, unit = _progress_of(code, slug, enrolment_id, by=by, now=now)
    kept = reflection_of(progress, unit)
    if kept is not None:
        db.session.delete(kept)


def _progress_of(
    code: str, slug: str, enrolment_id: int, *, by: Person, now: datetime
) -> tuple[CourseProgress, ReflectionUnit]:
    progress = learning.progress_shown(by, code, enrolment_id, now=now)
    unit = progress.unit(slug)
    if not isinstance(unit, ReflectionUnit):
        raise Conflict("There is nothing to write in this step.")
    return progress, unit


@dataclass(frozen=True, slots=True)
class SharedReflection:
    """One reflection that somebody shared with staff."""

    course: str
    reflection: Reflection
    version: CourseVersion


def shared_by(person_id: int) -> Sequence[SharedReflection]:
    """What a person shares with staff now, the newest first. A page that shows it records the reading first."""
    rows = db.session.execute(
        select(Course.code, Reflection, CourseVersion)
        .join(Enrolment, Enrolment.id == Reflection.enrolment_id)
        .join(CourseVersion, CourseVersion.id == Enrolment.course_version_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.person_id == person_id, Reflection.shared_at.is_not(None))
        .order_by(Reflection.shared_at.desc(), Reflection.id.desc())
    )
    return [SharedReflection(*row) for row in rows]


def agree(code: str, slug: str, *, enrolment_id: int, edition: int, by: Person, now: datetime) -> None:
    """Record an agreement to the present edition of the unit's document, if it is needed, and the unit as done."""
    progress = learning.progress_shown(by, code, enrolment_id, now=now)
    unit = progress.unit(slug)
    if not isinstance(unit, AgreementUnit):
        raise Conflict("There is nothing to agree to in this step.")
    agree_to_document(by, document_called(unit.document), edition=edition, now=now)
    learning.complete_unit(progress, slug, by=by, now=now)
