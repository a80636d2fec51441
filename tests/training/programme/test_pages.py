"""The pages on which staff ask people to take courses, and where people read it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.people.models import Person, Role
from tests.conftest import People, SignIn
from tests.times import NOW
from tests.training.courses import install_shipped
from training import catalogue, learning
from training.programme.assigned import asked_of


@pytest.fixture
def tansy(app: Flask, people: People) -> Person:
    install_shipped()
    return people.person("Tansy", roles=(Role.TRAINER,))


def by_when(**more: str) -> dict[str, object]:
    return {"code": "conflict", "due_on": ["1", "4", "2027"], **more}


def test_a_trainer_asks_one_person_who_reads_it_on_today_and_under_learning(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    wren = people.person("Wren")
    sign_in(client, tansy)
    assert "Courses they are asked to take" in client.get(f"/people/{wren.id}").text
    page = f"/learning/assigned/{wren.id}"
    client.get(page)
    answer = client.post(page, data=by_when(), follow_redirects=True)
    assert "1 person was asked" in answer.text
    assert "By 1 April 2027" in answer.text
    sign_in(client, wren)
    assert "Tansy asks you to take it by 1 April 2027" in client.get("/").text
    assert "Asked of you by Tansy" in client.get("/learning").text


def test_a_trainer_asks_everybody_at_a_stage_and_takes_it_back(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    wren, robin = people.person("Wren"), people.person("Robin")
    sign_in(client, tansy)
    client.get("/learning/assigned")
    answer = client.post("/learning/assigned", data=by_when(stage="user"), follow_redirects=True)
    assert "3 people were asked" in answer.text
    assert "0 of 3 have done it" in answer.text
    one, other = (asked_of(person.id)[0].id for person in (wren, robin))
    answer = client.post(f"/learning/assigned/{one}/take-back", follow_redirects=True)
    assert "Taken back for 1 person" in answer.text
    assert asked_of(wren.id) == []
    answer = client.post(f"/learning/assigned/{other}/take-back", data={"all_of_them": "y"}, follow_redirects=True)
    assert "Taken back for 2 people" in answer.text
    assert asked_of(robin.id) == []


def test_what_is_missing_is_said_at_its_field_and_the_rest_kept(
    client: FlaskClient, sign_in: SignIn, tansy: Person
) -> None:
    sign_in(client, tansy)
    client.get("/learning/assigned")
    answer = client.post("/learning/assigned", data={"code": "conflict", "stage": "peer"})
    assert answer.status_code == 422
    assert "Give the day by which it should be done" in answer.text


def test_the_page_of_a_course_leads_to_the_one_it_builds_on(
    client: FlaskClient, app: Flask, people: People, sign_in: SignIn
) -> None:
    with db.writing():
        for code in ("safeguarding", "recognising-risk"):
            catalogue.install(catalogue.shipped_pack(code), by=None, now=NOW)
    sign_in(client, people.person("Wren"))
    page = client.get("/learning/recognising-risk").text
    assert "Go to Safeguarding essentials" in page
    assert "Start the course" not in page
    client.get("/learning/safeguarding")
    answer = client.post("/learning/recognising-risk/start", data={"after": "0"})
    assert answer.status_code == 409
    assert "builds on “Safeguarding essentials”" in answer.text


def test_a_newcomer_is_led_from_today_to_a_first_visit_and_on_to_the_first_course(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    assert "Your first five minutes" in client.get("/").text
    page = client.get("/learning/first-visit").text
    for words in ("Support for me", "Understanding conflict", "My journey", "My account", "You can ask"):
        assert words in page
    with db.writing():
        learning.start("conflict", by=wren, now=NOW)
    assert "Your first five minutes" not in client.get("/").text
