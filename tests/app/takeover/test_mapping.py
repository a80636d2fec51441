"""What each column of a file is: guessed from its heading, corrected by hand, remembered."""

from __future__ import annotations

import pytest
from flask import Flask

from app import db
from app.people.models import Role
from app.takeover import mapping
from app.takeover.batches import Change
from app.takeover.mapping import Found, Meaning
from app.takeover.parts import Column
from app.takeover.table import TableColumn
from tests.app.takeover.lists import batch_of, brought, change, take_in
from tests.conftest import People

COLUMNS = (
    Column("email", "E-mail address", "Who they are", ("email", "mail"), is_required=True),
    Column("display_name", "Name the community sees", "Who they are", ("nickname",)),
)


def guessed(*headings: str) -> list[tuple[str, str]]:
    found = [TableColumn(place, heading, ("x",)) for place, heading in enumerate(headings)]
    return [(meaning.key, meaning.found) for meaning in mapping.guess(found, COLUMNS).values()]


@pytest.mark.parametrize(
    "heading", ["E-mail", "EMAIL", "e mail", "Emails", "E-mail (private)", "E-mail address", "email"]
)
def test_a_heading_is_known_however_people_write_it(app: Flask, heading: str) -> None:
    assert guessed(heading) == [("email", Found.BY_HEADING)]


def test_a_part_of_a_heading_is_no_guess(app: Flask) -> None:
    assert guessed("E-mail of mother") == [("", Found.NOT_YET)]


def test_of_two_columns_that_could_be_the_same_the_first_is_taken(app: Flask) -> None:
    assert guessed("Mail", "E-mail") == [("email", Found.BY_HEADING), ("", Found.NOT_YET)]


def test_an_empty_column_is_left_out_without_a_question(app: Flask) -> None:
    assert mapping.guess([TableColumn(0, "Notes")], COLUMNS) == {0: Meaning("", Found.EMPTY)}


def test_what_was_chosen_by_hand_is_remembered_for_the_next_file(app: Flask) -> None:
    columns = [TableColumn(0, "Contact by", ("x",)), TableColumn(1, "Soup", ("Leek",))]
    chosen = mapping.changed(mapping.guess(columns, COLUMNS), {0: "email", 1: ""})
    with db.writing():
        mapping.remember(columns, chosen)
    assert guessed("contact-by", "SOUP", "Nickname") == [
        ("email", Found.REMEMBERED),
        ("", Found.REMEMBERED),
        ("display_name", Found.BY_HEADING),
    ]
    assert mapping.knows(COLUMNS)("Contact by")


def test_a_column_that_nobody_chose_for_stays_to_be_looked_at(app: Flask) -> None:
    meanings = {0: Meaning("", Found.NOT_YET), 1: Meaning("", Found.NOT_YET)}
    assert mapping.changed(meanings, {0: "?", 1: ""}) == {
        0: Meaning("", Found.NOT_YET),
        1: Meaning("", Found.BY_HAND),
    }


def test_one_column_cannot_be_two_things_and_required_ones_are_asked_for(app: Flask) -> None:
    columns = [TableColumn(0, "Nick"), TableColumn(1, "")]
    meanings = {0: Meaning("display_name", Found.BY_HAND), 1: Meaning("display_name", Found.BY_HAND)}
    assert mapping.faults(columns, meanings, COLUMNS) == [
        "“Nick” and “Column B” cannot both be “Name the community sees”. Leave out all but one.",
        "No column is “E-mail address” yet. Please say which one it is.",
    ]


def test_a_column_whose_values_contradict_each_other_is_not_read(app: Flask) -> None:
    columns = [TableColumn(0, "E-mail", fault="These are two things.")]
    assert mapping.faults(columns, {0: Meaning("email", Found.BY_HEADING)}, COLUMNS) == [
        "“E-mail”: These are two things."
    ]
    assert mapping.faults(columns, {0: Meaning("", Found.BY_HAND)}, COLUMNS[1:]) == []


@pytest.mark.both_databases
def test_a_choice_on_the_page_is_remembered_once_the_list_is_taken_in(app: Flask, people: People) -> None:
    tansy = people.person("Tansy", roles=(Role.ADMIN,))
    batch_id = brought(tansy, ["Plover,plover@example.org"], "Bird,E-mail")
    change(batch_id, Change(keys={0: "display_name"}))
    assert batch_of(batch_id).mapping["columns"]["0"] == ["display_name", "hand"]
    assert not mapping.knows(COLUMNS)("Bird")
    take_in(batch_id, tansy)
    assert mapping.knows(COLUMNS)("Bird")
