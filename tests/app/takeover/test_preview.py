"""What taking a list over would do, row by row."""

from __future__ import annotations

import pytest
from flask import Flask

from app.people.models import Person, Role
from app.takeover.batches import Change
from app.takeover.preview import RowState
from tests.app.takeover.lists import brought, change, row, shown
from tests.conftest import People


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
