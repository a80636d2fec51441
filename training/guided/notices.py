"""The e-mails of guided courses: a part has opened, and a note to a group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from training import catalogue
from training.guided import progress
from training.guided.models import GuidedGroup, GuidedNote
from training.models import Course


@dataclass(frozen=True)
class PartOpen(Notice):
    """A part of a course that somebody takes a part at a time has opened."""

    kind: ClassVar[str] = "guided-part-open"
    pace_id: int
    part: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not while they pause, nor once they left, finished the course or have done the part."""
        where = progress.where_in(self.pace_id, now=now)
        return where is not None and where.is_to_prompt(self.part)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        where = progress.where_in(self.pace_id, now=now)
        assert where is not None, "an e-mail that is no longer wanted is not rendered"
        part, following = where.paced.parts[self.part - 1], where.paced.next_part
        return {
            "title": where.pack.title,
            "code": where.pack.code,
            "part": part,
            "parts": len(where.paced.parts),
            "leader": where.paced.own.leader,
            "next_opens_on": where.paced.opens_on(following) if following else None,
            "is_last": following is None,
        }


@dataclass(frozen=True)
class NoteToGroup(Notice):
    """Somebody who leads a guided group wrote to everybody in it."""

    kind: ClassVar[str] = "guided-note"
    note_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it was taken back, nor to somebody who is no longer with the group."""
        note = db.session.get_one(GuidedNote, self.note_id)
        return note.taken_back_at is None and progress.is_with(to, note.group_id)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        note = db.session.get_one(GuidedNote, self.note_id)
        group = db.session.get_one(GuidedGroup, note.group_id)
        code = db.session.get_one(Course, group.course_id).code
        return {
            "title": catalogue.course_called(code)[1].title,
            "code": code,
            "writer": db.session.get_one(Person, note.written_by_id),
            "paragraphs": [each for each in note.text.split("\n\n") if each.strip()],
        }
