"""Offering released seats back: who may do a duty again hears once which of their shifts are still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select

from app import db
from app.outbox import queue
from app.outbox.models import OutboxRow
from app.people.models import CLOSED, Person
from rota.notices import SeatsBack, released_and_open
from rota.store.models import Assignment, AssignmentChange, ChangeReason, CoverLine, Seat, Shift
from rota.store.seat_reasons import those_that_fit
from rota.store.seats import SeatRow


def offer_back(now: datetime) -> None:
    """Write to each person whose released seats are open and fit them again, once for each time they were released.

    A job that may run at any time, and again: it reads first, and queues each e-mail under a unique key.
    """
    released = _released(now)
    told = set(db.session.scalars(select(OutboxRow.once).where(OutboxRow.once.in_(map(_key, released.items())))))
    waiting = {one: versions for one, versions in released.items() if _key((one, versions)) not in told}
    people = db.session.scalars(select(Person).where(Person.id.in_(waiting), Person.state.not_in(CLOSED))).all()
    fitting = {each.id: still_open_for(each, waiting[each.id], now=now) for each in people}
    db.session.rollback()
    for person_id, seats in sorted(fitting.items()):
        if seats:
            with db.writing():
                queue.enqueue(
                    SeatsBack(version_ids=waiting[person_id]),
                    to=person_id,
                    once=_key((person_id, waiting[person_id])),
                    now=now,
                    deadline=max(seat.starts_at for seat in seats),
                )


def still_open_for(person: Person, version_ids: Sequence[int], *, now: datetime) -> list[SeatRow]:
    """The seats that these versions released from a person, that nobody took since, and that they may take now."""
    vacant = released_and_open(version_ids, person.id, now=now)
    return those_that_fit(person, vacant, now=now) if vacant else []


def _released(now: datetime) -> dict[int, list[int]]:
    """By person, the versions that released seats of theirs which are still to come and which nobody has now."""
    rows = db.session.execute(
        select(AssignmentChange.from_person_id, AssignmentChange.version_id)
        .join(Seat, Seat.id == AssignmentChange.seat_id)
        .join(CoverLine, CoverLine.id == Seat.line_id)
        .join(Shift, Shift.id == CoverLine.shift_id)
        .where(
            AssignmentChange.why == ChangeReason.NOT_CLEARED,
            AssignmentChange.to_person_id.is_(None),
            Shift.starts_at > now,
            Shift.withdrawn_at.is_(None),
            ~exists().where(Assignment.seat_id == Seat.id, Assignment.ended_at.is_(None)),
        )
        .distinct()
        .order_by(AssignmentChange.version_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.from_person_id is not None:
            found[row.from_person_id].append(row.version_id)
    return dict(found)


def _key(released: tuple[int, Sequence[int]]) -> str:
    """The idempotency key: the last version that took seats from somebody."""
    person_id, version_ids = released
    return f"{SeatsBack.kind}:{max(version_ids)}:{person_id}"
