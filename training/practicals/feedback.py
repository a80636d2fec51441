"""What a page shows of a try that was marked: levels, comments and answers, as far as its reader may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app import db
from app.people.directory import names_of
from app.people.models import Person
from app.refusals import NotFound
from training.practicals import rules
from training.practicals.answers import MOST_ANSWERS
from training.practicals.marking import marks_of
from training.practicals.models import NoteKind, PracticalMark, PracticalNote, PracticalTry, TryState
from training.practicals.rubrics import Criterion, Rubric
from training.practicals.to_mark import Work, may_mark, of_others, works


@dataclass(frozen=True)
class MarkShown:
    """One mark with its comments."""

    row: PracticalMark
    by: str
    comments: dict[str | None, str]  # by the key of the criterion; None: about the whole


@dataclass(frozen=True)
class Note:
    """An answer, or the reason of a withdrawal."""

    by: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Feedback:
    """A try as one reader may see it."""

    row: PracticalTry
    rubric: Rubric | None
    marks: tuple[MarkShown, ...]
    answers: tuple[Note, ...]
    withdrawals: tuple[Note, ...]
    may_answer: bool

    @property
    def is_decided(self) -> bool:
        """Whether it has its result."""
        return self.row.state in (TryState.PASSED, TryState.AGAIN)

    def meets(self, criterion: Criterion, mark: MarkShown) -> bool:
        """Whether this mark passes the criterion."""
        return rules.meets(criterion, mark.row.levels.get(criterion.key, 0))


def feedback_on(row: PracticalTry, reader: Person) -> Feedback:
    """What this reader may see of a try: before its result only their own mark, so that a second one stays its own."""
    marks = marks_of(row)
    is_decided = row.state in (TryState.PASSED, TryState.AGAIN)
    seen = marks if is_decided else [each for each in marks if each.marker_id == reader.id]
    notes = db.session.scalars(
        select(PracticalNote).where(PracticalNote.try_id == row.id).order_by(PracticalNote.id)
    ).all()
    names = names_of([*(each.marker_id for each in seen), *(each.by_id for each in notes)])
    own = [each for each in notes if each.kind is NoteKind.ANSWER and each.by_id == reader.id]
    takes_part = reader.id == row.person_id or reader.id in {each.marker_id for each in marks}
    return Feedback(
        row=row,
        rubric=None if row.rubric is None else Rubric.model_validate(row.rubric),
        marks=tuple(
            MarkShown(each, names[each.marker_id], {one.criterion: one.text for one in notes if one.mark_id == each.id})
            for each in seen
        ),
        answers=_of_kind(notes, NoteKind.ANSWER, names),
        withdrawals=_of_kind(notes, NoteKind.WITHDRAWAL, names),
        may_answer=is_decided and takes_part and len(own) < MOST_ANSWERS,
    )


def _of_kind(notes: Sequence[PracticalNote], kind: NoteKind, names: dict[int, str]) -> tuple[Note, ...]:
    return tuple(Note(names[each.by_id], each.text, each.written_at) for each in notes if each.kind is kind)


def work_for(try_id: int, reader: Person, *, now: datetime) -> Work:
    """A try that a marker may read: what they have taken or marked, and what has its result. Refuses the rest.

    Never their own, nor that of somebody about whom they said “not me”.
    """
    own_mark = select(PracticalMark.id).where(
        PracticalMark.try_id == PracticalTry.id, PracticalMark.marker_id == reader.id
    )
    readable = or_(
        PracticalTry.taken_by_id == reader.id,
        PracticalTry.state.in_((TryState.PASSED, TryState.AGAIN)),
        own_mark.exists() & (PracticalTry.state != TryState.DRAFT),
    )
    found = works(PracticalTry.id == try_id, of_others(reader.id), readable) if may_mark(reader.id, now) else []
    if not found:
        raise NotFound("This is not with you: it was given back or taken back, or another marker has it.")
    return found[0]
