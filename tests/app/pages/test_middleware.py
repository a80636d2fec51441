"""The layer around Flask: hosts, and the answer when everything else fails."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from flask import Flask, request
from werkzeug import Response
from werkzeug.test import create_environ

from app.pages import logs
from app.pages.security_headers import headers_of_every_answer
from app.settings import Settings
from wsgi import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@pytest.fixture
def production(settings_for_tests: Settings) -> Flask:
    return create_app(replace(settings_for_tests, env="production", public_url="https://rota.example.org"))


def failing(app: Flask, path: str) -> tuple[Response, str]:
    """What a web server gets from a failing application, and all that was logged; a test client would raise."""
    began: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _raised: object = None) -> Callable[..., object]:
        began.append((status, headers))
        return began.append

    written = io.StringIO()
    with redirect_stderr(written):
        logs.configure(readable=False)
        body = app.wsgi_app(create_environ(path, "https://rota.example.org"), start_response)
    logs.configure(readable=False)
    ((status, headers),) = began
    return Response(body, status, headers), written.getvalue()


@pytest.mark.parametrize(
    "host",
    ["rota.example.org", "ROTA.Example.ORG", "rota.example.org:443", "rota.example.org:8443", "127.0.0.1:8000", ""],
)
def test_our_own_hosts_are_served_in_whatever_case_and_port(production: Flask, host: str) -> None:
    answer = production.test_client().get("/help", headers={"Host": host})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "elsewhere.example",
        "rota.example.org.elsewhere.example",
        "xn--rta-0na.example.org",
        "rota.example.org@elsewhere.example",
        "[::1",
        "rota.example.org:99999999",
        "rota.example.org:x",
        "röta.example.org",
        "\x1b[31mred",
        "a" * 5000,
    ],
)
def test_another_host_gets_an_ordinary_page_that_says_where_we_are(production: Flask, host: str) -> None:
    answer = production.test_client().get("/help", headers={"Host": host})
    assert answer.status_code == 421
    assert "You reach it at https://rota.example.org." in answer.text
    assert {name: answer.headers[name] for name in headers_of_every_answer()} == headers_of_every_answer()


def test_a_host_that_is_none_is_refused_in_development_too(app: Flask) -> None:
    assert app.test_client().get("/help", headers={"Host": "any.example"}).status_code == 200
    assert app.test_client().get("/help", headers={"Host": "[::1"}).status_code == 421


def test_what_fails_outside_every_page_is_a_page_and_a_log_line_without_the_address(
    production: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        raise RuntimeError(environ["PATH_INFO"])

    monkeypatch.setattr(production.wsgi_app, "application", fail)
    answer, logged = failing(production, "/reset/a-secret-token%0a{forged:1}%1b[31m")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.get_data(as_text=True)
    assert {name: answer.headers[name] for name in headers_of_every_answer()} == headers_of_every_answer()
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(logged.splitlines()) == 1
    assert "RuntimeError" in logged
    assert "a-secret-token" not in logged
    assert "forged" not in logged


def test_an_error_page_that_fails_itself_logs_no_address(production: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError(request.path)

    production.before_request_funcs.setdefault(None, []).append(fail)
    monkeypatch.setattr("app.pages.errors.secrets.token_hex", lambda _length: fail())
    answer, logged = failing(production, "/reset/a-secret-token")
    assert answer.status_code == 500
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "error page failed" in logged
    assert "a-secret-token" not in logged


def test_built_files_carry_the_headers_too(app: Flask) -> None:
    with app.test_client().get("/static/built/manifest.json") as answer:
        pass
    assert answer.status_code == 200
    assert {name: answer.headers[name] for name in headers_of_every_answer()} == headers_of_every_answer()
