"""People of an organisation's own records: who they are, who is here already, and under which name they come in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import audit, db
from app.outbox.models import OutboxRow
from app.people import ages, directory
from app.people.models import Person, PersonPrivate, PersonState, Role
from app.people.rights import roles_of
from app.refusals import Conflict, NotFound
from app.takeover import people_part
from app.takeover.models import TakenPerson, TakeoverBatch
from app.takeover.parts import Reading, Taking
from app.takeover.people_part import PEOPLE
from app.trail import verification
from tests.conftest import People
from tests.times import NOW, TODAY


def reading(by: Person) -> Reading:
    return Reading(NOW, TODAY, by)


def read(by: Person, **cells: str) -> dict[str, Any]:
    found = PEOPLE.read(cells, reading(by))
    assert found.faults == ()
    assert found.value is not None
    return found.value


def faults(by: Person, **cells: str) -> list[str]:
    return [f"{each.column}: {each.sentence}" for each in PEOPLE.read(cells, reading(by)).faults]


def new_batch(by: Person) -> Taking:
    batch = TakeoverBatch(file_name="team.csv", made_by_id=by.id, made_at=NOW, rows={}, mapping={}, mended={})
    db.session.add(batch)
    db.session.flush()
    return Taking(batch.id, by, NOW, TODAY)


def take_in(by: Person, *values: dict[str, Any]) -> dict[int, int]:
    with db.writing():
        taking = new_batch(by)
        by_line = dict(enumerate(values, start=2))
        ids = people_part.create(by_line, taking)
        PEOPLE.take_in({ids[line]: value for line, value in by_line.items()}, taking)
    return ids


def test_a_row_is_read_as_a_person_would_read_it(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    value = read(
        admin,
        email="Pauline Lovell <Pauline@Example.org>",
        legal_name="Lovell, Pauline",
        phone="07700 900101",
        born_on="29/3/1998",
        roles="Shift lead & Co-ordinator",
        joined_on="1 September 2023",
    )
    assert value["email"] == "pauline@example.org"
    assert value["legal_name"] == "Pauline Lovell"
    assert value["names"][:2] == ["Pauline", "Pauline L"]
    assert value["roles"] == ["coordinator", "lead"]
    assert (value["born_on"], value["joined_on"]) == ("1998-03-29", "2023-09-01")


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"display_name": "Plover"}, "email", "no e-mail address"),
        ({"display_name": "Plover", "email": "plover at example.org"}, "email", "is not an e-mail address"),
        ({"email": "plover@example.org"}, "display_name", "There is no name"),
        ({"display_name": "Plover", "email": "p@example.org", "roles": "Wizard"}, "roles", "is not a role here"),
        ({"display_name": "Plover", "email": "p@example.org", "born_on": "1/1/2031"}, "born_on", "out of bounds"),
        ({"display_name": "Plover", "email": "p@example.org", "phone": "4.47701E+11"}, "phone", "spreadsheet"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_column(
    app: Flask, people: People, cells: dict[str, str], column: str, words: str
) -> None:
    found = faults(people.person("Sable", roles=(Role.ADMIN,)), **cells)
    assert any(each.startswith(f"{column}: ") and words in each for each in found), found


def test_a_day_is_concluded_for_work_and_never_for_a_birth(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    cells = {"display_name": "Plover", "email": "p@example.org"}
    assert read(admin, **cells, joined_on="Sept 23")["joined_on"] == "2023-09-30"
    assert read(admin, **cells, joined_on=f"{TODAY:%b %y}")["joined_on"] == TODAY.isoformat()
    assert any("could be of two centuries" in each for each in faults(admin, **cells, born_on="1/9/23"))


def test_only_who_may_give_roles_can_take_them_over(app: Flask, people: People) -> None:
    coordinator = people.person("Finch", roles=(Role.COORDINATOR,))
    cells = {"display_name": "Plover", "email": "p@example.org", "roles": "admin"}
    assert any("Only people who may give roles" in each for each in faults(coordinator, **cells))
    value = read(people.person("Sable", roles=(Role.ADMIN,)), **cells)
    with pytest.raises(Exception, match="Only people who may give roles"):
        take_in(coordinator, value)


@pytest.mark.parametrize(
    ("cells", "born_by"),
    [
        ({"over_18": "Yes"}, "2009-02-18"),
        ({"over_18": "18+"}, "2009-02-18"),
        ({"over_18": "no"}, None),
        ({"over_18": ""}, None),
        ({"over_18": "yes", "born_on": "29/3/1998"}, None),
    ],
)
def test_over_18_is_enough_for_the_rules_about_ages(
    app: Flask, people: People, cells: dict[str, str], born_by: str | None
) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    value = read(admin, display_name="Plover", email="p@example.org", **cells)
    assert value["born_by"] == born_by
    ids = take_in(admin, value)
    born_on = ages.born_on([ids[2]])[ids[2]]
    is_adult = born_on is not None and ages.age_on(born_on, TODAY) >= 18
    assert is_adult == (born_by is not None or "born_on" in cells)


def test_ages_that_contradict_each_other_are_refused(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    cells = {"display_name": "Plover", "email": "p@example.org"}
    assert any("Look at both" in each for each in faults(admin, **cells, over_18="yes", born_on="1/1/2015"))
    assert any("neither yes nor no" in each for each in faults(admin, **cells, over_18="perhaps"))


@pytest.mark.both_databases
def test_new_people_get_accounts_and_those_who_are_here_keep_their_details(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    known = people.person("Wren", email="wren@example.org")
    values = (
        read(admin, first_name="Pat", last_name="Moor", email="pat@example.org", roles="lead", joined_on="1/9/2023"),
        read(admin, first_name="Pat", last_name="Marsh", email="pat2@example.org"),
        read(admin, display_name="Another", email="WREN@example.org", phone="07700 900101", roles="admin"),
    )
    coming = people_part.arrivals(dict(enumerate(values)), reading(admin))
    assert [one.display_name for one in coming.values()] == ["Pat", "Pat M", "Wren"]
    assert coming[2].person_id == known.id
    ids = take_in(admin, *values)
    assert ids[4] == known.id
    assert [db.session.get_one(Person, ids[line]).display_name for line in (2, 3, 4)] == ["Pat", "Pat M", "Wren"]
    assert db.session.get_one(PersonPrivate, known.id).phone is None
    assert roles_of(known.id, on=TODAY) == frozenset()
    assert roles_of(ids[2], on=TODAY) == {Role.LEAD}
    assert db.session.get_one(Person, ids[2]).joined_at.date() == date(2023, 8, 31)  # midnight in London
    brought = db.session.execute(select(TakenPerson.person_id, TakenPerson.is_new).order_by(TakenPerson.line)).all()
    assert [tuple(row) for row in brought] == [(ids[2], True), (ids[3], True), (known.id, False)]
    assert db.session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_an_address_or_a_chosen_name_that_stands_twice_is_refused(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    rows = {
        2: read(admin, display_name="Plover", email="plover@example.org"),
        3: read(admin, display_name="Plover", email="other@example.org"),
        4: read(admin, display_name="Alder", email="plover@example.org"),
        5: read(admin, display_name="S\u0430ble", email="fake@example.org"),  # the Cyrillic a
    }
    found = {line: [fault.sentence for fault in one.faults] for line, one in arrive(rows, admin).items()}
    assert found[2] == []
    assert "stands in line 2" in found[3][0]
    assert "stands in line 2 too" in found[4][0]
    assert "looks like “Sable”" in found[5][0]
    with pytest.raises(Conflict, match="changed since you looked"):
        take_in(admin, *rows.values())


def arrive(rows: dict[int, dict[str, Any]], by: Person) -> dict[int, people_part.Arrival]:
    return people_part.arrivals(rows, reading(by))


def test_ones_own_row_is_left_to_somebody_else_where_it_vouches(app: Flask, people: People) -> None:
    admin = people.person("Sable", email="sable@example.org", roles=(Role.ADMIN,))
    rows = {2: read(admin, display_name="Sable", email="sable@example.org")}
    assert arrive(rows, admin)[2].faults == ()
    own = people_part.arrivals(rows, reading(admin), vouched_for=[2])[2]
    assert "nobody vouches for themselves" in own.faults[0].sentence


def undo(by: Person, ids: dict[int, int]) -> None:
    with db.writing():
        PEOPLE.undo(list(ids.values()), Taking(1, by, NOW, TODAY))


@pytest.mark.both_databases
def test_undone_nobody_finds_the_people_and_their_names_and_addresses_are_free(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    known = people.person("Wren", email="wren@example.org")
    values = (
        read(admin, display_name="Plover", email="plover@example.org", roles="lead", phone="07700 900101"),
        read(admin, display_name="Wren again", email="wren@example.org"),
    )
    ids = take_in(admin, *values)
    undo(admin, ids)
    assert [person.display_name for person in directory.everybody()] == ["Sable", "Wren"]
    with pytest.raises(NotFound):
        directory.find(ids[2])
    assert db.session.get(PersonPrivate, ids[2]) is None
    assert db.session.get(PersonPrivate, known.id) is not None
    assert roles_of(ids[2], on=TODAY) == frozenset()
    again = take_in(admin, *values)
    assert again[2] != ids[2]
    assert again[3] == known.id
    assert list(verification.check()) == []


def test_accounts_that_were_taken_up_are_not_taken_back(app: Flask, people: People) -> None:
    admin = people.person("Sable", roles=(Role.ADMIN,))
    ids = take_in(admin, read(admin, display_name="Plover", email="plover@example.org"))
    with db.writing():
        db.session.get_one(Person, ids[2]).state = PersonState.ACTIVE
        audit.record("people.added", by=None, subject=f"person:{ids[2]}", now=NOW)
    with pytest.raises(Conflict, match="Plover signed in since"):
        undo(admin, ids)
