"""The notice with which staff remind somebody of what they have to learn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from training.programme.path import CourseOnPath
from training.teaching import paths
from training.teaching.states import cell_of, to_remind_of


@dataclass(frozen=True)
class CoursesToDo(Notice):
    """Somebody is reminded of their courses that are due, lapse soon or are still to do: all of them in one e-mail.

    What it names is read when it is sent, so nobody is reminded of what they did in the meantime.
    """

    kind: ClassVar[str] = "courses-to-do"
    by_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        return bool(to_remind_of(map(cell_of, _path(to, now))))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        path = {each.status.code: each for each in _path(to, now)}
        cells = to_remind_of(map(cell_of, path.values()))
        return {
            "by": db.session.get_one(Person, self.by_id).display_name,
            "courses": [(cell, path[cell.code].status.minutes) for cell in cells],
        }


def _path(person_id: int, now: datetime) -> tuple[CourseOnPath, ...]:
    (one,) = paths.paths_of([person_id], now=now)
    return one.courses
