"""Taking a list in: everybody whom the page showed, in one transaction, once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import db
from app.audit import AuditLine
from app.outbox.models import OutboxRow
from app.people import directory, rights
from app.people.directory import NewPerson
from app.people.models import Person, Role
from app.refusals import NotAllowed
from app.takeover import taking
from app.takeover.batches import Change, ChangedMeanwhile, NotOpen
from app.takeover.models import BatchState
from app.takeover.preview import RowState
from app.takeover.taking import NobodyToTakeIn, Seen
from tests.app.takeover.lists import TODAY, batch_of, brought, change, row, shown, take_in, taken_in
from tests.conftest import People
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def names() -> list[str]:
    return [person.display_name for person in directory.everybody()]


def test_those_who_can_come_in_do_and_nobody_is_written_to(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    assert names() == ["Plover", "Tansy", "Yarrow"]
    batch = batch_of(batch_id)
    assert (batch.state, batch.taken_by_id, batch.taken_at) == (BatchState.TAKEN, tansy.id, NOW)
    assert [(one.line, one.is_new, one.invited_at) for one in taking.people_of(batch_id)] == [
        (2, True, None),
        (5, True, None),
    ]
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0
    plover = next(person for person in directory.everybody() if person.display_name == "Plover")
    assert rights.roles_of(plover.id, on=TODAY) == {Role.LEAD}
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "takeover.taken")).one()
    assert (line.by_id, line.subject, line.details) == (tansy.id, f"takeover_batch:{batch_id}", {"people": 2})


def test_rows_that_could_not_come_in_stay_as_a_list_with_what_was_typed(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    change(batch_id, Change(cells={3: {"email": "no address"}}))
    take_in(batch_id, tansy)
    rest = batch_of(batch_of(batch_id).mended["rest"])
    assert rest.state == BatchState.OPEN
    assert [(each.line, each.state) for each in shown(rest.id, tansy).rows] == [
        (3, RowState.REFUSED),
        (4, RowState.REFUSED),  # Plover has this address now, and may be somebody else
    ]
    assert rest.mended["cells"] == {"3": {"email": "no address"}}
    change(rest.id, Change(cells={3: {"email": "alder@example.org"}}))
    take_in(rest.id, tansy)
    assert names() == ["Alder", "Plover", "Tansy", "Yarrow"]
    assert [each.line for each in shown(batch_of(rest.id).mended["rest"], tansy).rows] == [4]


def test_the_same_list_again_adds_nothing_and_says_so_row_by_row(app: Flask, tansy: Person) -> None:
    rows = ("Plover,plover@example.org,lead", "Yarrow,yarrow@example.org,")
    taken_in(tansy, rows)
    again = brought(tansy, rows)
    assert [each.state for each in shown(again, tansy).rows] == [RowState.NOTHING_NEW] * 2
    assert "is here already" in row(again, tansy, 2).said[0].sentence
    with pytest.raises(NobodyToTakeIn):
        take_in(again, tansy)
    assert names() == ["Plover", "Tansy", "Yarrow"]


def test_a_second_press_takes_nobody_in_again(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    seen = Seen(1, shown(batch_id, tansy).mark)
    take_in(batch_id, tansy)
    with pytest.raises(NotOpen), db.writing():
        taking.take_in(batch_id, seen, by=tansy, today=TODAY, now=NOW)
    assert names() == ["Plover", "Tansy", "Yarrow"]


def test_what_the_page_did_not_show_is_not_taken_in(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    seen = Seen(1, shown(batch_id, tansy).mark)
    change(batch_id, Change(left_out=[2]))
    for earlier in (seen, Seen(2, seen.mark)):
        with pytest.raises(ChangedMeanwhile), db.writing():
            taking.take_in(batch_id, earlier, by=tansy, today=TODAY, now=NOW)
    assert names() == ["Tansy"]


def test_a_name_that_somebody_took_meanwhile_takes_nobody_in(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    seen = Seen(1, shown(batch_id, tansy).mark)
    with db.writing():
        directory.add(NewPerson("Yarrow", "other@example.org"), by=None, today=TODAY, now=NOW)
    with pytest.raises(ChangedMeanwhile), db.writing():
        taking.take_in(batch_id, seen, by=tansy, today=TODAY, now=NOW)
    assert names() == ["Tansy", "Yarrow"]
    assert row(batch_id, tansy, 5).state == RowState.REFUSED


def test_who_is_no_administrator_any_more_takes_nobody_in(app: Flask, tansy: Person, people: People) -> None:
    sable = people.person("Sable", roles=(Role.ADMIN,))
    batch_id = brought(tansy)
    seen = Seen(1, shown(batch_id, tansy).mark)
    with db.writing():
        rights.end_role(tansy, Role.ADMIN, by=sable, today=TODAY, now=NOW)
    with pytest.raises(NotAllowed), db.writing():
        taking.take_in(batch_id, seen, by=tansy, today=TODAY, now=NOW)
    assert names() == ["Sable", "Tansy"]
