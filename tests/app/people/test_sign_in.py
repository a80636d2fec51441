"""Invitation, sign-in, password reset, and their protections."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import clock, db
from app.outbox.sending import send_due
from app.people import directory, one_time_links
from app.people.models import LinkKind, Person, PersonPrivate, PersonState, Role, SignedInSession
from app.people.rights import end_role, suspend
from tests.client import without_tokens
from tests.conftest import PASSWORD, People, SignIn, clock_at
from tests.page_fields import hidden
from tests.times import NOW, TODAY

pytestmark = pytest.mark.both_databases


def raw_emails(tmp_path: Path) -> list[str]:
    return [path.read_text() for path in sorted((tmp_path / "mail").glob("*.eml"))]


def test_an_invited_person_chooses_a_password_and_is_signed_in(
    client: FlaskClient, people: People, tmp_path: Path, app: Flask
) -> None:
    wren = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        directory.invite(wren, by=None, now=NOW)
    assert send_due() == 1
    (email,) = raw_emails(tmp_path)
    address = re.search(r"http://127\.0\.0\.1:8000(/welcome/\S+)", email.replace("=\n", "").replace("=3D", "="))
    assert address
    opened = client.get(address[1])
    assert "Wren" in opened.text
    answer = client.post(address[1], data={"password": PASSWORD}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Welcome, Wren." in answer.text
    assert db.session.get_one(Person, wren.id, populate_existing=True).state == "active"
    again = client.post(address[1], data={"password": PASSWORD})
    assert again.status_code == 404
    assert "This link no longer works" in again.text


def test_an_invitation_expires_after_two_weeks(client: FlaskClient, people: People) -> None:
    wren = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        token = one_time_links.token_of(directory.invite(wren, by=None, now=NOW))
    assert client.get(f"/welcome/{token}").status_code == 200
    with clock_at(NOW + timedelta(days=14)):
        assert client.get(f"/welcome/{token}").status_code == 404


def test_an_easily_guessed_password_is_refused_and_the_link_still_works(client: FlaskClient, people: People) -> None:
    wren = people.person("Wren", state=PersonState.INVITED)
    with db.writing():
        token = one_time_links.token_of(directory.invite(wren, by=None, now=NOW))
    refused = client.post(f"/welcome/{token}", data={"password": "password1234"})
    assert refused.status_code == 422
    assert "easy to guess" in refused.text
    assert client.post(f"/welcome/{token}", data={"password": PASSWORD}).status_code == 302


def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(client: FlaskClient, people: People) -> None:
    people.person("Wren", email="wren@example.org", password=PASSWORD)
    wrong_password = client.post("/sign-in", data={"email": "wren@example.org", "password": "something else"})
    wrong_address = client.post("/sign-in", data={"email": "nobody@example.org", "password": "something else"})
    assert wrong_password.status_code == wrong_address.status_code == 422
    assert without_tokens(wrong_password.text).replace("wren@", "nobody@") == without_tokens(wrong_address.text)


def test_signing_in_leads_back_to_the_page_that_was_wanted_but_never_to_another_site(
    client: FlaskClient, people: People
) -> None:
    people.person("Wren", email="wren@example.org", password=PASSWORD)
    data = {"email": "Wren@Example.org ", "password": PASSWORD}
    assert client.post("/sign-in?next=/account", data=data).location == "/account"
    for trap in ("//evil.example", "/\\evil.example", "https://evil.example", "/%0aevil", "javascript:alert(1)"):
        location = client.post("/sign-in", query_string={"next": trap}, data=data).location
        assert location == "/" or location.startswith("/%0a"), trap


def test_the_cookie_changes_with_each_sign_in_and_the_old_one_is_invalid_after_signing_out(
    client: FlaskClient, people: People
) -> None:
    people.person("Wren", email="wren@example.org", password=PASSWORD)
    client.post("/sign-in", data={"email": "wren@example.org", "password": PASSWORD})
    cookie = client.get_cookie("nightlight")
    assert cookie is not None
    assert cookie.http_only
    client.post("/sign-out")
    client.set_cookie("nightlight", cookie.value)
    assert client.get("/account").status_code == 302


def test_guessing_is_rate_limited_while_the_owner_can_sign_in_from_a_known_device(
    client: FlaskClient, people: People, app: Flask
) -> None:
    people.person("Wren", email="wren@example.org", password=PASSWORD)
    owner = client
    owner.post("/sign-in", data={"email": "wren@example.org", "password": PASSWORD})
    owner.post("/sign-out")
    for number in range(51):
        stranger = app.test_client()
        stranger.post(
            "/sign-in",
            data={"email": "wren@example.org", "password": "guess"},
            environ_base={"REMOTE_ADDR": f"10.0.0.{number}"},
        )
    refused = app.test_client().post("/sign-in", data={"email": "wren@example.org", "password": PASSWORD})
    assert refused.status_code == 429
    assert owner.post("/sign-in", data={"email": "wren@example.org", "password": PASSWORD}).status_code == 302


def test_a_telephone_number_is_saved_and_a_malformed_one_is_refused(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    wren = people.person("Wren")
    sign_in(client, wren)
    seen = hidden(client.get("/account").text, "seen")
    answer = client.post("/account", data={"seen": seen, "display_name": "Wren", "phone": "ask Robin"})
    assert answer.status_code == 422
    assert "A telephone number has figures and spaces" in answer.text
    assert 'value="ask Robin"' in answer.text
    sent = {"seen": seen, "display_name": "Wren", "phone": " 07700 900123 "}
    page = client.post("/account", data=sent, follow_redirects=True).text
    assert 'value="+44 7700 900123"' in page
    db.session.rollback()
    assert db.session.get_one(PersonPrivate, wren.id).phone == "+44 7700 900123"


def test_losing_a_role_or_the_account_ends_open_sessions_at_once(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    admin = people.person("Tansy", roles=(Role.ADMIN,))
    coordinator = people.person("Wren", roles=(Role.COORDINATOR,))
    sign_in(client, coordinator)
    assert client.get("/people").status_code == 200
    with db.writing():
        end_role(coordinator, Role.COORDINATOR, by=admin, today=TODAY, now=clock.now())
    assert client.get("/people").status_code == 302
    sign_in(client, db.session.get_one(Person, coordinator.id))
    assert client.get("/people").status_code == 403
    with db.writing():
        suspend(db.session.get_one(Person, coordinator.id), by=admin, now=clock.now())
    assert client.get("/account").status_code == 302


def test_a_reset_link_ends_every_other_session_and_works_for_an_hour(
    client: FlaskClient, people: People, sign_in: SignIn, app: Flask
) -> None:
    wren = people.person("Wren", email="wren@example.org", password=PASSWORD)
    sign_in(client, wren)
    with db.writing():
        token = one_time_links.token_of(one_time_links.create(wren.id, LinkKind.RESET, by=None, now=NOW))
    with clock_at(NOW + timedelta(minutes=61)):
        assert client.get(f"/reset/{token}").status_code == 404
    stranger = app.test_client()
    assert stranger.post(f"/reset/{token}", data={"password": "seven slow brown herons"}).status_code == 302
    assert client.get("/account").status_code == 302
    open_ones = db.session.scalars(select(SignedInSession).where(SignedInSession.ended_at.is_(None))).all()
    assert len(open_ones) == 1


def test_asking_for_a_reset_says_the_same_whether_or_not_there_is_an_account(
    client: FlaskClient, people: People
) -> None:
    people.person("Wren", email="wren@example.org", password=PASSWORD)
    known = client.post("/forgot", data={"email": "wren@example.org"}, follow_redirects=True)
    unknown = client.post("/forgot", data={"email": "nobody@example.org"}, follow_redirects=True)
    assert known.status_code == unknown.status_code == 200
    assert known.text == unknown.text
    assert send_due() == 1
