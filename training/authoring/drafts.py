"""The parts of a draft: reading and saving them, adding, moving and removing them, and questions in bulk.

Each part has a revision of its own. Of two people who write the same part at once, the second is told, and neither
loses a word: what stood before is kept beside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from training import pack_checks
from training.authoring.checking import label_of
from training.authoring.models import CourseDraft, DraftPart, EarlierText, PartKind
from training.authoring.pack_text import (
    LISTS,
    UNITS,
    DraftFiles,
    Text,
    Written,
    files_of,
    text_of,
    text_with,
)
from training.pack import Question

LONGEST_TEXT = 60_000  # characters of one part; the longest lesson of a pack has 40,000
LARGEST_BODY = 640 * 1024  # bytes; such a text as a form sends it, where a character can take up to nine bytes
MOST_LISTED = 200
MOST_EARLIER = 50  # texts kept of one part
STANDS = timedelta(minutes=10)  # what stood so long is kept when the same person writes something else
MOST = {
    **dict.fromkeys(UNITS, 40),
    PartKind.EXERCISE: 6,
    PartKind.QUESTION: 300,
    PartKind.STEP: 60,
    PartKind.ENDING: 10,
    PartKind.TO_KEEP: 1,
    PartKind.CHANGE: 1,
}
"""How many parts of a kind one draft, or one unit, can have, as the format of packs says; of units, all together."""
WORDS_OF_A_SLUG = 6


class SavedMeanwhile(Conflict):
    """Somebody else saved this part after the page was opened."""

    def __init__(self, theirs: DraftPart, saved_by: str) -> None:
        super().__init__(
            f"{saved_by} saved this while you wrote. Nothing was saved over it, and all you typed is still here. Look "
            "at what differs, and choose."
        )
        self.theirs = theirs
        self.saved_by = saved_by


def slug_of(words: str, *, taken: Sequence[str] = ()) -> str:
    """A name in lower case for these words, that nothing else here has."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    found = "-".join(re.findall(r"[a-z0-9]+", plain)[:WORDS_OF_A_SLUG])[:50].strip("-")
    slug = found if found and found[0].isalpha() else f"part-{found}".strip("-")
    number = 2
    while (slug if number == 2 else f"{slug}-{number - 1}") in taken:
        number += 1
    return slug if number == 2 else f"{slug}-{number - 1}"


def add_text(
    draft: CourseDraft, text: Text, parent: DraftPart | None, position: int, *, by: Person, now: datetime
) -> DraftPart:
    """Add a part with those within it, unchecked."""
    part = DraftPart(
        draft_id=draft.id,
        parent_id=parent.id if parent else None,
        kind=text.kind,
        position=position,
        text=text.text,
        revision=1,
        saved_at=now,
        saved_by_id=by.id,
    )
    db.session.add(part)
    if text.within:
        db.session.flush()
        for number, each in enumerate(text.within):
            add_text(draft, each, part, number, by=by, now=now)
    return part


def record(what: str, draft: CourseDraft, *, by: Person, now: datetime, **details: str | int) -> None:
    """Add the line to the audit trail that says what was done with a draft."""
    audit.record(
        f"training.draft-{what}",
        by=by.id,
        subject=f"course_draft:{draft.id}",
        now=now,
        details={"course": draft.code, **details},
    )


# Reading


def open_drafts() -> list[CourseDraft]:
    """The drafts that are being written, by code."""
    return list(
        db.session.scalars(
            select(CourseDraft)
            .where(CourseDraft.put_away_at.is_(None), CourseDraft.published_at.is_(None))
            .order_by(CourseDraft.code)
        )
    )


def draft_numbered(draft_id: int) -> CourseDraft:
    """A draft, whether open or not; refuses one that does not exist."""
    draft = db.session.get(CourseDraft, draft_id)
    if draft is None:
        raise NotFound("There is no such draft. All drafts are listed under Courses.")
    return draft


def part_numbered(draft_id: int, part_id: int) -> DraftPart:
    """A part of a draft, also one that was removed."""
    part = db.session.scalars(
        select(DraftPart)
        .where(DraftPart.id == part_id, DraftPart.draft_id == draft_id)
        .execution_options(populate_existing=True)  # what was read before the draft was locked may be old
    ).one_or_none()
    if part is None:
        raise NotFound("This draft has no such part. It may be listed among those that were removed.")
    return part


def parts_of(draft_id: int) -> list[DraftPart]:
    """The parts of a draft that are in it, in their order, with those of each unit after one another."""
    query = select(DraftPart).where(DraftPart.draft_id == draft_id).order_by(DraftPart.position, DraftPart.id)
    found = list(db.session.scalars(query.execution_options(populate_existing=True)))
    gone = {part.id for part in found if part.removed_at is not None}
    return [part for part in found if part.id not in gone and part.parent_id not in gone]


def files_of_draft(draft_id: int) -> DraftFiles:
    """The files of a draft as it is saved now."""
    return files_of(written(parts_of(draft_id)))


