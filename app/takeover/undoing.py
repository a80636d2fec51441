"""Taking a batch back: everything that it wrote, within a day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict
from app.takeover import batches, taking
from app.takeover.models import BatchState, TakenPerson, TakeoverBatch
from app.takeover.parts import Taking


def refuse_too_late(batch: TakeoverBatch, now: datetime) -> None:
    """Refuse to take back a batch that is not there, or that came in more than a day ago."""
    if batch.state == BatchState.UNDONE:
        raise Conflict("This list was taken back already.")
    if not batches.may_be_undone(batch, now):
        raise Conflict(
            "A list can be taken back for one day after it came in. Correct single things on each person’s page."
        )


def take_back(batch_id: int, *, by: Person, today: date, now: datetime) -> int:
    """Undo all that a batch wrote; return how many people it was about. Call it inside `db.writing()`.

    Refuses a batch that was taken in more than a day ago, and one on which something else stands already; the refusal
    of the part says what.
    """
    batches.check_may(by, today)
    batch = batches.locked(batch_id)
    refuse_too_late(batch, now)
    ids = [each.person_id for each in taking.people_of(batch.id)]
    db.lock_people(ids)
    undoing = Taking(batch.id, by, now, today)
    for part in reversed(batches.parts()):
        part.undo(ids, undoing)
    db.session.execute(delete(TakenPerson).where(TakenPerson.batch_id == batch.id))
    batch.state, batch.undone_at, batch.undone_by_id = BatchState.UNDONE, now, by.id
    batches.empty(batch)
    audit.record(
        "takeover.undone", by=by.id, subject=f"takeover_batch:{batch.id}", now=now, details={"people": len(ids)}
    )
    return len(ids)
