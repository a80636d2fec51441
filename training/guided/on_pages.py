"""What the learner's pages show of a course that is taken a part at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.people.models import Person
from training import catalogue
from training.course_status import CourseStatus
from training.guided import own, progress
from training.guided.pace import DAYS_BETWEEN, Part, parts_of
from training.guided.paces import PacedCourse, pace_in, paces_of, takes_parts
from training.guided.progress import Note
from training.programme.assigned import asked_of
from training.programme.path import LearningPath


@dataclass(frozen=True)
class GuidedCourse:
    """A course for one person, as its page shows it: their pace, or the offer of one."""

    paced: PacedCourse | None
    notes: tuple[Note, ...]
    offered: tuple[Part, ...]  # the parts, where they may begin a part a week; else none
    offer_ends_on: date  # when the last part of that would open
    due_on: date | None  # the day by which staff asked for the course
    may_go_back: bool  # whether they left a pace themselves, and can take it up again

    @property
    def offer_ends_late(self) -> bool:
        """Whether a part a week would end after the day by which the course is asked for."""
        return self.due_on is not None and self.offer_ends_on > self.due_on


def guided_course(person: Person, status: CourseStatus, *, now: datetime) -> GuidedCourse:
    """What the page of a course shows of a pace; nothing for a refresher, a catch-up and a passed course."""
    enrolment, parts = status.enrolment, parts_of(status.pack.units)
    whole = takes_parts(enrolment) if enrolment is not None else True
    paced = pace_in(person.id, status.pack, status.done if enrolment else (), now=now) if whole else None
    may_be_begun = enrolment is None and paced is None and len(parts) > 1
    asked = {each.code: each.due_on for each in asked_of(person.id)} if paced or may_be_begun else {}
    course, _newest = next(each for each in catalogue.all_courses() if each[0].code == status.code)
    return GuidedCourse(
        paced=paced,
        notes=tuple(progress.notes_for(person.id, status.code)) if paced and paced.own.group_id else (),
        offered=parts if may_be_begun else (),
        offer_ends_on=status.today + timedelta(days=DAYS_BETWEEN * (len(parts) - 1)),
        due_on=asked.get(status.code),
        may_go_back=status.is_open and whole and not paced and own.left_by_themselves(person.id, course) is not None,
    )


def paced_courses(path: LearningPath) -> Mapping[str, PacedCourse]:
    """The courses in progress that are taken a part at a time, by code; one query."""
    found = {}
    for one in (*path.dated, *path.begun):
        status, enrolment = one.status, one.status.enrolment
        if enrolment is not None and takes_parts(enrolment):
            paced = paces_of(enrolment.person_id).get(status.code)
            if paced is not None:
                found[status.code] = paced.on_course(status.pack, status.done, status.today)
    return found
