"""A person's courses in the order in which to take them: what has a date, what is begun, what is needed, what is free.

Today and the Learning page show the same first course, because both ask here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from training import course_status
from training.course_status import CourseStatus
from training.programme.assigned import Assigned, asked_of
from training.programme.order import programme_now, to_pass_before
from training.programme.required import needed_by

NEAR = timedelta(days=31)  # a day further off does not push aside what somebody has begun; our own choice


@dataclass(frozen=True)
class CourseOnPath:
    """One course for one person, with why and by when it is theirs to take."""

    status: CourseStatus
    needed_for: tuple[str, ...]
    asked: Assigned | None
    first: tuple[str, ...]  # titles of courses to pass before it can be begun

    @property
    def due_on(self) -> date | None:
        """The day by which it has to be done: the day they were asked for, or the last day of what they passed."""
        passed, one = self.status.passed, self.status
        lapses_on = passed.holds_until if passed and (one.lapses_soon or one.catch_up) else None
        asked_for = self.asked.due_on if self.asked else None
        return min((day for day in (lapses_on, asked_for) if day is not None), default=None)

    @property
    def is_near(self) -> bool:
        """Whether its day is at most a month off, or past."""
        return self.due_on is not None and self.due_on - self.status.today <= NEAR

    @property
    def may_be_begun(self) -> bool:
        """Whether nothing has to be passed first."""
        return not self.first

    @property
    def is_to_do(self) -> bool:
        """Whether there is something to learn: never passed, lapsed or about to, changed since, or asked for."""
        one = self.status
        return self.asked is not None or not one.holds or one.lapses_soon or one.catch_up is not None


@dataclass(frozen=True)
class LearningPath:
    """All courses of one person, each in one of the groups, in the order of the programme."""

    dated: tuple[CourseOnPath, ...]  # with a day, the earliest first
    begun: tuple[CourseOnPath, ...]
    needed: tuple[CourseOnPath, ...]
    free: tuple[CourseOnPath, ...]  # of one's own choice
    behind: tuple[CourseOnPath, ...]  # they hold, and there is nothing to do

    @property
    def nearest(self) -> CourseOnPath | None:
        """What to do next: what has a near day, else what is begun, has a later day, is needed, or is free."""
        near = [each for each in self.dated if each.is_near]
        in_order = [*near, *self.begun, *self.dated, *self.needed, *self.free]
        return next((each for each in in_order if each.may_be_begun), None)

    @property
    def is_new(self) -> bool:
        """Whether this is somebody who has never begun nor passed anything."""
        everything = (*self.dated, *self.begun, *self.needed, *self.free, *self.behind)
        return all(each.status.enrolment is None and each.status.passed is None for each in everything)

    @property
    def ahead(self) -> int:
        """How many courses there are to do, without those that are free to choose."""
        return len(self.dated) + len(self.begun) + len(self.needed)


def path_of(person_id: int, *, now: datetime) -> LearningPath:
    """The courses of a person. Beyond the statuses of courses, one query for what staff asked of them."""
    programme = programme_now(now)
    needed, asked = needed_by(person_id, now=now), {each.code: each for each in asked_of(person_id, now=now)}
    statuses = sorted(course_status.statuses_of(person_id, now=now), key=lambda one: programme.place(one.code))
    passed = {one.code for one in statuses if one.passed is not None and not one.passed.is_withdrawn}
    courses = [
        CourseOnPath(
            status=one,
            needed_for=tuple(needed.get(one.code, ())),
            asked=asked.get(one.code),
            first=() if one.enrolment else tuple(to_pass_before(one.code, passed, programme).values()),
        )
        for one in statuses
    ]
    return _grouped(courses)


def _grouped(courses: list[CourseOnPath]) -> LearningPath:
    groups: dict[str, list[CourseOnPath]] = {"dated": [], "begun": [], "needed": [], "free": [], "behind": []}
    for each in courses:
        groups[_group(each)].append(each)
    groups["dated"].sort(key=lambda each: (each.due_on or date.max, not each.status.is_open))
    return LearningPath(**{name: tuple(group) for name, group in groups.items()})


def _group(each: CourseOnPath) -> str:
    if each.is_to_do and each.due_on is not None:
        return "dated"
    if each.status.is_open:
        return "begun"
    if not each.is_to_do:
        return "behind"
    return "needed" if each.needed_for or each.status.has_lapsed else "free"
