"""What a person decides about their own pace: beginning one, pausing, going on, leaving it, and taking it up again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from app import audit, clock, db, settings
from app.people.models import Person
from app.refusals import Conflict, Invalid
from training import catalogue
from training.guided.models import GuidedGroup, GuidedPace
from training.guided.pace import parts_of
from training.guided.paces import takes_parts
from training.models import Course, CourseVersion, Enrolment

LONGEST_PAUSE = timedelta(days=366)  # for a longer pause people say “until I go on”
NO_PACE = "You do not take this course a part at a time at the moment, so there is nothing to change."


def begin(enrolment: Enrolment, *, by: Person, now: datetime) -> GuidedPace:
    """Take a course a part a week from today on; a form sent twice begins one pace.

    Refuses a refresher, a catch-up, and a course that has only one part.
    """
    db.lock_people([by.id])
    if not takes_parts(enrolment):
        raise Conflict("A refresher is short, and is open all at once.")
    version = db.session.get_one(CourseVersion, enrolment.course_version_id)
    if len(parts_of(catalogue.pack_of(version).units)) < 2:
        raise Conflict("This course is too short to be taken in parts.")
    if (present := _open_pace(by.id, enrolment.course_id)) is not None:
        return present
    pace = GuidedPace(
        person_id=by.id,
        course_id=enrolment.course_id,
        first_day=_today(now),
        days_later=0,
        begun_by_id=by.id,
        begun_at=now,
    )
    db.session.add(pace)
    db.session.flush()
    _record("begun", pace, by=by, now=now)
    return pace


def pause(code: str, until: date | None, *, by: Person, now: datetime) -> None:
    """Stop opening parts from today on, until a day or until the person goes on. Parts that are open stay open.

    Pausing again changes the day. Refuses a day that is not to come, or more than a year ahead.
    """
    today = _today(now)
    if until is not None and until <= today:
        raise Invalid("Go on again on: give a day to come.", field="until")
    if until is not None and until > today + LONGEST_PAUSE:
        raise Invalid("Go on again on: give a day within a year, or leave it empty.", field="until")
    pace = _own(code, by)
    _end_pause(pace, today)
    pace.paused_on, pace.paused_until = today, until
    _record("paused", pace, by=by, now=now)


def go_on(code: str, *, by: Person, now: datetime) -> None:
    """Go on today after a pause; the days to come are later by as much as it lasted. Refuses nothing."""
    pace = _own(code, by)
    if pace.paused_on is not None:
        _end_pause(pace, _today(now))
        _record("gone-on", pace, by=by, now=now)


def leave(code: str, *, by: Person, now: datetime) -> None:
    """Leave the pace, and the group if there is one: every part is open from now on, and nothing done is lost."""
    pace = _own(code, by)
    pace.ended_at, pace.ended_by_id = now, by.id
    _record("left", pace, by=by, now=now)


def take_up_again(code: str, *, by: Person, now: datetime) -> None:
    """Go back to the pace that the person left themselves. Refuses one that somebody else ended."""
    course, _version = catalogue.course_called(code)
    db.lock_people([by.id])
    if _open_pace(by.id, course.id) is not None:
        return
    pace = left_by_themselves(by.id, course)
    if pace is None:
        raise Conflict("There is no pace to go back to.")
    pace.ended_at = pace.ended_by_id = None
    _record("taken-up-again", pace, by=by, now=now)


def left_by_themselves(person_id: int, course: Course) -> GuidedPace | None:
    """The latest pace of a person in a course, if they left it themselves and its group goes on."""
    row = db.session.execute(
        select(GuidedPace, GuidedGroup.ended_at)
        .outerjoin(GuidedGroup, GuidedGroup.id == GuidedPace.group_id)
        .where(GuidedPace.person_id == person_id, GuidedPace.course_id == course.id)
        .order_by(GuidedPace.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or row.ended_at is not None or row.GuidedPace.ended_by_id != person_id:
        return None
    found: GuidedPace = row.GuidedPace
    return found


def _own(code: str, by: Person) -> GuidedPace:
    course, _version = catalogue.course_called(code)
    db.lock_people([by.id])
    pace = _open_pace(by.id, course.id)
    if pace is None:
        raise Conflict(NO_PACE)
    return pace


def _open_pace(person_id: int, course_id: int) -> GuidedPace | None:
    return db.session.scalars(
        select(GuidedPace).where(
            GuidedPace.person_id == person_id, GuidedPace.course_id == course_id, GuidedPace.ended_at.is_(None)
        )
    ).one_or_none()


def _end_pause(pace: GuidedPace, today: date) -> None:
    """End the pause there is, today or on its day if that was before, and move the days to come by what it lasted."""
    if pace.paused_on is not None:
        ended = today if pace.paused_until is None else min(today, pace.paused_until)
        pace.days_later += (ended - pace.paused_on).days
        pace.paused_on = pace.paused_until = None


def _today(now: datetime) -> date:
    return clock.on(now, settings.current().zone)


def _record(what: str, pace: GuidedPace, *, by: Person, now: datetime) -> None:
    audit.record(f"training.pace-{what}", by=by.id, subject=f"guided_pace:{pace.id}", now=now)
