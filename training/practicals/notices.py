"""The notices about practicals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from training import catalogue
from training.models import CourseVersion, Enrolment
from training.practicals import to_mark
from training.practicals.models import PracticalNote, PracticalTry, TryState


def _about(row: PracticalTry) -> dict[str, Any]:
    enrolment = db.session.get_one(Enrolment, row.enrolment_id)
    version = db.session.get_one(CourseVersion, enrolment.course_version_id)
    unit = catalogue.pack_of(version).unit(row.unit)
    return {
        "row": row,
        "title": version.title,
        "unit_title": unit.title if unit else "",
        "code": catalogue.course_of(version)[0].code,
        "slug": row.unit,
    }


@dataclass(frozen=True)
class PracticalsWait(Notice):
    """To a marker, at most once a day: how many practicals wait for a mark, in one e-mail."""

    kind: ClassVar[str] = "practicals-wait"

    def still_wanted(self, to: int, now: datetime) -> bool:
        return to_mark.may_mark(to, now) and bool(to_mark.how_many_wait(to, now))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        waiting = to_mark.waiting_for(to, now)
        return {"waiting": len(waiting), "days": max(each.waits(now).days for each in waiting)}


@dataclass(frozen=True)
class ConversationArranged(Notice):
    """To a learner: a marker has said when and where the mock conversation is."""

    kind: ClassVar[str] = "conversation-arranged"
    try_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        row = db.session.get_one(PracticalTry, self.try_id)
        return row.meet_at is not None and row.meet_at > now

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        row = db.session.get_one(PracticalTry, self.try_id)
        return {**_about(row), "by": db.session.get_one(Person, row.taken_by_id).display_name}


@dataclass(frozen=True)
class ConversationCalledOff(Notice):
    """To the other of the two: a mock conversation that was arranged does not take place."""

    kind: ClassVar[str] = "conversation-called-off"
    try_id: int
    by_id: int

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        row = db.session.get_one(PracticalTry, self.try_id)
        by = db.session.get_one(Person, self.by_id).display_name
        return {**_about(row), "by": by, "is_learner": to == row.person_id}


@dataclass(frozen=True)
class PracticalMarked(Notice):
    """To a learner: a practical has its result."""

    kind: ClassVar[str] = "practical-marked"
    try_id: int
    round: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.get_one(PracticalTry, self.try_id).round == self.round

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        row = db.session.get_one(PracticalTry, self.try_id)
        return {**_about(row), "passed": row.state is TryState.PASSED}


@dataclass(frozen=True)
class PracticalAnswered(Notice):
    """To the other side: somebody answered to the feedback on a practical, or to an answer."""

    kind: ClassVar[str] = "practical-answered"
    note_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.get(PracticalNote, self.note_id) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        note = db.session.get_one(PracticalNote, self.note_id)
        row = db.session.get_one(PracticalTry, note.try_id)
        by = db.session.get_one(Person, note.by_id).display_name
        return {**_about(row), "by": by, "is_learner": to == row.person_id}


@dataclass(frozen=True)
class MarkWithdrawn(Notice):
    """To a learner: the mark of a practical no longer counts."""

    kind: ClassVar[str] = "mark-withdrawn"
    try_id: int
    round: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return db.session.get_one(PracticalTry, self.try_id).round == self.round

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        row = db.session.get_one(PracticalTry, self.try_id)
        return {**_about(row), "waits": row.state is not TryState.VOID}
