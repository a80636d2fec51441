"""How much time a try at a quiz has, where its course sets a limit. Most set none: learning is not an exam.

Decided here alone, and kept with the try when it begins. What was answered in time counts; the rest counts as not
answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from training.models import UnitAttempt
from training.pack import Quiz
from training.time_models import MoreTime

# An answer on its way when the time ends is taken: for a slow network, and so that nobody races the last second.
GRACE = timedelta(seconds=60)


def allowed(quiz: Quiz, more: MoreTime | None) -> timedelta | None:
    """The time for a try, with what a person was given on top; None without a limit. Pure."""
    if quiz.minutes_allowed is None:
        return None
    usual = timedelta(minutes=quiz.minutes_allowed)
    if more is None:
        return usual
    return usual + timedelta(minutes=more.minutes or 0) + usual * (more.percent or 0) / 100


def is_over(attempt: UnitAttempt, now: datetime) -> bool:
    """Whether no answer to this try is taken any more because its time is over. Pure."""
    return attempt.answers_until is not None and now > attempt.answers_until + GRACE


def given_to(person_id: int, course_id: int, quiz: Quiz) -> MoreTime | None:
    """The more time that a person has for a quiz; no query where it sets no limit."""
    if quiz.minutes_allowed is None:
        return None
    return db.session.scalars(
        select(MoreTime).where(
            MoreTime.person_id == person_id,
            MoreTime.course_id == course_id,
            MoreTime.unit == quiz.slug,
            MoreTime.ended_at.is_(None),
        )
    ).one_or_none()


def time_for(person_id: int, course_id: int, quiz: Quiz) -> timedelta | None:
    """How long a try that a person begins now takes at most; None without a limit."""
    return allowed(quiz, given_to(person_id, course_id, quiz))
