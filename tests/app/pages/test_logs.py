"""Logs hold ids and codes, and no addresses of pages, which may contain secrets."""

from __future__ import annotations

from flask.testing import FlaskClient
from structlog.testing import capture_logs

from tests.conftest import People, SignIn


def test_a_request_is_logged_by_its_endpoint_and_never_by_its_address(client: FlaskClient) -> None:
    with capture_logs() as lines:
        client.get("/calendar/a-secret-token.ics")
    (line,) = [each for each in lines if each["event"] == "request"]
    assert (line["endpoint"], line["method"], line["status"]) == ("rota.follow_calendar", "GET", 404)
    assert line["person"] is None
    assert "a-secret-token" not in str(lines)


def test_a_person_is_logged_by_their_id(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    with capture_logs() as lines:
        client.get("/account")
    assert [each["person"] for each in lines if each["event"] == "request"] == [wren.id]
    assert "Wren" not in str(lines)
