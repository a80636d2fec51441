"""The visitor of each request, and their rights."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import request
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, clock, db
from app.people import directory, one_time_links
from app.people.models import Person, PersonState, Role, SignedInSession
from app.people.request_session import describe_device, remote_address
from app.people.rights import grant_role
from app.settings import Settings
from tests.client import TOKEN
from tests.conftest import PASSWORD, People, SignIn, clock_at
from tests.times import NOW, TODAY
from wsgi import create_app

PUBLIC = "https://rota.example.org"


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


@pytest.mark.parametrize(
    ("roles", "idle", "works"),
    [
        ((), timedelta(days=7), True),
        ((), timedelta(days=7, seconds=1), False),
        ((Role.LEAD,), timedelta(hours=12), True),
        ((Role.LEAD,), timedelta(hours=12, seconds=1), False),
        ((Role.ADMIN,), timedelta(hours=12, seconds=1), False),
    ],
)
def test_a_browser_that_was_left_is_signed_out_after_a_week_and_with_a_role_after_twelve_hours(
    client: FlaskClient, people: People, sign_in: SignIn, roles: tuple[Role, ...], idle: timedelta, works: bool
) -> None:
    sign_in(client, people.person(roles=roles))
    with clock_at(NOW + idle):
        assert client.get("/account").status_code == (200 if works else 302)


@pytest.mark.parametrize(("roles", "days"), [((), 30), ((Role.LEAD,), 7), ((Role.COORDINATOR,), 7)])
def test_a_browser_in_daily_use_is_signed_out_after_a_month_and_with_a_role_after_a_week(
    client: FlaskClient, people: People, sign_in: SignIn, roles: tuple[Role, ...], days: int
) -> None:
    sign_in(client, people.person(roles=roles))
    use_until(client, NOW + timedelta(days=days))
    with clock_at(NOW + timedelta(days=days)):
        assert client.get("/account").status_code == 200
    with clock_at(NOW + timedelta(days=days, seconds=1)):
        assert client.get("/account").status_code == 302


def use_until(client: FlaskClient, until: datetime) -> None:
    """Open a page every eleven hours, so that the session never counts as left."""
    instant = NOW
    while instant < until - timedelta(hours=11):
        instant += timedelta(hours=11)
        with clock_at(instant):
            assert client.get("/help").status_code == 200


@pytest.mark.parametrize("change", ["rights", "state", "ended"])
def test_a_session_whose_persons_rights_changed_or_that_ended_no_longer_works(
    client: FlaskClient, people: People, sign_in: SignIn, change: str
) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    assert client.get("/account").status_code == 200
    with db.writing():
        person = db.session.get_one(Person, wren.id)
        session = db.session.scalars(select(SignedInSession)).one()
        # Each by itself: losing a right does all three.
        if change == "rights":
            person.rights_version += 1
        elif change == "state":
            person.state = PersonState.SUSPENDED
            audit.record("people.suspended", by=None, subject=f"person:{wren.id}", now=NOW)
        else:
            session.ended_at = NOW
    assert client.get("/account").status_code == 302


def test_in_production_cookies_are_bound_to_the_host_and_to_https(settings_for_tests: Settings) -> None:
    app = create_app(replace(settings_for_tests, env="production", public_url=PUBLIC))
    with app.app_context():
        with db.writing():
            wren = directory.add(directory.NewPerson("Wren", "wren@example.org"), by=None, today=TODAY, now=NOW)
            token = one_time_links.token_of(directory.invite(wren, by=None, now=clock.now()))
        client = app.test_client()
        page = client.get(f"{PUBLIC}/welcome/{token}")
        sent = {"password": PASSWORD, "csrf_token": TOKEN.search(page.text)[1]}  # type: ignore[index]  # it has a form
        answer = client.post(f"{PUBLIC}/welcome/{token}", data=sent)
        assert answer.status_code == 302
        cookies = page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
        db.extension.engine.dispose()
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {"__Host-nightlight", "__Host-nightlight-device", "__Host-nightlight-page"}
    for cookie in cookies:
        parts = {part.strip() for part in cookie.split(";")}
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= parts, cookie
        assert not [part for part in parts if part.startswith("Domain=")], cookie


def test_in_production_the_address_of_the_visitor_is_the_one_that_the_front_server_saw(
    settings_for_tests: Settings,
) -> None:
    app = create_app(replace(settings_for_tests, env="production", public_url=PUBLIC))

    @app.get("/seen")
    def seen() -> dict[str, str]:
        return {"from": remote_address(), "scheme": request.scheme, "host": request.host}

    # The last address is the front server's own word; those before it are whatever the client claimed.
    headers = {
        "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "Host": "rota.example.org",
    }
    answer = app.test_client().get("/seen", headers=headers)
    assert answer.json == {"from": "198.51.100.7", "scheme": "https", "host": "rota.example.org"}
