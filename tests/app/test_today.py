"""Today and the menu."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from app.people.models import Role
from tests.conftest import People, SignIn


def test_the_menu_lists_only_what_the_reader_may_open(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    sign_in(client, people.person("Wren"))
    page = client.get("/menu").text
    assert 'href="/admin"' not in page
    assert client.get("/admin").status_code == 403
    sign_in(client, people.person("Heron", roles=(Role.ADMIN,)))
    assert 'href="/admin"' in client.get("/menu").text
    assert client.get("/admin").status_code == 200


def test_a_new_person_sees_today_with_at_most_one_highlighted_card(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Wren"))
    page = client.get("/").text
    assert "Wren" in page
    assert page.count("nl-card--lit") <= 1


def test_a_visitor_is_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"].startswith("/sign-in")


def test_the_menu_marks_the_one_place_where_the_reader_is(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    sign_in(client, people.person("Hazel", roles=(Role.TRAINER,)))
    current = re.findall(r'aria-current="page">(.+?)</a>', client.get("/learning/matrix").text, re.DOTALL)
    assert [re.sub(r"<.+?>", "", each, flags=re.DOTALL).strip() for each in current] == ["Training"]
