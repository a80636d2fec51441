"""Reminders that training is about to lapse."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app import clock, db, settings
from app.outbox import queue
from app.outbox.notice import Notice
from progression import asked_again
from progression.asked_again import Asked
from progression.models import Evidence
from training import catalogue, updates
from training.models import EVIDENCE_KIND, Completion, CourseVersion
from training.notices import (
    PartAskedAgain,
    TakenOverTrainingLapses,
    TrainingLapses,
    current_completions,
    ends_asked,
    passes_taken_over,
)

# Two months leave time for a quiet evening; two weeks are the last good moment before shifts are affected.
DAYS_BEFORE = (60, 14)
ASKED_DAYS_BEFORE = (3, 14)
AT_ONCE = 200  # e-mails queued in one transaction, so that nobody waits long for its lock
RUNS_AT = time(9, 0)  # in the morning, when people can still plan their evening


def remind_people(now: datetime) -> None:
    """Queue an e-mail to people whose training lapses: one 60 and one 14 days before, however often this runs.

    Where a new version lets a pass hold for less long, by that day: not before the refresher opens, since until then
    `tell_who_is_asked` says it.
    """
    today = clock.on(now, settings.current().zone)
    with db.writing():
        last = today + timedelta(days=max(DAYS_BEFORE))
        passed_here = current_completions().where(Completion.valid_until.between(today, last))
        elsewhere = passes_taken_over().where(Evidence.valid_until.between(today, last))
        calls = ends_asked(Evidence.valid_until.between(today, last))
        for row in db.session.execute(passed_here).all():
            notice = TrainingLapses(completion_id=row.id)
            _remind(notice, row.id, row.person_id, row.valid_until, calls.get(row.evidence_id), now=now)
        for evidence_id, person_id, valid_until in db.session.execute(elsewhere).all():
            assert valid_until is not None, "it lies between two days"
            notice_taken_over = TakenOverTrainingLapses(evidence_id)
            _remind(notice_taken_over, evidence_id, person_id, valid_until, calls.get(evidence_id), now=now)


def tell_who_is_asked(now: datetime) -> None:
    """Queue an e-mail to everybody whom a new version asks for parts of a course again, and reminders before the day.

    It comes the morning after a version is installed, so a version called major by mistake can be corrected first. Each
    person gets one e-mail at the beginning, one 14 and one 3 days before the day, however often this runs.
    """
    zone = settings.current().zone
    today = clock.on(now, zone)
    codes = {course.id: course.code for course, _version in catalogue.all_courses()}
    for each in asked_again.in_force():
        version = db.session.get(CourseVersion, each.edition) if each.kind == EVIDENCE_KIND else None
        if version is None or codes.get(version.course_id) != each.key or each.holds_until < today:
            continue
        days_left = (each.holds_until - today).days
        step = min((days for days in ASKED_DAYS_BEFORE if days_left <= days), default="first")
        people = updates.people_asked(each.key, each.edition, now=now)
        for first in range(0, len(people), AT_ONCE):
            with db.writing():
                for person_id in people[first : first + AT_ONCE]:
                    queue.enqueue(
                        PartAskedAgain(version_id=each.edition),
                        to=person_id,
                        once=f"{PartAskedAgain.kind}:{each.edition}:{person_id}:{step}",
                        now=now,
                        deadline=clock.ends(each.holds_until, zone),
                    )


def _remind(notice: Notice, about: int, to: int, valid_until: date, call: Asked | None, *, now: datetime) -> None:
    """Queue the e-mail of the nearer of the moments before a last day, once; `call` is what may end the pass sooner."""
    zone = settings.current().zone
    last_day = valid_until if call is None else min(valid_until, call.holds_until)
    days_left = (last_day - clock.on(now, zone)).days
    if days_left < 0:
        return
    step = min(days for days in DAYS_BEFORE if days_left <= days)
    first_day = last_day - timedelta(days=step)
    once = f"{notice.kind}:{about}:{step}"
    if call is not None and last_day < valid_until:
        once = f"{notice.kind}:{about}:{last_day.isoformat()}:{step}"
        first_day = max(first_day, clock.on(call.since, zone) + timedelta(days=1))
        if valid_until - first_day > updates.REFRESHER_OPENS:
            return  # `PartAskedAgain` told them then
    queue.enqueue(
        notice,
        to=to,
        once=once,
        now=now,
        deadline=clock.ends(last_day, zone),
        due_at=clock.local(zone, first_day.year, first_day.month, first_day.day, RUNS_AT.hour),
    )