def written(parts: Sequence[DraftPart]) -> tuple[Written, ...]:
    """Parts as plain values."""
    return tuple(Written(part.id, part.parent_id, part.kind, part.text) for part in parts)


def slugs_in(parts: Sequence[DraftPart]) -> list[str]:
    """The slugs and keys of these parts, as far as their texts have one."""
    found = (re.search(r"^(?:slug|key): '?([a-z0-9-]+)'?$", part.text, re.MULTILINE) for part in parts)
    return [match[1] for match in found if match]


# Changing


def locked(draft_id: int) -> CourseDraft:
    """An open draft, locked until the transaction ends, so that changes to it come one after another."""
    query = select(CourseDraft).where(CourseDraft.id == draft_id).with_for_update(key_share=True)
    draft = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise NotFound("There is no such draft. All drafts are listed under Courses.")
    if draft.published_at is not None:
        raise Conflict("This draft was published. What is published never changes: begin the next version.")
    if draft.put_away_at is not None:
        raise Conflict("This draft is put away. Bring it back to go on with it.")
    return draft


def save(draft_id: int, part_id: int, text: str, *, seen: int, by: Person, now: datetime) -> DraftPart:
    """Save a part as its next revision. The same text sent twice is one revision.

    `seen` is the revision that the page showed. Refuses a text that is too long, and with `SavedMeanwhile` a page that
    another revision has overtaken.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"There is room for {LONGEST_TEXT:,} characters here. Make two of it.")
    draft = locked(draft_id)
    part = part_numbered(draft_id, part_id)
    if part.text == text:
        return part
    if part.removed_at is not None:
        raise Conflict("This part was removed while you wrote. All you typed is still here: bring the part back first.")
    if part.revision != seen:
        raise SavedMeanwhile(part, db.session.get_one(Person, part.saved_by_id).display_name)
    if part.saved_by_id != by.id or now - part.saved_at >= STANDS:
        _keep_earlier(part)
    is_first_of_many = part.saved_by_id == by.id and now - part.saved_at < STANDS and part.revision > 1
    part.text, part.revision, part.saved_at, part.saved_by_id = text, part.revision + 1, now, by.id
    if not is_first_of_many:  # saved as it is typed: a line for each would hide all others in the trail
        record("written", draft, by=by, now=now, part=part.id, revision=part.revision)
    return part


def _keep_earlier(part: DraftPart) -> None:
    db.session.add(
        EarlierText(
            part_id=part.id,
            revision=part.revision,
            text=part.text,
            saved_at=part.saved_at,
            saved_by_id=part.saved_by_id,
        )
    )
    oldest = (
        select(EarlierText.id)
        .where(EarlierText.part_id == part.id)
        .order_by(EarlierText.revision.desc())
        .offset(MOST_EARLIER - 1)
    )
    ids = db.session.scalars(oldest).all()
    if ids:
        db.session.execute(
            delete(EarlierText).where(EarlierText.id.in_(ids)).execution_options(synchronize_session=False)
        )


def add(
    draft_id: int,
    kind: PartKind,
    values: Mapping[str, Any],
    *,
    parent_id: int | None = None,
    by: Person,
    now: datetime,
) -> DraftPart:
    """Add a part with these values at the end, under a slug or key of its own.

    Refuses more than the format of packs takes, and a part within the wrong kind of unit.
    """
    draft = locked(draft_id)
    parent = part_numbered(draft_id, parent_id) if parent_id is not None else None
    beside = [part for part in parts_of(draft_id) if part.parent_id == parent_id]
    _refuse_misplaced(kind, parent)
    _refuse_too_many(kind, beside, 1)
    if kind in LISTS or kind in UNITS:
        name = "key" if kind in LISTS else "slug"
        values = {**values, name: slug_of(kind.value, taken=slugs_in(beside))}
    text = Text(kind, text_with(kind, values))
    part = add_text(draft, text, parent, max((each.position for each in beside), default=-1) + 1, by=by, now=now)
    db.session.flush()
    record("part-added", draft, by=by, now=now, part=part.id, kind=kind.value)
    return part


def _refuse_misplaced(kind: PartKind, parent: DraftPart | None) -> None:
    wanted = LISTS[kind][0] if kind in LISTS else None
    if (parent.kind if parent else None) != wanted:
        raise Invalid("That does not belong there. Add it on the page of its unit.")


def _refuse_too_many(kind: PartKind, beside: Sequence[DraftPart], new: int) -> None:
    kinds = UNITS if kind in UNITS else (kind,)
    most = MOST.get(kind, 1)
    if sum(part.kind in kinds for part in beside) + new > most:
        raise Conflict(f"There is room for {most} of these here, and no more.")


def remove(draft_id: int, part_id: int, *, by: Person, now: datetime) -> DraftPart:
    """Take a part out of the draft, with what it holds. It can be brought back."""
    draft, part = locked(draft_id), part_numbered(draft_id, part_id)
    if part.kind == PartKind.COURSE:
        raise Invalid("A course always says what it is about. Put the whole draft away instead.")
    if part.removed_at is None:
        part.removed_at = now
        record("part-removed", draft, by=by, now=now, part=part.id, kind=part.kind.value)
    return part


def bring_back_part(draft_id: int, part_id: int, *, by: Person, now: datetime) -> DraftPart:
    """Put a removed part back where it was."""
    draft, part = locked(draft_id), part_numbered(draft_id, part_id)
    if part.removed_at is not None:
        beside = [each for each in parts_of(draft_id) if each.parent_id == part.parent_id]
        _refuse_too_many(part.kind, beside, 1)
        part.removed_at = None
        record("part-brought-back", draft, by=by, now=now, part=part.id, kind=part.kind.value)
    return part


def move(draft_id: int, part_id: int, *, up: bool, by: Person, now: datetime) -> None:
    """Move a part one place up or down among those of its list; at the end of it, nothing happens."""
    draft, part = locked(draft_id), part_numbered(draft_id, part_id)
    kinds = UNITS if part.kind in UNITS else (part.kind,)
    beside = [each for each in parts_of(draft_id) if each.parent_id == part.parent_id and each.kind in kinds]
    if part not in beside:
        return
    here = beside.index(part)
    there = here - 1 if up else here + 1
    if 0 <= there < len(beside):
        beside[here], beside[there] = beside[there], beside[here]
        for position, each in enumerate(beside):
            each.position = position
        record("part-moved", draft, by=by, now=now, part=part.id, kind=part.kind.value)


# Adding questions in bulk


def unit_called(draft_id: int, slug: str, kind: PartKind) -> DraftPart:
    """The unit of this kind and slug in a draft."""
    found = next((p for p in parts_of(draft_id) if p.kind == kind and slugs_in([p]) == [slug]), None)
    if found is None:
        raise NotFound("This draft has no such unit. Its outline lists those that it has.")
    return found


def units_called(draft_id: int, kind: PartKind) -> dict[str, str]:
    """The titles of the units of one kind, by slug, in their order: the quizzes to add to, or the lessons to name."""
    found = {}
    for part in parts_of(draft_id):
        if part.kind == kind and (slugs := slugs_in([part])):
            found[slugs[0]] = label_of(written([part])[0])
    return found


def add_questions(
    draft_id: int, quiz_key: str, questions: Sequence[Question], *, by: Person, now: datetime
) -> list[DraftPart]:
    """Add questions to the end of the quiz with this slug: all of them, or none.

    Refuses with a sentence for each question that has a fault of its own, has a key that another one has, or is about a
    lesson that the draft does not have; and more questions than a quiz takes.
    """
    draft = locked(draft_id)
    quiz = unit_called(draft_id, quiz_key, PartKind.QUIZ)
    parts = parts_of(draft_id)
    beside = [part for part in parts if part.parent_id == quiz.id]
    _refuse_too_many(PartKind.QUESTION, beside, len(questions))
    taken, lessons = set(slugs_in(beside)), set(slugs_in([part for part in parts if part.kind == PartKind.LESSON]))
    sentences = []
    for question in questions:
        sentences += [sentence for _place, sentence in pack_checks.check_question((), question)]
        if question.key in taken:
            sentences.append(f"two questions are called “{question.key}”.")
        if question.about not in lessons:
            sentences.append(f"question “{question.key}” is about “{question.about}”, but no lesson has that slug.")
        taken.add(question.key)
    if sentences:
        raise Invalid(*sentences)
    first = max((part.position for part in beside), default=-1) + 1
    added = [
        add_text(draft, Text(PartKind.QUESTION, text_of(question)), quiz, first + number, by=by, now=now)
        for number, question in enumerate(questions)
    ]
    db.session.flush()
    record("questions-added", draft, by=by, now=now, part=quiz.id, count=len(added))
    return added


def earlier_text(part_id: int, revision: int) -> str | None:
    """What a part held as this revision, or None where that is not kept."""
    query = select(EarlierText.text).where(EarlierText.part_id == part_id, EarlierText.revision == revision)
    return db.session.scalar(query)


def earlier_texts(part_id: int, *, most: int = 10) -> list[tuple[EarlierText, str]]:
    """What a part held before, the newest first, each with who wrote it."""
    query = (
        select(EarlierText, Person.display_name)
        .join(Person, Person.id == EarlierText.saved_by_id)
        .where(EarlierText.part_id == part_id)
        .order_by(EarlierText.revision.desc())
        .limit(most)
    )
    return [(row.EarlierText, row.display_name) for row in db.session.execute(query)]


def removed_from(draft_id: int) -> list[DraftPart]:
    """The parts that were taken out of a draft, the latest first, without those within another of them."""
    query = (
        select(DraftPart)
        .where(DraftPart.draft_id == draft_id, DraftPart.removed_at.is_not(None))
        .order_by(DraftPart.removed_at.desc())
        .limit(MOST_LISTED)
    )
    return list(db.session.scalars(query))
