"""The visitor of each request, and their rights."""

from __future__ import annotations

from flask.testing import FlaskClient

from app import db
from app.people.models import Role
from app.people.request_session import describe_device
from app.people.rights import grant_role
from tests.conftest import People, SignIn
from tests.times import NOW, TODAY


def test_cached_reads_do_not_outlive_their_request(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    assert "/rota" not in client.get("/menu").text
    with db.writing():
        grant_role(wren, Role.COORDINATOR, by=None, today=TODAY, now=NOW)
    assert 'href="/rota"' in client.get("/menu").text


def test_of_a_user_agent_only_browser_and_system_are_kept() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert describe_device(edge) == "Edge on Windows"
    assert describe_device("Mozilla/5.0 (Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0") == (
        "Firefox on Android"
    )
    assert describe_device("") == "A browser on a device"
