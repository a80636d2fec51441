"""What every page promises: protection, a kind word when something is wrong, and a way to help."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock, db, settings
from app.jobs.worker import send_heartbeat
from app.pages import errors
from app.people.models import Role
from app.policies import documents
from app.policies.documents import PolicyKind, kinds
from app.settings import Settings, SettingsError
from tests.conftest import People, SignIn
from tests.times import NOW


@pytest.mark.parametrize("address", ["/sign-in", "/support", "/help", "/privacy", "/accessibility", "/no-such-page"])
def test_a_stranger_finds_a_protected_page(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in answer.headers
    assert "<script>" not in answer.text
    assert "style=" not in answer.text
    assert "Support for me" in answer.text


def test_over_https_browsers_are_told_to_stay_there(client: FlaskClient) -> None:
    before = settings.current()
    settings.use(replace(before, public_url="https://rota.example.org"))
    assert client.get("/help").headers["Strict-Transport-Security"].startswith("max-age=31536000")
    settings.use(before)


def test_a_page_that_is_not_there_says_so_kindly_and_a_script_gets_a_problem(client: FlaskClient) -> None:
    assert "We could not find that page" in client.get("/no-such-page").text
    problem = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert problem.content_type == "application/problem+json"
    assert problem.json is not None
    assert problem.json["status"] == 404


def test_a_wrong_method_says_which_would_do(client: FlaskClient) -> None:
    answer = client.post("/help")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_failure_gives_a_reference_and_asks_the_database_nothing(app: Flask) -> None:
    with app.test_request_context("/account"):
        db.extension.engine.dispose()
        answer = errors.failed(RuntimeError("postgresql://secret@host"))
    assert not isinstance(answer, str | tuple)
    page = answer.get_data(as_text=True)  # type: ignore[union-attr]  # the view returned a response
    assert "Something went wrong on our side" in page
    assert "secret" not in page


def test_the_health_page_knows_whether_a_worker_turns(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "alive"}
    assert client.get("/health/ready").status_code == 503
    send_heartbeat()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "database": "answers", "worker": "running"})


def test_the_menu_shows_only_what_opens(client: FlaskClient, people: People, sign_in: SignIn) -> None:
    sign_in(client, people.person("Wren"))
    page = client.get("/menu").text
    assert 'href="/admin"' not in page
    assert client.get("/admin").status_code == 403
    sign_in(client, people.person("Heron", roles=(Role.ADMIN,)))
    assert 'href="/admin"' in client.get("/menu").text
    assert client.get("/admin").status_code == 200


def test_every_shipped_policy_is_in_order(app: Flask) -> None:
    for kind in kinds:
        assert isinstance(kind, PolicyKind)
        documents.on(kind.schema, date(2027, 1, 1))


def test_all_that_is_wrong_with_the_environment_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        Settings.from_environment(
            {"NIGHTLIGHT_PORT": "many", "NIGHTLIGHT_TIMEZONE": "Mars/Olympus", "NIGHTLIGHT_SECRET_KEY": "short"}
        )
    assert len(wrong.value.problems) == 6
    assert all(problem.endswith(".") for problem in wrong.value.problems)


def test_in_development_nothing_need_be_set() -> None:
    chosen = Settings.from_environment({"NIGHTLIGHT_ENV": "development", "NIGHTLIGHT_SECRET_KEY": "x" * 32})
    assert chosen.public_url == "http://127.0.0.1:8000"
    assert str(chosen.zone) == "Europe/London"
    assert clock.local(chosen.zone, 2027, 7, 1, 12).hour == 11
    assert NOW.tzinfo is not None


def test_a_refusal_leads_back_to_the_page_it_came_from_and_never_out_of_the_application(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person())
    refused = "/rota/1/propose"
    here = client.post(refused, headers={"Referer": "http://localhost//elsewhere.example/rota/1?week=2027-02-22"})
    assert 'href="/elsewhere.example/rota/1?week=2027-02-22">Back to where you were' in here.text
    for referrer in ("http://elsewhere.example/rota/1", "javascript:alert(1)", ""):
        assert "Back to where you were" not in client.post(refused, headers={"Referer": referrer}).text
