"""Names of people: two that are read or look the same are one too many, wherever they come from, on both databases."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import func, select, text

from app import db, migrating
from app.cli import add_person, import_people
from app.people import csv_import, directory
from app.people.directory import NewPerson
from app.people.listing import page_of_people
from app.people.models import Person, PersonPrivate, Role
from app.people.names import keys_of, legal_name, shape
from app.refusals import Conflict, Invalid, Refusal
from app.settings import Settings
from app.typed_text import compare_key
from tests.app.test_typed_text import ANY_TEXT, NAMES
from tests.conftest import People, SignIn
from tests.databases import Databases
from tests.examples import examples
from tests.page_fields import hidden
from tests.times import NOW, TODAY
from wsgi import create_app


@pytest.mark.parametrize(
    ("here", "wanted"),
    [
        ("Tansy", "tansy"),
        ("Tansy", "Tаnsy"),  # a Cyrillic а
        ("Tansy", "ТANSY"),  # a Cyrillic Т, in capitals
        ("Tansy", "Ｔansy"),  # full width
        ("Vera", "νera"),  # a Greek ν
        ("Zoë", "Zoe\u0308"),
        ("Ian", "lan"),  # the first is a capital i, the second a small L
        ("Robin 10", "Robin IO"),
        ("Ольга", "ольга"),
        ("Straße", "strasse"),
    ],
)
def test_a_name_that_is_read_like_anothers_or_looks_like_it_is_refused(people: People, here: str, wanted: str) -> None:
    people.person(here, email="here@example.org")
    with pytest.raises(Conflict, match="already"), db.writing():
        directory.add(NewPerson(wanted, "wanted@example.org"), by=None, today=TODAY, now=NOW)


def test_names_that_differ_to_the_eye_may_stand_side_by_side() -> None:
    for one, other in (("Ian", "Lan"), ("Lia", "Ila"), ("Zoë", "Zoe"), ("Tansy", "Tansy 2"), ("Анна", "Anna K")):
        assert not keys_of(one) & keys_of(other), (one, other)


@given(ANY_TEXT)
def test_the_shape_of_a_shape_is_itself(typed: str) -> None:
    assert shape(shape(typed)) == shape(typed)


def test_a_legal_name_may_be_missing_and_is_bounded() -> None:
    assert legal_name(None) is legal_name(" ") is legal_name("") is None
    assert legal_name(" Wren  Amara Okafor ") == "Wren Amara Okafor"
    with pytest.raises(Invalid, match="at most 120 characters"):
        legal_name("W" * 121)


def test_ones_own_name_can_be_written_another_way(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    people.person("Heron")
    sign_in(client, wren)
    for name, status in (("WREN", 302), ("Нeron", 409), ("Wr\u034fen", 422)):
        sent = {"seen": hidden(client.get("/account").text, "seen"), "display_name": name}
        assert client.post("/account", data=sent).status_code == status
    db.session.rollback()
    assert db.session.get_one(Person, wren.id).display_name == "WREN"


@pytest.mark.both_databases
def test_the_list_of_people_finds_a_name_in_any_form(people: People) -> None:
    for number, name in enumerate(("Zoë", "Ольга", "علی‌رضا")):
        people.person(name, email=f"p{number}@example.org")
    for words in ("zoe\u0308", "ОЛЬГА", "علیرضا"):
        assert page_of_people(words, 1).count == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_people_who_were_here_before_there_were_keys_get_one_and_no_two_the_same(
    databases: Databases, settings_for_tests: Settings, kind: str
) -> None:
    names = {1: "Zoe\u0308", 2: "ZOË", 3: "Straße", 4: "\u3164", 5: "علی\u200cرضا", 6: "Robin 🦊", 7: "山田\u3000太郎"}
    with databases.empty(kind) as url:
        app = create_app(replace(settings_for_tests, database_url=url))
        with app.app_context():
            command.upgrade(migrating.alembic_config(), "0008")
            with db.extension.engine.begin() as connection:
                for number, name in names.items():
                    connection.execute(INSERT, {"id": number, "name": name, "now": NOW})
            migrating.upgrade()
            keys = {row.id: row.name_key for row in db.session.execute(select(Person.id, Person.name_key))}
            db.session.remove()
            db.extension.engine.dispose()
    alone = {number: compare_key(name) for number, name in names.items() if number not in (2, 4)}
    assert keys == {**alone, 2: "zoë (2)", 4: " (4)"}


INSERT = text(
    "INSERT INTO person (id, display_name, state, rights_version, joined_at) VALUES (:id, :name, 'active', 1, :now)"
)


@pytest.mark.both_databases
@settings(max_examples=examples(25), suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_page_an_import_and_a_command_take_the_same_texts_and_refuse_the_same(
    client: FlaskClient, people: People, sign_in: SignIn, tmp_path: Path, data: st.DataObject
) -> None:
    """Each field gets any text. The import and the command only check, so that the page finds nothing taken by them."""
    if db.session.get(Person, 1) is None:
        sign_in(client, people.person("Coordinator", roles=(Role.COORDINATOR,)))
    fresh = count_people() + 1
    name = data.draw(st.one_of(ANY_TEXT, st.sampled_from(NAMES)), "display name")
    legal = data.draw(st.one_of(st.just(""), ANY_TEXT), "legal name")
    email = data.draw(st.one_of(st.just(f"p{fresh}@example.org"), ANY_TEXT), "e-mail")
    file = tmp_path / "people.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([["Display name", "E-mail", "Legal name"], [name, email, legal]])

    reading = csv_import.read(file.read_bytes(), today=TODAY)
    said = CliRunner().invoke(import_people, [str(file), "--dry-run"])
    db.session.rollback()
    answer = client.post("/people/add", data={"display_name": name, "email": email, "legal_name": legal})
    db.session.rollback()

    assert (answer.status_code == 302) is (said.exit_code == 0) is bool(reading.rows), (answer.status_code, said.output)
    assert bool(reading.faults) is not bool(reading.rows)
    if reading.rows:
        made = db.session.scalars(select(Person).order_by(Person.id.desc()).limit(1)).one()
        private = db.session.get_one(PersonPrivate, made.id)
        person = reading.new[0]
        kept = (made.display_name, private.legal_name, private.email)
        assert kept == (person.display_name, person.legal_name, person.email)
        assert escape(made.display_name) in client.get(f"/people/{made.id}").text
    else:
        assert answer.status_code in (409, 422)
        assert all(fault.sentence and fault.line in (1, 2) for fault in reading.faults)


def count_people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_a_command_refuses_a_name_that_is_no_text(app: Flask) -> None:
    said = CliRunner().invoke(add_person, ["--name", "Tansy\udcff", "--email", "t@example.org"])
    assert isinstance(said.exception, Refusal)
    assert count_people() == 0
