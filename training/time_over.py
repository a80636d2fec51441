"""Tries whose time is over and that their people have not come back to: finished with the answers that were given."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import db, settings
from app.people.models import Person
from training import signing_keys
from training.attempts import end_if_over
from training.learning import progress_in
from training.models import Course, Enrolment, UnitAttempt
from training.quiz_time import GRACE

EVERY = timedelta(minutes=5)


def end_all(now: datetime) -> None:
    """Finish every open try whose time is over; each in a transaction of its own, since one may pass a course."""
    over = select(UnitAttempt.id).where(UnitAttempt.finished_at.is_(None), UnitAttempt.answers_until < now - GRACE)
    ids = db.session.scalars(over.order_by(UnitAttempt.id)).all()
    if ids:
        signing_keys.current(settings.current().keys, now=now)
    for attempt_id in ids:
        with db.writing():
            _end(attempt_id, now=now)


def _end(attempt_id: int, *, now: datetime) -> None:
    attempt = db.session.get_one(UnitAttempt, attempt_id)
    enrolment = db.session.get_one(Enrolment, attempt.enrolment_id)
    db.lock_people([enrolment.person_id])
    db.session.refresh(attempt)
    person = db.session.get_one(Person, enrolment.person_id)
    code = db.session.get_one(Course, enrolment.course_id).code
    progress = progress_in(person, code, now=now)
    if attempt.finished_at is None and progress.enrolment.id == enrolment.id:
        end_if_over(progress, attempt, by=person, now=now)
