"""Withdrawing a mark that was wrong: it no longer counts, and neither does anything that stood on it.

The work is marked again, by anybody who may. Of a course in progress the unit opens again. A course that was passed
loses its evidence, and with it what that gave; the person goes on in a new enrolment, where all other units stay done.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from app import db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotAllowed, PageOutOfDate
from progression.evidence import NotAboutYourself, withdraw
from progression.models import Evidence
from training.models import Completion, Enrolment, UnitDone
from training.practicals.handing_in import SEND_WITHIN, note
from training.practicals.marking import locked, marks_of
from training.practicals.models import NoteKind, PracticalNote, PracticalTry, StoodAside, TryState
from training.practicals.notices import MarkWithdrawn
from training.practicals.passes import unit_of, withdraw_pass
from training.practicals.to_mark import may_mark

LONGEST_REASON = 1000  # characters


def withdraw_mark(try_id: int, reason: str, *, round: int, by: Person, now: datetime) -> None:
    """Withdraw what a try was given, with a reason that the learner reads, and let it be marked again.

    A marker can also withdraw their own mark while another is still to come. Refuses one's own work, somebody about
    whom one said “not me”, and a page that shows an earlier mark; asked twice, the second is told.
    """
    row = locked(try_id)
    _check_may_withdraw(row, by=by, now=now)
    if row.round != round or row.state in (TryState.DRAFT, TryState.VOID):
        raise PageOutOfDate("This mark was withdrawn already. Nothing more needs doing.")
    if row.state is TryState.WAITING:
        _check_own_first_mark(row, by=by)
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise Invalid(f"Say why, up to {LONGEST_REASON:,} characters; the person reads it.", field="reason")
    was_passed = row.state is TryState.PASSED
    was_decided = row.state is not TryState.WAITING
    if was_passed:
        withdraw_pass(row, row.round, why, by=by.id, now=now)
    row.round += 1
    db.session.add(PracticalNote(try_id=row.id, kind=NoteKind.WITHDRAWAL, by_id=by.id, text=why, written_at=now))
    can_be_marked = (reopen(row, why, by=by, now=now) if was_passed else True) and (
        not unit_of(row).is_written or bool(row.text)
    )
    # A later try may be under way: only one of them waits.
    can_be_marked = can_be_marked and (not was_decided or not _another_is_open(row))
    if can_be_marked:
        row.state, row.decided_at = TryState.WAITING, None
    else:
        row.state, row.decided_at = TryState.VOID, now
    note("mark-withdrawn", row, by=by.id, now=now)
    if was_decided:
        queue.enqueue(
            MarkWithdrawn(try_id=row.id, round=row.round),
            to=row.person_id,
            once=f"mark-withdrawn:{row.id}:{row.round}",
            now=now,
            deadline=now + SEND_WITHIN,
        )


def _check_may_withdraw(row: PracticalTry, *, by: Person, now: datetime) -> None:
    if not may_mark(by.id, now):
        raise NotAllowed("Your account does not mark practicals. Trainers and assessors do.")
    if row.person_id == by.id:
        raise NotAboutYourself("Nobody withdraws a mark of their own work. Ask another marker to look at it.")
    aside = select(StoodAside.id).where(StoodAside.marker_id == by.id, StoodAside.person_id == row.person_id)
    if db.session.scalar(aside) is not None:
        raise Conflict("You said “not me” about this person, so another marker withdraws this.")


def _check_own_first_mark(row: PracticalTry, *, by: Person) -> None:
    if by.id not in {each.marker_id for each in marks_of(row)}:
        raise Conflict("It still waits for a mark, so there is none to withdraw.")
    if row.taken_by_id is not None:
        raise Conflict("Somebody is marking it now. Wait for their mark, or ask them to give it back.")


def _another_is_open(row: PracticalTry) -> bool:
    others = select(PracticalTry.id).where(
        PracticalTry.enrolment_id == row.enrolment_id,
        PracticalTry.unit == row.unit,
        PracticalTry.id != row.id,
        PracticalTry.state.in_((TryState.DRAFT, TryState.WAITING)),
    )
    return db.session.scalars(others.limit(1)).first() is not None


def reopen(row: PracticalTry, why: str, *, by: Person, now: datetime) -> bool:
    """Open the unit again, and take back whatever stood on it; whether the learner can go on with it.

    They cannot where they have passed the course again since with the whole of it, or are doing so now.
    """
    enrolment = db.session.get_one(Enrolment, row.enrolment_id)
    if enrolment.finished_at is None:
        db.session.execute(delete(UnitDone).where(UnitDone.enrolment_id == enrolment.id, UnitDone.unit == row.unit))
        return True
    later = _later(enrolment)
    for evidence_id in _standing_on(enrolment, later, row.unit):
        withdraw(evidence_id, by=by.id, why=why, now=now)
    present = [each for each in later if each.finished_at is None]
    for each in present:
        # It was to refresh a pass that no longer counts, so it asks for all of the course.
        each.is_refresher, each.asked, each.lasts_until = False, None, None
    if present or (later and _still_passed(later)):
        return False
    _go_on(enrolment, row, now=now)
    return True


def _later(enrolment: Enrolment) -> Sequence[Enrolment]:
    """What the person began of the course after this, the earliest first."""
    return db.session.scalars(
        select(Enrolment)
        .where(
            Enrolment.person_id == enrolment.person_id,
            Enrolment.course_id == enrolment.course_id,
            Enrolment.id > enrolment.id,
        )
        .order_by(Enrolment.id)
    ).all()


def _standing_on(enrolment: Enrolment, later: Sequence[Enrolment], unit: str) -> list[int]:
    """The evidence of this pass, and of refreshers of it that did not ask for the unit; what is withdrawn left out."""
    ids = [enrolment.id, *(each.id for each in later if each.is_refresher)]
    correction = aliased(Evidence)
    rows = db.session.execute(
        select(Completion.enrolment_id, Completion.evidence_id)
        .where(
            Completion.enrolment_id.in_(ids),
            ~exists().where(correction.withdraws_id == Completion.evidence_id),
            (Completion.enrolment_id == enrolment.id)
            | ~exists().where(UnitDone.enrolment_id == Completion.enrolment_id, UnitDone.unit == unit),
        )
        .order_by(Completion.id)
    )
    return [row.evidence_id for row in rows]


def _still_passed(later: Sequence[Enrolment]) -> bool:
    correction = aliased(Evidence)
    holding = select(Completion.id).where(
        Completion.enrolment_id.in_([each.id for each in later]),
        ~exists().where(correction.withdraws_id == Completion.evidence_id),
    )
    return db.session.scalars(holding.limit(1)).first() is not None


def _go_on(enrolment: Enrolment, row: PracticalTry, *, now: datetime) -> None:
    """A new enrolment like this one, in which all but the unit is done, with the tries at the unit."""
    again = Enrolment(
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        course_version_id=enrolment.course_version_id,
        started_at=now,
        skips_hard_words=enrolment.skips_hard_words,
        is_refresher=enrolment.is_refresher,
        asked=enrolment.asked,
        lasts_until=enrolment.lasts_until,
    )
    db.session.add(again)
    db.session.flush()
    done = select(UnitDone).where(UnitDone.enrolment_id == enrolment.id, UnitDone.unit != row.unit)
    for each in db.session.scalars(done).all():
        db.session.add(UnitDone(enrolment_id=again.id, unit=each.unit, done_at=each.done_at))
    moved = update(PracticalTry).where(PracticalTry.enrolment_id == enrolment.id, PracticalTry.unit == row.unit)
    db.session.execute(moved.values(enrolment_id=again.id))
