"""Taking a list back, within a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import audit, db
from app.audit import AuditLine
from app.people import directory
from app.people.models import Person, PersonState, Role
from app.refusals import Conflict
from app.takeover import taking, undoing
from app.takeover.models import BatchState
from tests.app.takeover.lists import TODAY, batch_of, taken_in
from tests.conftest import People
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def take_back(batch_id: int, by: Person, after: timedelta = timedelta(hours=1)) -> int:
    with db.writing():
        return undoing.take_back(batch_id, by=by, today=TODAY, now=NOW + after)


def test_nothing_is_left_but_the_audit_lines(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    assert take_back(batch_id, tansy) == 2
    batch = batch_of(batch_id)
    assert (batch.state, batch.undone_by_id, batch.rows, batch.mended) == (BatchState.UNDONE, tansy.id, {}, {})
    assert taking.people_of(batch_id) == []
    assert [person.display_name for person in directory.everybody()] == ["Tansy"]
    assert directory.person_id_with_email("plover@example.org") is None
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "takeover.undone")).one()
    assert (line.by_id, line.details) == (tansy.id, {"people": 2})


def test_taken_back_and_taken_in_again_everything_is_there_once(app: Flask, tansy: Person) -> None:
    take_back(taken_in(tansy), tansy)
    taken_in(tansy)
    assert [person.display_name for person in directory.everybody()] == ["Plover", "Tansy", "Yarrow"]


def test_after_a_day_it_is_too_late(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    with pytest.raises(Conflict, match="for one day after it came in"):
        take_back(batch_id, tansy, timedelta(days=1))
    assert batch_of(batch_id).state == BatchState.TAKEN


def test_it_is_taken_back_once(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    take_back(batch_id, tansy)
    with pytest.raises(Conflict, match="taken back already"):
        take_back(batch_id, tansy)


def test_nothing_is_taken_back_once_somebody_has_begun(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    with db.writing():
        plover = next(person for person in directory.everybody() if person.display_name == "Plover")
        plover.state = PersonState.ACTIVE
        audit.record("people.invitation-taken", by=None, subject=f"person:{plover.id}", now=NOW)
    with pytest.raises(Conflict, match="Plover"):
        take_back(batch_id, tansy)
    assert [person.display_name for person in directory.everybody()] == ["Plover", "Tansy", "Yarrow"]
