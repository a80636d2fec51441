"""Batches for tests: a file's rows read, and written in one transaction, as the pages do it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app import db
from app.people.models import Person
from app.takeover.models import TakenPerson, TakeoverBatch
from app.takeover.parts import Part, Reading, Taking
from tests.times import NOW


def reading(by: Person, *, now: datetime = NOW) -> Reading:
    return Reading(now, now.date(), by)


def new_batch(by: Person, *, now: datetime = NOW) -> Taking:
    """A batch, inside the transaction that writes it."""
    batch = TakeoverBatch(file_name="team.csv", made_by_id=by.id, made_at=now, rows={}, mapping={}, mended={})
    db.session.add(batch)
    db.session.flush()
    return Taking(batch.id, by, now, now.date())


def value_of(part: Part, by: Person, cells: dict[str, str], *, now: datetime = NOW) -> dict[str, Any]:
    """What a part reads in a row without faults."""
    found = part.read(cells, reading(by, now=now))
    assert found.faults == ()
    assert found.value is not None
    return found.value


def remarks(part: Part, by: Person, cells: dict[str, str], *, now: datetime = NOW) -> dict[str, list[str]]:
    """The notes and the faults of a row, each as “column: sentence”."""
    found = part.read(cells, reading(by, now=now))
    return {
        "notes": [f"{each.column}: {each.sentence}" for each in found.notes],
        "faults": [f"{each.column}: {each.sentence}" for each in found.faults],
    }


def taken_over(part: Part, person: Person, by: Person, cells: dict[str, str], *, now: datetime = NOW) -> Taking:
    """Take one row about somebody who is here over, in a batch of its own."""
    value = value_of(part, by, cells, now=now)
    with db.writing():
        taking = new_batch(by, now=now)
        db.session.add(TakenPerson(batch_id=taking.batch_id, person_id=person.id, line=2, is_new=False))
        part.take_in({person.id: value}, taking)
    return taking


def undone(
    part: Part, people: Iterable[Person], taking: Taking, *, now: datetime = NOW, by: Person | None = None
) -> None:
    with db.writing():
        part.undo([each.id for each in people], Taking(taking.batch_id, by or taking.by, now, now.date()))
