"""The notices about courses that staff asked people to take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import clock, settings
from app.outbox.notice import Notice
from training import course_status
from training.programme import assigned


@dataclass(frozen=True)
class CourseAssigned(Notice):
    """Somebody is asked to take a course by a day."""

    kind: ClassVar[str] = "course-assigned"
    assignment_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return assigned.still_asked(self.assignment_id) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return _context(self.assignment_id, to, now)


@dataclass(frozen=True)
class CourseDue(Notice):
    """The day by which somebody was asked to take a course is near, or has just passed."""

    kind: ClassVar[str] = "course-due"
    assignment_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return assigned.still_asked(self.assignment_id) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return _context(self.assignment_id, to, now)


def _context(assignment_id: int, to: int, now: datetime) -> dict[str, Any]:
    asked = assigned.still_asked(assignment_id)
    assert asked is not None, "an e-mail that is no longer wanted is not rendered"
    status = course_status.status_in(to, asked.code, now=now)
    return {
        "title": status.pack.title,
        "code": asked.code,
        "due_on": asked.due_on,
        "by": asked.by,
        "is_over": asked.is_overdue(clock.on(now, settings.current().zone)),
        "minutes": status.minutes,
    }
