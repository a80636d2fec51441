"""Training's first step: the courses that the pathway asks for are here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from app.first_steps.steps import Facts, FirstStep, Standing, done, to_do, trouble
from app.people.rights import CorePermission
from app.wording import plural
from training import catalogue, learning, needed_slots
from training.models import Course
from training.permissions import TrainingPermission


def _courses(now: datetime) -> dict[str, ScalarSelect[Any]]:
    asked = learning.courses_asked_for(now)
    missing = {f"course:{code}": select(func.count(Course.id)).where(Course.code == code) for code in asked}
    return {
        "courses": select(func.count(Course.id)).scalar_subquery(),
        **{name: query.scalar_subquery() for name, query in missing.items()},
    }


def courses(facts: Facts, now: datetime) -> Standing:
    """Whether there is a course, and each that the pathway asks for."""
    asked = learning.courses_asked_for(now)
    if not facts["courses"]:
        return to_do("No course is here yet.")
    if missing := [title for code, title in asked.items() if not facts[f"course:{code}"]]:
        return trouble(f"The pathway asks for a course that is not here, so nobody can pass it: {', '.join(missing)}.")
    return done(f"{plural(facts['courses'], 'course', 'courses')}, {len(asked)} asked for by the pathway.")


def slots(_facts: Facts, _now: datetime) -> Standing:
    """Whether the organisation has said what its courses must not be taught without."""
    if not catalogue.all_courses():
        return to_do("No course is here yet. Once there is one, this says what it needs.")
    not_said = needed_slots.not_said()
    if not not_said:
        return done("Everything that the courses here must be able to say.")
    titles = catalogue.titles()
    words = (f"“{titles[code]}” needs {', '.join(slot.title for slot in empty)}" for code, empty in not_said.items())
    return to_do(f"{'; '.join(words)}. Until then learners read general advice.")


FIRST_STEPS = (
    FirstStep(
        key="courses",
        title="The courses you ask for",
        about="Take the courses that you want of those that ship. What people must pass is written in the pathway.",
        minutes=5,
        order=80,
        button="Choose courses",
        path="/learning/courses",
        permission=TrainingPermission.INSTALL,
        standing=courses,
        asks=_courses,
        role="trainer",
    ),
    FirstStep(
        key="course-slots",
        title="What your courses must be able to say",
        about="Courses name your safeguarding lead and more. Where you said nothing, they give general advice.",
        minutes=10,
        order=85,
        button="Fill it in",
        path="/admin/organisation/support",
        permission=CorePermission.ADMINISTER,
        standing=slots,
    ),
)
