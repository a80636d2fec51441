"""The page of messages, the number in the menu, and the card on Today."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from app import clock
from app.inbox.reading import ON_A_PAGE
from tests.app.inbox.told import lines_of, told, write_to
from tests.conftest import People, SignIn


def test_what_is_not_read_comes_first_and_opening_it_marks_it_read(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren, tansy = people.person("Wren"), people.person("Tansy")
    told(wren)
    write_to(wren, "Tomorrow", by=tansy)
    sign_in(client, wren)
    page = client.get("/inbox").text
    assert "2 not read" in page
    assert page.index("Tomorrow") < page.index("This address has an account already")
    first, second = lines_of(wren)
    answer = client.post(f"/inbox/{first.outbox_id}")
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert client.post(f"/inbox/{second.outbox_id}").status_code == 302
    page = client.get("/inbox").text
    assert "Not read yet" not in page
    assert 'href="/sign-in"' in page


def test_nobody_opens_the_messages_of_others(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren, robin = people.person("Wren"), people.person("Robin")
    told(wren)
    sign_in(client, robin)
    assert "No messages yet" in client.get("/inbox").text
    assert client.post(f"/inbox/{lines_of(wren)[0].outbox_id}").status_code == 404
    assert lines_of(wren)[0].read_at is None


def test_all_are_marked_as_read_but_what_came_since(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    told(wren, 2)
    sign_in(client, wren)
    newest = re.search(r'name="newest" value="(\d+)"', client.get("/inbox").text)
    assert newest is not None
    told(wren)
    client.post("/inbox/all-read", data={"newest": newest[1]})
    assert [line.read_at is None for line in lines_of(wren)] == [False, False, True]


def test_read_messages_stand_under_the_days_of_their_reader(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren", zone_name="Pacific/Auckland")
    told(wren)
    sign_in(client, wren)
    client.post(f"/inbox/{lines_of(wren)[0].outbox_id}")
    assert ">Today</h2>" in client.get("/inbox").text
    clock.set_to(clock.now() + timedelta(days=2))
    page = client.get("/inbox").text
    assert ">Today</h2>" not in page
    assert "When a message came is in your time." in page


def test_a_page_holds_thirty_and_the_rest_is_one_link_away(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren")
    told(wren, ON_A_PAGE + 1)
    sign_in(client, wren)
    first = client.get("/inbox").text
    assert first.count("This address has an account already</b>") == ON_A_PAGE
    assert "Page 2, older" in first
    last = client.get("/inbox?page=99").text
    assert last.count("This address has an account already</b>") == 1


def test_the_menu_says_in_words_how_many_are_not_read(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    assert "not read</span>" not in client.get("/").text
    told(wren, 2)
    assert ", 2 not read</span>" in client.get("/").text
    client.post("/inbox/all-read", data={"newest": str(lines_of(wren)[-1].outbox_id)})
    assert "not read</span>" not in client.get("/").text


def test_today_shows_three_of_them_at_most(client: FlaskClient, people: People, sign_in: SignIn, app: Flask) -> None:
    wren = people.person("Wren")
    told(wren, 5)
    sign_in(client, wren)
    page = client.get("/").text
    assert page.count("<li>This address has an account already</li>") == 3
    assert "5 messages not read" in page
