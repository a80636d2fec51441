"""Lists from their upload to their end, and the personal details in them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app import db
from app.jobs.models import Task, TaskState
from app.people.models import Person, Role
from app.refusals import Conflict
from app.takeover import batches, tasks, workbook
from app.takeover.batches import BeingTakenIn, Change, ChangedMeanwhile, NotOpen
from app.takeover.list_page import list_page
from app.takeover.models import BatchState
from app.takeover.taking import Seen
from tests.app.takeover.lists import batch_of, brought, change, shown, taken_in
from tests.app.takeover.spreadsheets import xlsx
from tests.conftest import People
from tests.times import NOW

DAY = timedelta(days=1)


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def discard(batch_id: int, by: Person) -> None:
    with db.writing():
        batches.discard(batch_id, by=by.id, now=NOW)


def forget(days: int, *, but: timedelta = timedelta()) -> None:
    batches.forget_details(NOW + days * DAY - but)


@pytest.mark.both_databases
def test_details_are_emptied_once_a_list_can_no_longer_be_taken_back(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    forget(1, but=timedelta(seconds=1))
    assert batch_of(batch_id).rows
    forget(1)
    batch = batch_of(batch_id)
    assert (batch.rows, batch.mended, batch.mapping, batch.state) == ({}, {}, {}, BatchState.TAKEN)


@pytest.mark.both_databases
def test_a_list_that_lay_open_for_two_weeks_is_put_away_with_its_details(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    forget(14, but=timedelta(seconds=1))
    assert batch_of(batch_id).state == BatchState.OPEN
    forget(14)
    batch = batch_of(batch_id)
    assert (batch.rows, batch.state) == ({}, BatchState.DISCARDED)


def test_a_list_that_is_put_away_keeps_nothing(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    change(batch_id, Change(cells={3: {"email": "alder@example.org"}}))
    discard(batch_id, tansy)
    batch = batch_of(batch_id)
    assert (batch.rows, batch.mended, batch.state) == ({}, {}, BatchState.DISCARDED)
    with pytest.raises(Conflict, match="Only a list that is not taken in yet"):
        discard(batch_id, tansy)


def test_a_form_from_an_earlier_page_changes_nothing(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    change(batch_id, Change(cells={3: {"email": "alder@example.org"}}))
    with pytest.raises(ChangedMeanwhile), db.writing():
        batches.change(batch_id, Change(left_out=[2]), revision=1, now=NOW)
    assert batch_of(batch_id).mended == {"cells": {"3": {"email": "alder@example.org"}}}


def test_what_is_sent_unchanged_changes_nothing(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    with db.writing():
        same = Change(sheet="", keys={0: "display_name"}, cells={3: {"email": ""}}, shown=[2, 3, 4])
        assert not batches.change(batch_id, same, revision=1, now=NOW)
    assert batch_of(batch_id).revision == 1


def test_odd_places_lines_and_keys_change_nothing(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    odd = Change(
        sheet="no such",
        keys={0: "no such", 99: "email"},
        cells={999: {"email": "x"}, 2: {"no such": "x"}},
        left_out=[77],
        joined={77: 78},
        for_all={"no such": "x"},
    )
    change(batch_id, odd)
    assert len(shown(batch_id, tansy).rows) == 4
    assert batch_of(batch_id).mended == {}
    assert batch_of(batch_id).revision == 1


def test_what_the_file_has_no_column_for_is_written_once_for_every_row(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy, ["Plover,plover@example.org", "Kite,kite@example.org"], "Nickname,E-mail")
    change(batch_id, Change(for_all={"roles": "lead", "email": "never@example.org"}, cells={3: {"roles": "trainer"}}))
    values = {each.line: each.values["people"] for each in shown(batch_id, tansy).rows}
    assert (values[2]["roles"], values[3]["roles"]) == (["lead"], ["trainer"])
    assert values[2]["email"] == "plover@example.org"
    change(batch_id, Change(for_all={"roles": " "}))
    assert batch_of(batch_id).mended == {"cells": {"3": {"roles": "trainer"}}}


def test_what_duties_need_and_the_file_has_no_column_for_is_asked_for_once(app: Flask, tansy: Person) -> None:
    def asked_for(headings: str, *rows: str) -> set[str]:
        batch_id = brought(tansy, rows, headings)
        file = batches.read(batch_of(batch_id), NOW)
        page = list_page(file, shown(batch_id, tansy), batches.columns(NOW), show="", number=1, columns_page=1)
        return {mend.key for mend in page.for_all}

    assert asked_for("Nickname,E-mail", "Plover,plover@example.org", "Kite,kite@example.org") == {
        "over_18",
        "code_agreed_on",
    }
    rows = ("Plover,plover@example.org,29/3/1998", "Kite,kite@example.org,")
    assert asked_for("Nickname,E-mail,DOB", *rows) == {"code_agreed_on"}


def test_another_sheet_can_be_chosen(app: Flask, tansy: Person) -> None:
    book = workbook.read(
        xlsx(
            {
                "Team": [["Nickname", "E-mail"], ["Plover", "plover@example.org"]],
                "Old": [["Name", "Mail"], ["Alder", "alder@example.org"]],
            }
        ),
        "team.xlsx",
    )
    with db.writing():
        batch_id = batches.open_batch("team.xlsx", book, by=tansy.id, now=NOW).id
    assert [each.name for each in shown(batch_id, tansy).rows] == ["Plover"]
    change(batch_id, Change(sheet="Old"))
    assert batches.read(batch_of(batch_id), NOW).sheet == "Old"
    assert [each.name for each in shown(batch_id, tansy).rows] == ["Alder"]


def test_while_a_worker_takes_a_list_in_nobody_changes_it(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    with db.writing():
        tasks.start_taking_in(batch_id, Seen(1, "mark"), by=tansy.id, now=NOW)
    with pytest.raises(BeingTakenIn):
        change(batch_id, Change(left_out=[2]))
    with pytest.raises(Conflict):
        discard(batch_id, tansy)
    with db.writing():
        db.session.get_one(Task, batch_of(batch_id).task_id).state = TaskState.FAILED
    change(batch_id, Change(left_out=[2]))
    assert batch_of(batch_id).task_id is None


def test_a_list_that_was_taken_in_is_not_changed(app: Flask, tansy: Person) -> None:
    batch_id = taken_in(tansy)
    with pytest.raises(NotOpen, match="was taken in already"):
        change(batch_id, Change(left_out=[2]))
