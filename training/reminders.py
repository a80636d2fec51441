"""Reminders that training is about to lapse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app import clock, db, settings
from app.outbox import queue
from app.outbox.notice import Notice
from progression import asked_again
from progression.asked_again import Asked
from progression.lapsing.reading import evidence_that_lapses
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
RUNS_AT = time(9, 0)  # in the morning, when people can still plan their evening


def remind_people(now: datetime) -> None:
    """Queue an e-mail to people whose training lapses: one 60 and one 14 days before, however often this runs.

    Where a new version lets a pass hold for less long, by that day: not before the refresher opens, since until then
    `tell_who_is_asked` says it. What a duty of theirs rests on is told by `progression.lapsing`, with all that lapses.
    """
    today = clock.on(now, settings.current().zone)
    last = today + timedelta(days=max(DAYS_BEFORE))
    told_by_progression = evidence_that_lapses(now, last)
    mine = [each for each in _lapsing(today, last) if each.evidence_id not in told_by_progression]
    for lapsing in queue.batches(mine):
        with db.writing():
            for each in lapsing:
                _remind(each, now=now)


@dataclass(frozen=True)
class _Lapsing:
    """A pass that ends soon; `call` is what may end it sooner."""

    notice: Notice
    about: int
    evidence_id: int
    to: int
    valid_until: date
    call: Asked | None


def _lapsing(first: date, last: date) -> list[_Lapsing]:
    """The passes that end between two days."""
    calls = ends_asked(Evidence.valid_until.between(first, last))
    passed_here = current_completions().where(Completion.valid_until.between(first, last))
    found = [
        _Lapsing(
            TrainingLapses(row.id), row.id, row.evidence_id, row.person_id, row.valid_until, calls.get(row.evidence_id)
        )
        for row in db.session.execute(passed_here)
    ]
    elsewhere = passes_taken_over().where(Evidence.valid_until.between(first, last))
    for evidence_id, to, valid_until in db.session.execute(elsewhere):
        assert valid_until is not None, "it lies between two days"
        notice = TakenOverTrainingLapses(evidence_id)
        found.append(_Lapsing(notice, evidence_id, evidence_id, to, valid_until, calls.get(evidence_id)))
    return found


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
        step = queue.step_before(each.holds_until, today)
        for people in queue.batches(updates.people_asked(each.key, each.edition, now=now)):
            with db.writing():
                for person_id in people:
                    queue.enqueue(
                        PartAskedAgain(version_id=each.edition),
                        to=person_id,
                        once=f"{PartAskedAgain.kind}:{each.edition}:{person_id}:{step}",
                        now=now,
                        deadline=clock.ends(each.holds_until, zone),
                    )


def _remind(lapsing: _Lapsing, *, now: datetime) -> None:
    """Queue the e-mail of the nearer of the moments before a last day, once."""
    notice, call = lapsing.notice, lapsing.call
    zone = settings.current().zone
    last_day = lapsing.valid_until if call is None else min(lapsing.valid_until, call.holds_until)
    days_left = (last_day - clock.on(now, zone)).days
    if days_left < 0:
        return
    step = min(days for days in DAYS_BEFORE if days_left <= days)
    first_day = last_day - timedelta(days=step)
    once = f"{notice.kind}:{lapsing.about}:{step}"
    if call is not None and last_day < lapsing.valid_until:
        once = f"{notice.kind}:{lapsing.about}:{last_day.isoformat()}:{step}"
        first_day = max(first_day, clock.on(call.since, zone) + timedelta(days=1))
        if lapsing.valid_until - first_day > updates.REFRESHER_OPENS:
            return  # `PartAskedAgain` told them then
    queue.enqueue(
        notice,
        to=lapsing.to,
        once=once,
        now=now,
        deadline=clock.ends(last_day, zone),
        due_at=clock.local(zone, first_day.year, first_day.month, first_day.day, RUNS_AT.hour),
    )
