"""Saying that somebody did not come to a shift that is over, taking it back, and what the person answers.

Of a seat, or of a part of one that somebody had taken: `Which` names one. Until somebody says so, who had it when the
shift ended worked it. What is said changes the record of worked shifts in the same transaction, and the person is told
without blame and can answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import audit, db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.evidence import withdraw
from progression.models import Evidence
from rota.store.did_not_come_rows import LONGEST_ANSWER, DidNotCome, NotCome, PartDidNotCome
from rota.store.models import Assignment, Rota
from rota.store.seat_part_rows import SeatPart
from rota.store.seat_parts import parts_where
from rota.store.seats import SeatRow, seats_where
from rota.worked.notices import AboutShift, CameAfterAll, DidNotComeAnswered, DidNotComeSaid
from rota.worked.recording import key_of, record_parts, record_seats

SAID_WITHIN = timedelta(days=28)
"""How long after a shift somebody can say who was not there, while it is remembered; our own choice."""
SEND_WITHIN = timedelta(days=7)
WHY = "A coordinator noted that you were not there. If that is not so, tell us on the page of the shift."


class TooLongAgo(Conflict):
    """The shift was over too long ago to say who was not there."""


@dataclass(frozen=True)
class Which:
    """A seat that somebody had when its shift ended, by its assignment, or hours of one that they had taken."""

    assignment_id: int | None = None
    part_id: int | None = None


def worked_seat(which: Which, *, now: datetime, of: int | None = None) -> SeatRow:
    """Return what a person had of a published shift when it ended; with `of`, only of this person.

    Refuses any other as not found, and one that is not over.
    """
    if which.part_id is not None:
        rows = parts_where(SeatPart.id == which.part_id, Assignment.ended_at.is_(None), Rota.version > 0)
    else:
        rows = seats_where(Assignment.id == which.assignment_id, Assignment.ended_at.is_(None), Rota.version > 0)
    if not rows or (of is not None and rows[0].person_id != of):
        raise NotFound("There is no such shift. It may have gone to somebody else.")
    if rows[0].ends_at > now:
        raise Conflict("This shift is not over yet. Until it is, ring the person or look for somebody else.")
    return rows[0]


def say(which: Which, *, by: Person, now: datetime) -> bool:
    """Note that a person did not come to a shift of theirs; return whether that was new.

    It then does not count as worked, from the same transaction on. The person gets an e-mail. Refuses a shift that is
    not over or was over more than `SAID_WITHIN` ago, and saying it of oneself.
    """
    seat = _locked(which, by=by, now=now)
    if seat.ends_at < now - SAID_WITHIN:
        raise TooLongAgo("This shift was over more than four weeks ago, so what it says of who was there stays.")
    row = _row_of(which)
    if row is not None and row.stands:
        return False
    times = row.times_said if row is not None else 0
    recorded = db.session.scalar(select(Evidence.id).where(Evidence.once == key_of(seat, times)))
    if row is None:
        said: dict[str, Any] = {"said_at": now, "said_by_id": by.id, "times_said": 1}
        row = (
            PartDidNotCome(part_id=which.part_id, **said)
            if which.part_id is not None
            else DidNotCome(assignment_id=which.assignment_id, **said)
        )
        db.session.add(row)
    else:
        row.said_at, row.said_by_id, row.times_said = now, by.id, times + 1
        row.taken_back_at = row.answer = row.answered_at = None
    db.session.flush()
    _record("not", seat, by=by, now=now)
    if recorded is not None:
        withdraw(recorded, by=by.id, why=WHY, now=now, tell=False)
    _tell(DidNotComeSaid, seat, row, now=now)
    return True


def take_back(which: Which, *, by: Person, now: datetime) -> bool:
    """Take back that a person did not come: the shift counts as worked again; return whether that was new.

    The person gets an e-mail. Refuses taking it back of oneself.
    """
    seat = _locked(which, by=by, now=now)
    row = _row_of(which)
    if row is None or not row.stands or seat.person_id is None:
        return False
    row.taken_back_at = now
    _record("after-all", seat, by=by, now=now)
    if seat.part_id is not None:
        record_parts(seat.person_id, [seat], now=now, again={seat.part_id: row.times_said})
    elif seat.assignment_id is not None:
        record_seats(seat.person_id, [seat], now=now, again={seat.assignment_id: row.times_said})
    _tell(CameAfterAll, seat, row, now=now)
    return True


def answer(which: Which, words: str, *, by: Person, now: datetime) -> None:
    """Keep what the person writes back about a shift to which they are said not to have come, and tell who said so.

    A second answer replaces the first. Refuses another person's shift, an empty answer, and one to nothing that stands.
    """
    text = words.strip()
    if not text:
        raise Invalid("Write a few words, so that we know how it was.", field="answer")
    if len(text) > LONGEST_ANSWER:
        raise Invalid(f"Please keep it under {LONGEST_ANSWER:,} characters.", field="answer")
    db.lock_people([by.id])
    seat = worked_seat(which, now=now, of=by.id)
    row = _row_of(which)
    if row is None or not row.stands:
        raise Conflict("This shift counts as worked, so there is nothing to answer.")
    row.answer, row.answered_at = text, now
    audit.record("rota.absence-answered", by=by.id, subject=f"person:{by.id}", now=now)
    _tell(DidNotComeAnswered, seat, row, to=row.said_by_id, now=now)


def said_of(seats: Collection[SeatRow]) -> dict[Which, NotCome]:
    """What stands of these seats and parts of seats; one query for each kind that is among them."""
    assignments = [seat.assignment_id for seat in seats if not seat.is_part]
    parts = [seat.part_id for seat in seats if seat.is_part]
    found: dict[Which, NotCome] = {}
    if assignments:
        of_seats = select(DidNotCome).where(
            DidNotCome.assignment_id.in_(assignments), DidNotCome.taken_back_at.is_(None)
        )
        found |= {Which(row.assignment_id): row for row in db.session.scalars(of_seats)}
    if parts:
        of_parts = select(PartDidNotCome).where(
            PartDidNotCome.part_id.in_(parts), PartDidNotCome.taken_back_at.is_(None)
        )
        found |= {Which(part_id=row.part_id): row for row in db.session.scalars(of_parts)}
    return found


def which_of(seat: SeatRow) -> Which:
    """A seat or a part of one, as it is named here."""
    return Which(part_id=seat.part_id) if seat.is_part else Which(seat.assignment_id)


def _row_of(which: Which) -> NotCome | None:
    if which.part_id is not None:
        return db.session.get(PartDidNotCome, which.part_id)
    return db.session.get(DidNotCome, which.assignment_id)


def _locked(which: Which, *, by: Person, now: datetime) -> SeatRow:
    person_id = worked_seat(which, now=now).person_id
    assert person_id is not None, "somebody had the seat"
    db.lock_people([person_id])
    if person_id == by.id:
        raise NotAllowed("Nobody keeps the record of their own shifts. Ask another coordinator to note it.")
    return worked_seat(which, now=now)


def _record(what: str, seat: SeatRow, *, by: Person, now: datetime) -> None:
    audit.record(
        f"rota.came-{what}",
        by=by.id,
        subject=f"person:{seat.person_id}",
        now=now,
        details={"seat": seat.id, "assignment": seat.assignment_id, "part": seat.part_id},
    )


def _tell(kind: type[AboutShift], seat: SeatRow, row: NotCome, *, now: datetime, to: int | None = None) -> None:
    """Queue an e-mail to the person who had the seat or the part, or to somebody else."""
    assert seat.assignment_id is not None, "somebody had the seat"
    person_id = to or seat.person_id
    assert person_id is not None, "somebody had the seat"
    which = f"part-{seat.part_id}" if seat.is_part else f"{seat.assignment_id}"
    queue.enqueue(
        kind(seat.assignment_id, row.times_said, seat.part_id),
        to=person_id,
        once=f"{kind.kind}:{which}:{row.times_said}:{person_id}",
        now=now,
        deadline=now + SEND_WITHIN,
    )
