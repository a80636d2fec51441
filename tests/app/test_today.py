"""Today asks the cards of every domain and highlights one of them."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.conftest import People, SignIn


def test_a_new_person_sees_today_with_at_most_one_highlighted_card(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Wren"))
    page = client.get("/").text
    assert "Wren" in page
    assert page.count("nl-card--lit") <= 1


def test_a_visitor_is_sent_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/").headers["Location"].startswith("/sign-in")
