"""Taking a file in: everybody whom the page showed, in one transaction, or nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import audit, db
from app.people.models import Person
from app.refusals import Conflict
from app.takeover import batches, mapping, people_part
from app.takeover.batches import ChangedMeanwhile, NotOpen
from app.takeover.models import BatchState, TakenPerson, TakeoverBatch
from app.takeover.parts import Reading, Taking
from app.takeover.people_part import PEOPLE
from app.takeover.preview import Preview, RowState, preview


class NobodyToTakeIn(Conflict):
    """No row of the file can come in."""


@dataclass(frozen=True)
class Seen:
    """What the page showed that the button was on: the revision of the batch, and the mark of the preview."""

    revision: int
    mark: str


def take_in(batch_id: int, seen: Seen, *, by: Person, today: date, now: datetime) -> Preview:
    """Write every row that can come in, and keep the others as a list of their own; return what was written.

    Every row is read again: `ChangedMeanwhile` where anything would come in that was not shown, or differently. Asked
    twice, or by two at once, it is done once. Call it inside `db.writing()`.
    """
    batches.check_may(by, today)
    batch = batches.locked(batch_id)
    if batch.state != BatchState.OPEN:
        raise NotOpen(batch.state)
    if batch.revision != seen.revision:
        raise ChangedMeanwhile
    parts = batches.parts()
    file = batches.read(batch, now)
    found = preview(file, parts, Reading(now, today, by))
    if found.mark != seen.mark:
        raise ChangedMeanwhile
    if not found.taken:
        raise NobodyToTakeIn("Nobody in this list can come in yet.")
    db.lock_people(row.known_id for row in found.taken if row.known_id is not None)
    taking = Taking(batch.id, by, now, today)
    ids = people_part.create({row.line: row.values[PEOPLE.name] for row in found.taken}, taking)
    for part in parts:
        values = {ids[row.line]: row.values[part.name] for row in found.taken if part.name in row.values}
        part.take_in(values, taking)
    mapping.remember(file.columns, file.meanings)
    batch.state, batch.taken_at, batch.taken_by_id = BatchState.TAKEN, now, by.id
    _keep_the_rest(batch, found, now)
    audit.record(
        "takeover.taken", by=by.id, subject=f"takeover_batch:{batch.id}", now=now, details={"people": len(ids)}
    )
    return found


def _keep_the_rest(batch: TakeoverBatch, found: Preview, now: datetime) -> None:
    """Leave the rows that could not come in as an open list, with all that was typed into them."""
    rest = [row.line for row in found.in_state(RowState.REFUSED)]
    if not rest:
        return
    mended = batch.mended | {"only": rest, "left_out": [], "joined": {}}
    other = TakeoverBatch(
        file_name=batch.file_name,
        made_by_id=batch.made_by_id,
        made_at=now,
        rows=batch.rows,
        mapping=batch.mapping,
        mended={name: value for name, value in mended.items() if value},
    )
    db.session.add(other)
    db.session.flush()
    batch.mended = batch.mended | {"rest": other.id}


def people_of(batch_id: int) -> list[TakenPerson]:
    """Whom a batch brought, or to whom it added something, in the order of the file."""
    rows = db.session.scalars(select(TakenPerson).where(TakenPerson.batch_id == batch_id).order_by(TakenPerson.line))
    return list(rows)
