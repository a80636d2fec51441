"""Passed practicals as evidence: recorded with the mark that passes one, withdrawn with it, and found by its duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import String, cast, exists, literal, select

from app import db
from app.domain import RequirementWords
from progression.duties import Duty
from progression.evidence import NewEvidence, record, withdraw
from progression.models import Evidence
from training import catalogue
from training.models import CourseVersion, Enrolment
from training.pack_practical import Practical
from training.practicals.models import PracticalMark, PracticalTry, TryState

EVIDENCE_KIND = "practical"
MOST_AT_ONCE = 200  # in one transaction


def key_of(duty: Duty) -> str:
    """The key of the evidence of a passed practical for a duty."""
    return duty.value.replace("_", "-")


def record_pass(row: PracticalTry, *, by: int, at: datetime, now: datetime) -> None:
    """Record that a try was passed; `by` gave the mark that decided it. Call it inside `db.writing()`."""
    record(
        NewEvidence(
            person_id=row.person_id,
            kind=EVIDENCE_KIND,
            key=key_of(unit_of(row).duty),
            happened_at=at,
            facts={"try": row.id, "enrolment": row.enrolment_id},
        ),
        by=by,
        now=now,
        once=_once(row.id, row.round),
    )


def withdraw_pass(row: PracticalTry, round: int, why: str, *, by: int, now: datetime) -> None:
    """Withdraw what a try was recorded as in a round; the e-mail about the mark tells the person. Twice is once."""
    correction = select(Evidence.withdraws_id).where(Evidence.withdraws_id.is_not(None))
    found = db.session.scalar(
        select(Evidence.id).where(Evidence.once == _once(row.id, round), Evidence.id.not_in(correction))
    )
    if found is not None:
        withdraw(found, by=by, why=why, now=now, tell=False)


def record_earlier_passes(now: datetime) -> None:
    """Record the passes from before passed practicals were evidence, as of the day of each; others have theirs."""
    key = literal("practical-passed:") + cast(PracticalTry.id, String) + ":" + cast(PracticalTry.round, String)
    last_marker = (
        select(PracticalMark.marker_id)
        .where(PracticalMark.try_id == PracticalTry.id, PracticalMark.round == PracticalTry.round)
        .order_by(PracticalMark.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    without = (
        select(PracticalTry.id, last_marker)
        .where(PracticalTry.state == TryState.PASSED, ~exists().where(Evidence.once == key))
        .order_by(PracticalTry.id)
        .limit(MOST_AT_ONCE)
    )
    with db.writing():
        for try_id, marker_id in db.session.execute(without).all():
            learner = db.session.scalar(select(PracticalTry.person_id).where(PracticalTry.id == try_id))
            db.lock_people([each for each in (learner,) if each is not None])
            row = db.session.get_one(PracticalTry, try_id, populate_existing=True)
            if row.state is TryState.PASSED and row.decided_at is not None:
                record_pass(row, by=marker_id, at=row.decided_at, now=now)


def requirement_words(key: str, _now: datetime) -> RequirementWords | None:
    """The title of `practical:<duty>` and the first course that has it, or None while none has."""
    code = next((code for duty, code in _practicals() if key_of(duty) == key), None)
    duty = next((each for each in Duty if key_of(each) == key), None)
    if code is None or duty is None:
        return None
    return RequirementWords(title=_title(duty), href=f"/learning/{code}")


def offered(_now: datetime) -> list[tuple[str, str]]:
    """The keys that a pathway can ask for, because a course has such a practical, each with its words."""
    there = {duty for duty, _code in _practicals()}
    return [(key_of(duty), _title(duty)) for duty in Duty if duty in there]


def _title(duty: Duty) -> str:
    return f"The practical for {duty.words}"


def _practicals() -> Iterator[tuple[Duty, str]]:
    """The duty of every practical of the courses that are here, with the code of its course."""
    for course, version in catalogue.all_courses():
        for unit in catalogue.pack_of(version).units:
            if isinstance(unit, Practical):
                yield unit.duty, course.code


def _once(try_id: int, round: int) -> str:
    return f"practical-passed:{try_id}:{round}"


def unit_of(row: PracticalTry) -> Practical:
    """The unit that a try is about, in the version that its learner began."""
    unit = catalogue.pack_of(version_of(row)).unit(row.unit)
    assert isinstance(unit, Practical), "a version never changes, and the try began from it"
    return unit


def version_of(row: PracticalTry) -> CourseVersion:
    """The version of the course in which a try was begun."""
    enrolment = db.session.get_one(Enrolment, row.enrolment_id)
    return db.session.get_one(CourseVersion, enrolment.course_version_id)
