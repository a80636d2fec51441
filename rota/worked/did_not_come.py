"""Saying that somebody did not come to a shift that is over, taking it back, and what the person answers.

Until somebody says so, who had a seat when its shift ended worked it. What is said changes the record of worked shifts
in the same transaction, and the person is told without blame and can answer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from app import audit, db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.evidence import withdraw
from progression.models import Evidence
from rota.store.did_not_come_rows import LONGEST_ANSWER, DidNotCome
from rota.store.models import Assignment, Rota
from rota.store.seats import SeatRow, seats_where
from rota.worked.notices import CameAfterAll, DidNotComeAnswered, DidNotComeSaid
from rota.worked.recording import key_of, record_seats

SAID_WITHIN = timedelta(days=28)
"""How long after a shift somebody can say who was not there, while it is remembered; our own choice."""
SEND_WITHIN = timedelta(days=7)
WHY = "A coordinator noted that you were not there. If that is not so, tell us on the page of the shift."


class TooLongAgo(Conflict):
    """The shift was over too long ago to say who was not there."""


def worked_seat(assignment_id: int, *, now: datetime, of: int | None = None) -> SeatRow:
    """Return a seat that a person had when its published shift ended; with `of`, only one of this person's.

    Refuses any other as not found, and one whose shift is not over.
    """
    rows = seats_where(Assignment.id == assignment_id, Assignment.ended_at.is_(None), Rota.version > 0)
    if not rows or (of is not None and rows[0].person_id != of):
        raise NotFound("There is no such shift. It may have gone to somebody else.")
    if rows[0].ends_at > now:
        raise Conflict("This shift is not over yet. Until it is, ring the person or look for somebody else.")
    return rows[0]


def say(assignment_id: int, *, by: Person, now: datetime) -> bool:
    """Note that a person did not come to a shift of theirs; return whether that was new.

    It then does not count as worked, from the same transaction on. The person gets an e-mail. Refuses a shift that is
    not over or was over more than `SAID_WITHIN` ago, and saying it of oneself.
    """
    seat = _locked(assignment_id, by=by, now=now)
    if seat.ends_at < now - SAID_WITHIN:
        raise TooLongAgo("This shift was over more than four weeks ago, so what it says of who was there stays.")
    row = db.session.get(DidNotCome, assignment_id)
    if row is not None and row.stands:
        return False
    times = row.times_said if row is not None else 0
    recorded = db.session.scalar(select(Evidence.id).where(Evidence.once == key_of(assignment_id, times)))
    if row is None:
        row = DidNotCome(assignment_id=assignment_id, said_at=now, said_by_id=by.id, times_said=1)
        db.session.add(row)
    else:
        row.said_at, row.said_by_id, row.times_said = now, by.id, times + 1
        row.taken_back_at = row.answer = row.answered_at = None
    db.session.flush()
    _record("not", seat, by=by, now=now)
    if recorded is not None:
        withdraw(recorded, by=by.id, why=WHY, now=now, tell=False)
    _tell(DidNotComeSaid(assignment_id, row.times_said), seat, row, now=now)
    return True


def take_back(assignment_id: int, *, by: Person, now: datetime) -> bool:
    """Take back that a person did not come: the shift counts as worked again; return whether that was new.

    The person gets an e-mail. Refuses taking it back of oneself.
    """
    seat = _locked(assignment_id, by=by, now=now)
    row = db.session.get(DidNotCome, assignment_id)
    if row is None or not row.stands or seat.person_id is None:
        return False
    row.taken_back_at = now
    _record("after-all", seat, by=by, now=now)
    record_seats(seat.person_id, [seat], now=now, again={assignment_id: row.times_said})
    _tell(CameAfterAll(assignment_id, row.times_said), seat, row, now=now)
    return True


def answer(assignment_id: int, words: str, *, by: Person, now: datetime) -> None:
    """Keep what the person writes back about a shift to which they are said not to have come, and tell who said so.

    A second answer replaces the first. Refuses another person's shift, an empty answer, and one to nothing that stands.
    """
    text = words.strip()
    if not text:
        raise Invalid("Write a few words, so that we know how it was.", field="answer")
    if len(text) > LONGEST_ANSWER:
        raise Invalid(f"Please keep it under {LONGEST_ANSWER:,} characters.", field="answer")
    db.lock_people([by.id])
    worked_seat(assignment_id, now=now, of=by.id)
    row = db.session.get(DidNotCome, assignment_id)
    if row is None or not row.stands:
        raise Conflict("This shift counts as worked, so there is nothing to answer.")
    row.answer, row.answered_at = text, now
    audit.record("rota.absence-answered", by=by.id, subject=f"person:{by.id}", now=now)
    queue.enqueue(
        DidNotComeAnswered(assignment_id, row.times_said),
        to=row.said_by_id,
        once=f"{DidNotComeAnswered.kind}:{assignment_id}:{row.times_said}:{row.said_by_id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )


def said_of(assignment_ids: Collection[int]) -> dict[int, DidNotCome]:
    """What stands of these seats, by assignment."""
    rows = db.session.scalars(
        select(DidNotCome).where(DidNotCome.assignment_id.in_(assignment_ids), DidNotCome.taken_back_at.is_(None))
    )
    return {row.assignment_id: row for row in rows}


def _locked(assignment_id: int, *, by: Person, now: datetime) -> SeatRow:
    person_id = worked_seat(assignment_id, now=now).person_id
    assert person_id is not None, "somebody had the seat"
    db.lock_people([person_id])
    if person_id == by.id:
        raise NotAllowed("Nobody keeps the record of their own shifts. Ask another coordinator to note it.")
    return worked_seat(assignment_id, now=now)


def _record(what: str, seat: SeatRow, *, by: Person, now: datetime) -> None:
    audit.record(
        f"rota.came-{what}",
        by=by.id,
        subject=f"person:{seat.person_id}",
        now=now,
        details={"seat": seat.id, "assignment": seat.assignment_id},
    )


def _tell(notice: DidNotComeSaid | CameAfterAll, seat: SeatRow, row: DidNotCome, *, now: datetime) -> None:
    assert seat.person_id is not None, "somebody had the seat"
    queue.enqueue(
        notice,
        to=seat.person_id,
        once=f"{notice.kind}:{row.assignment_id}:{row.times_said}:{seat.person_id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
