"""What taking a list over would do, row by row."""

from __future__ import annotations

import pytest
from flask import Flask

from app import db
from app.people.models import Person, Role
from app.takeover import batches, mapping, table, workbook
from app.takeover.batches import Change
from app.takeover.preview import RowState
from tests.app.takeover.lists import brought, change, row, shown
from tests.app.takeover.spreadsheets import MESSY
from tests.conftest import People
from tests.times import NOW


@pytest.fixture
def tansy(people: People) -> Person:
    return people.person("Tansy", roles=(Role.ADMIN,))


def states(batch_id: int, by: Person) -> dict[int, RowState]:
    return {each.line: each.state for each in shown(batch_id, by).rows}


@pytest.mark.both_databases
def test_every_row_is_ready_or_noted_or_refused_with_its_line_column_and_what_to_do(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    assert states(batch_id, tansy) == {
        2: RowState.READY,
        3: RowState.REFUSED,
        4: RowState.REFUSED,
        5: RowState.READY,
    }
    alder = row(batch_id, tansy, 3)
    assert (alder.name, alder.said[0].heading, alder.said[0].column) == ("Alder", "E-mail", "email")
    assert "Type it here, or leave the row out" in alder.said[0].sentence
    assert row(batch_id, tansy, 4).same_as == 2
    assert shown(batch_id, tansy).sums[:1] == ("1 with the role lead",)


def test_a_row_is_mended_on_the_page_and_what_was_typed_is_kept(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    change(batch_id, Change(cells={3: {"email": "alder at example.org"}}))
    assert row(batch_id, tansy, 3).said[0].cell == "alder at example.org"
    change(batch_id, Change(cells={3: {"email": "alder@example.org"}}))
    assert states(batch_id, tansy)[3] == RowState.READY


def test_a_row_is_left_out_and_taken_up_again(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    change(batch_id, Change(shown=[3, 4], left_out=[3]))
    assert states(batch_id, tansy)[3] == RowState.LEFT_OUT
    change(batch_id, Change(shown=[3]))
    assert states(batch_id, tansy)[3] == RowState.REFUSED


def test_two_rows_of_one_person_are_joined(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy, ["Plover,plover@example.org,", "Bryony,plover@example.org,lead"])
    change(batch_id, Change(joined={3: 2}))
    assert states(batch_id, tansy) == {2: RowState.READY, 3: RowState.JOINED}
    assert row(batch_id, tansy, 2).values["people"]["roles"] == ["lead"]


def test_where_joined_rows_differ_the_first_counts_and_a_note_says_so(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy, ["Plover,plover@example.org,trainer", "Plover,plover@example.org,lead"])
    change(batch_id, Change(joined={3: 2}))
    plover = row(batch_id, tansy, 2)
    assert plover.values["people"]["roles"] == ["trainer"]
    assert "Line 3 says “lead” and this line “trainer”: this line counts." in [each.sentence for each in plover.said]


def test_a_row_that_was_joined_to_one_left_out_stands_for_itself(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy)
    change(batch_id, Change(joined={4: 2}))
    change(batch_id, Change(shown=[2], left_out=[2]))
    assert states(batch_id, tansy)[4] == RowState.READY


def test_a_row_with_the_address_of_somebody_of_another_name_is_not_taken_for_them(
    app: Flask, tansy: Person, people: People
) -> None:
    people.person("Wren", email="wren@example.org")
    batch_id = brought(tansy, ["Finch,wren@example.org,", "Wren ,WREN@example.org,"])
    finch = row(batch_id, tansy, 2)
    assert finch.state == RowState.REFUSED
    assert "The address is that of “Wren” here." in finch.said[0].sentence
    change(batch_id, Change(shown=[2], left_out=[2]))
    assert states(batch_id, tansy)[3] == RowState.NOTHING_NEW


def test_a_name_that_looks_like_that_of_somebody_here_is_refused(app: Flask, tansy: Person, people: People) -> None:
    people.person("Wren")
    batch_id = brought(tansy, ["Wrеn,other@example.org,", "Kite,kite@example.org,", "kite,third@example.org,"])
    assert states(batch_id, tansy) == {2: RowState.REFUSED, 3: RowState.READY, 4: RowState.REFUSED}


def test_roles_come_in_only_with_who_may_give_them(app: Flask, people: People) -> None:
    sable = people.person("Sable", roles=(Role.COORDINATOR,))
    batch_id = brought(sable)
    assert states(batch_id, sable)[2] == RowState.REFUSED
    assert "ask an administrator" in row(batch_id, sable, 2).said[0].sentence


def test_without_a_column_of_addresses_no_row_is_read(app: Flask, tansy: Person) -> None:
    batch_id = brought(tansy, ["Plover,lead"], "Nickname,Roles")
    found = shown(batch_id, tansy)
    assert found.rows == ()
    assert found.faults == ("No column is “E-mail address” yet. Please say which one it is.",)


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "=VLOOKUP(A2,B:C,2)"])
def test_an_error_of_a_spreadsheet_never_passes_for_nothing(app: Flask, tansy: Person, cell: str) -> None:
    batch_id = brought(tansy, (f'Plover,plover@example.org,"{cell}"',), "Nickname,E-mail,DBS date")
    refused = row(batch_id, tansy, 2)
    assert refused.state is RowState.REFUSED
    assert {said.column for said in refused.said if said.is_fault} == {"check_issued_on"}
    change(batch_id, Change(cells={2: {"check_issued_on": ""}}))
    assert row(batch_id, tansy, 2).is_taken


@pytest.mark.parametrize("name", MESSY)
def test_every_row_of_a_file_as_organisations_keep_it_comes_in_or_says_what_to_do(
    app: Flask, tansy: Person, name: str
) -> None:
    book = workbook.read(MESSY[name](), name)
    with db.writing():
        batch = batches.open_batch(name, book, by=tansy.id, now=NOW)
        batch_id, known = batch.id, mapping.knows(batches.columns(NOW))
    read = shown(batch_id, tansy)
    assert read.faults == ()
    assert [each.line for each in read.rows] == [
        each.line for each in table.find(table.best_sheet(book, known), known).rows
    ]
    for each in read.rows:
        assert each.is_taken == (not any(said.is_fault for said in each.said))
        assert all(said.sentence.endswith((".", "?")) and said.heading for said in each.said)


def test_a_person_is_read_out_of_a_messy_file_as_somebody_would_read_them(app: Flask, tansy: Person) -> None:
    with db.writing():
        book = workbook.read(MESSY["volunteers.csv"](), "volunteers.csv")
        batch_id = batches.open_batch("volunteers.csv", book, by=tansy.id, now=NOW).id
    change(batch_id, Change(cells={2: {"check_level": "enhanced", "check_workforce": "adult"}}))
    zoe = row(batch_id, tansy, 2)
    assert zoe.is_taken, zoe.said
    assert (zoe.values["people"]["legal_name"], zoe.values["people"]["roles"]) == (
        "Zoë Lovell",
        ["coordinator", "lead"],
    )
    assert (zoe.values["people"]["born_on"], zoe.values["people"]["phone"]) == ("1998-03-29", "+44 7700 900101")
