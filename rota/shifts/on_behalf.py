"""What somebody who plans does on a person's behalf: the person is told by whom, in one e-mail."""

from __future__ import annotations

from datetime import datetime

from app import audit
from app.outbox import queue
from app.people.models import Person
from rota.notices import DoneForYou
from rota.store.seats import SeatRow


def tell_whom_it_was_done_for(
    what: str, seat: SeatRow, person: Person, *, by: Person, now: datetime, once: str
) -> None:
    """Queue the e-mail about a seat that `by` claimed, gave back or confirmed for a person: `what` says which."""
    queue.enqueue(
        DoneForYou(what=what, seat_id=seat.id, by_id=by.id),
        to=person.id,
        once=f"done-for-you:{once}",
        now=now,
        deadline=seat.starts_at,
    )


def record_on_behalf(what: str, seat: SeatRow, person: Person, *, by: Person, version_id: int, now: datetime) -> None:
    """Put on record for whom `by` made a version of the rota."""
    audit.record(
        f"rota.on-behalf-{what}",
        by=by.id,
        subject=f"person:{person.id}",
        now=now,
        details={"seat": seat.id, "version": version_id},
    )
