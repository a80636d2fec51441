"""Who has learned what: narrowed, in order, a page at a time, and as a table that no spreadsheet calculates."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock, db, settings
from app.people.models import Person, PersonState, Role
from progression.stages import Stage
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training.programme.assigning import assign
from training.teaching import matrix as module
from training.teaching.matrix import Order, Wanted, as_csv, matrix
from training.teaching.states import CourseState

EVERYTHING: frozenset[CourseState] = frozenset()


def ask(person: Person, days: int, by: Person) -> None:
    """Ask somebody to take the course within so many days of NOW."""
    with db.writing():
        assign(
            [person.id],
            "conflict",
            due_on=clock.on(NOW, settings.current().zone) + timedelta(days=days),
            by=by,
            now=NOW,
        )


@pytest.fixture
def team(app: Flask, people: People) -> dict[str, Person]:
    install_shipped()
    made = {name: people.person(name) for name in ("Ash", "Birch", "Cedar", "Dill")}
    pass_course(made["Cedar"])
    ask(made["Dill"], 1, made["Ash"])
    ask(made["Birch"], 9, made["Ash"])
    people.person("Elm", state=PersonState.SUSPENDED)
    people.person("Fern", state=PersonState.INVITED)
    return made


def names(wanted: Wanted, days: int = 3) -> list[str]:
    return [row.name for row in matrix(wanted, now=NOW + timedelta(days=days)).rows]


def test_people_who_need_something_come_first_and_closed_accounts_not_at_all(team: dict[str, Person]) -> None:
    assert names(Wanted()) == ["Dill", "Birch"]
    assert names(Wanted(states=EVERYTHING)) == ["Dill", "Birch", "Cedar", "Ash"]
    assert names(Wanted(states=EVERYTHING, order=Order.NAME)) == ["Ash", "Birch", "Cedar", "Dill"]


def test_it_is_narrowed_by_state_stage_role_course_and_name(team: dict[str, Person], people: People) -> None:
    people.person("Gorse", roles=(Role.TRAINER,))
    assert names(Wanted(states=frozenset({CourseState.DONE}))) == ["Cedar"]
    assert names(Wanted(states=frozenset({CourseState.OVERDUE}))) == ["Dill"]
    assert names(Wanted(states=EVERYTHING, role=Role.TRAINER)) == ["Gorse"]
    assert names(Wanted(states=EVERYTHING, words="IRC")) == ["Birch"]
    assert names(Wanted(states=EVERYTHING, stages=frozenset({Stage.PEER}))) == []
    assert len(names(Wanted(states=EVERYTHING, stages=frozenset({Stage.USER, Stage.PEER})))) == 5
    assert names(Wanted(states=EVERYTHING, code="no-such-course")) == []


def test_the_numbers_are_of_everybody_before_the_states_were_chosen(team: dict[str, Person]) -> None:
    found = matrix(Wanted(states=frozenset({CourseState.DONE})), now=NOW + timedelta(days=3))
    assert (found.people, found.count) == (4, 1)
    assert found.by_state[CourseState.OVERDUE] == found.by_state[CourseState.DUE] == 1


def test_a_page_beyond_the_last_is_the_last(team: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PEOPLE_ON_A_PAGE", 3)
    found = matrix(Wanted(states=EVERYTHING, order=Order.NAME, page=9), now=NOW)
    assert ([row.name for row in found.rows], found.page, found.pages) == (["Dill"], 2, 2)
    monkeypatch.setattr(module, "MOST_PEOPLE", 2)
    assert matrix(Wanted(), now=NOW).is_cut


def test_the_table_has_everybody_and_no_formulas(team: dict[str, Person], people: People) -> None:
    people.person("@sum", email="sum@example.org")
    text = as_csv(Wanted(states=EVERYTHING, order=Order.NAME), now=NOW + timedelta(days=3)).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["Person", "Stage", "Understanding conflict"]
    assert rows[0][0] == "'@sum"
    cells = [row[2] for row in rows[1:]]
    assert cells == ["not asked", "due 2027-02-27", "done until 2029-02-18", "overdue 2027-02-19"]


def test_staff_find_who_is_overdue_and_others_do_not_see_the_page(
    team: dict[str, Person], people: People, client: FlaskClient, sign_in: SignIn
) -> None:
    clock.set_to(NOW + timedelta(days=3))
    trainer = people.person("Tansy", roles=(Role.TRAINER,))
    page = sign_in(client, trainer).get("/learning/matrix").text
    assert "Dill" in page
    assert "Cedar" not in page
    assert 'href="/learning/matrix"' in page
    assert "Dill" in client.get("/learning/matrix?narrowed=y&user=y&overdue=y&due=y&order=name&role=nobody").text
    table = client.get("/learning/matrix/table.csv?narrowed=y&done=y")
    assert table.mimetype == "text/csv"
    assert "Cedar" in table.text
    assert sign_in(client, team["Ash"]).get("/learning/matrix").status_code == 403
    assert client.get("/learning/matrix/table.csv").status_code == 403
