"""Error pages and RFC 9457 problems: plain sentences, a way back, and nothing internal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import db
from app.pages import errors
from app.pages.security_headers import headers_of_every_answer
from app.settings import Settings
from tests.app.pages.test_database_away import write_lock_held
from tests.conftest import People, SignIn
from wsgi import create_app


def test_a_missing_page_says_so_and_an_api_client_gets_a_problem(client: FlaskClient) -> None:
    assert "We could not find that page" in client.get("/no-such-page").text
    problem = client.get("/no-such-page", headers={"Accept": "application/json"})
    assert problem.content_type == "application/problem+json"
    assert problem.json is not None
    assert problem.json["status"] == 404


def test_a_wrong_method_lists_the_allowed_ones(client: FlaskClient) -> None:
    answer = client.post("/help")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_failure_gives_a_reference_and_makes_no_query(app: Flask) -> None:
    app.testing = False
    with app.test_request_context("/account"):
        db.extension.engine.dispose()
        answer = errors.failed(RuntimeError("postgresql://secret@host"))
    assert not isinstance(answer, str | tuple)
    page = answer.get_data(as_text=True)  # type: ignore[union-attr]  # the view returned a response
    assert "Something went wrong on our side" in page
    assert "secret" not in page


def test_a_refusal_links_back_to_its_page_and_never_to_another_site(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person())
    refused = "/rota/1/propose"
    here = client.post(refused, headers={"Referer": "http://localhost//elsewhere.example/rota/1?week=2027-02-22"})
    assert 'href="/elsewhere.example/rota/1?week=2027-02-22">Back to where you were' in here.text
    for referrer in ("http://elsewhere.example/rota/1", "javascript:alert(1)", ""):
        assert "Back to where you were" not in client.post(refused, headers={"Referer": referrer}).text


def test_a_form_that_cannot_be_written_now_says_back_in_a_moment(
    client: FlaskClient, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT", timedelta(milliseconds=50))
    with write_lock_held(settings_for_tests):
        answer = client.post("/sign-in", data={"email": "wren@example.org", "password": "three calm lanterns"})
    assert answer.status_code == 503
    assert "Back in a moment" in answer.text


@pytest.mark.parametrize("referrer", ["http://[::1", "http://[", "https://exam\uff0fple.org/", "x" * 8000])
def test_a_page_that_cannot_be_named_is_no_way_back_and_no_failure(client: FlaskClient, referrer: str) -> None:
    answer = client.post("/no-such-page", headers={"Referer": referrer.encode("utf-8").decode("latin-1")})
    assert answer.status_code == 404
    assert "Back to where you were" not in answer.text


def test_in_production_every_failure_is_a_page_with_a_reference_and_all_headers(settings_for_tests: Settings) -> None:
    made = create_app(replace(settings_for_tests, env="production", public_url="https://rota.example.org"))
    made.add_url_rule("/fails", view_func=lambda: str(int("a-secret-key")))
    answer = made.test_client().get("/fails", base_url="https://rota.example.org")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "a-secret-key" not in answer.text
    for name, value in headers_of_every_answer().items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
