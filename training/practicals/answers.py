"""What learners answer to their feedback, and what markers say to that: a few times each, and bounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app import db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from training.practicals.handing_in import SEND_WITHIN, note
from training.practicals.marking import locked, marks_of
from training.practicals.models import NoteKind, PracticalNote, TryState
from training.practicals.notices import PracticalAnswered

LONGEST_ANSWER = 2000  # characters
MOST_ANSWERS = 3  # of one person, about one try


def answer(try_id: int, text: str, *, shown: int, by: Person, now: datetime) -> None:
    """Answer to the feedback on one's own try, or, as one of its markers, to the learner; the others are told.

    `shown` is the number of answers that the page showed. The same answer sent twice counts once. Refuses everybody
    else as not found, what is not marked, more than three answers of one person, and a text that is too long.
    """
    row = locked(try_id)
    markers = {each.marker_id for each in marks_of(row)}
    if by.id != row.person_id and by.id not in markers:
        raise NotFound("There is nothing there to answer to.")
    said = text.replace("\r\n", "\n").strip()
    earlier = answers_to(try_id)
    own = [each for each in earlier if each.by_id == by.id]
    if own and len(earlier) > shown and own[-1].text == said:
        return
    if row.state not in (TryState.PASSED, TryState.AGAIN):
        raise Conflict("This waits for a mark now, so there is nothing to answer to yet.")
    if not said or len(said) > LONGEST_ANSWER:
        raise Invalid(f"Write your answer, up to {LONGEST_ANSWER:,} characters.", field="answer")
    if len(own) >= MOST_ANSWERS:
        raise Conflict("You have answered three times here. Please talk about the rest in person.")
    new = PracticalNote(try_id=row.id, kind=NoteKind.ANSWER, by_id=by.id, text=said, written_at=now)
    db.session.add(new)
    db.session.flush()
    note("answered", row, by=by.id, now=now)
    for to in sorted(({row.person_id} | markers) - {by.id}):
        queue.enqueue(
            PracticalAnswered(note_id=new.id),
            to=to,
            once=f"practical-answered:{new.id}:{to}",
            now=now,
            deadline=now + SEND_WITHIN,
        )


def answers_to(try_id: int) -> Sequence[PracticalNote]:
    """The answers of both sides, the earliest first."""
    return db.session.scalars(
        select(PracticalNote)
        .where(PracticalNote.try_id == try_id, PracticalNote.kind == NoteKind.ANSWER)
        .order_by(PracticalNote.id)
    ).all()
