"""The pages on which staff ask people to take courses, and where people read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app import db
from app.outbox import queue
from app.people.models import Person, Role
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from tests.training.courses import install_shipped, pass_course
from training import catalogue, learning
from training.programme.assigned import PER_PAGE, asked_of, batches, page_of_batches
from training.programme.assigning import assign
from training.programme.models import CourseAssignment


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


def test_many_people_are_asked_in_parts_of_which_each_stands_by_itself(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "AT_ONCE", 2)
    for number in range(4):
        people.person(f"Peer {number}")
    sign_in(client, tansy)
    client.get("/learning/assigned")
    opened = []
    listen = event.listens_for(db.extension.engine, "commit")
    listen(lambda _connection: opened.append(1))
    answer = client.post("/learning/assigned", data=by_when(stage="user"), follow_redirects=True)
    assert "5 people were asked" in answer.text
    assert "0 of 5 have done it" in answer.text, "it is one batch on the page"
    assert len(opened) >= 3


def test_the_page_leaves_out_what_is_done_and_past_and_names_some_of_many(
    client: FlaskClient, people: People, sign_in: SignIn, tansy: Person
) -> None:
    done, several = people.person("Done"), [people.person(f"Peer {number:02}") for number in range(22)]
    pass_course(done)
    with db.writing():
        assign([each.id for each in several], "conflict", due_on=NOW.date(), by=tansy, now=NOW)
        db.session.add(
            CourseAssignment(
                person_id=done.id,
                course_id=catalogue.course_called("conflict")[0].id,
                due_on=NOW.date(),
                assigned_by_id=tansy.id,
                assigned_at=NOW - timedelta(days=9),
            )
        )
    assert {batch.met for batch in batches()} == {0, 1}
    sign_in(client, tansy)
    assert "All done" in client.get("/learning/assigned").text
    with clock_at(NOW + timedelta(days=2)):
        sign_in(client, tansy)
        page = client.get("/learning/assigned").text
    assert "All done" not in page
    assert "Peer 19" in page
    assert "Peer 20" not in page
    assert "and 2 more" in page


def test_what_was_asked_comes_on_pages_by_day(people: People, tansy: Person) -> None:
    several = [people.person(f"Peer {number:02}") for number in range(PER_PAGE + 1)]
    with db.writing():
        for number, each in enumerate(several):
            assign([each.id], "conflict", due_on=NOW.date() + timedelta(days=number), by=tansy, now=NOW)
    first, last = (page_of_batches(number, today=NOW.date()) for number in (0, 99))
    assert (len(first.batches), first.number, first.pages) == (PER_PAGE, 1, 2)
    assert [batch.people[0].person for batch in last.batches] == [several[-1].display_name]
