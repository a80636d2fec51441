"""Nothing that anybody sends answers 5xx, lacks a security header, or leaves a personal detail or a token in the log.

`NIGHTLIGHT_FUZZ` sets how many requests are sent to each database (docs/how-to/fuzz-the-pages.md).
"""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Iterator
from contextlib import redirect_stderr
from dataclasses import replace

import pytest
from flask import Flask

from app import db
from app.pages import logs
from app.pages.security_headers import headers_of_every_answer
from app.settings import Settings
from tests.conftest import People
from tests.fuzzing.odd_requests import OddRequest, Sender
from tests.fuzzing.organisation import Organisation, organisation

REQUESTS = int(os.environ.get("NIGHTLIGHT_FUZZ", "1200"))
SEED = int(os.environ.get("NIGHTLIGHT_FUZZ_SEED", "17"))
EVERY = 60  # requests after which everybody is signed in again


@pytest.fixture
def settings_for_tests(settings_for_tests: Settings) -> Settings:
    """As in production, where a failure becomes a page and a log line."""
    return replace(settings_for_tests, env="production")


@pytest.fixture
def log(app: Flask) -> Iterator[io.StringIO]:
    """All that this application and its libraries write to the log."""
    written = io.StringIO()
    with redirect_stderr(written):
        logs.configure(readable=False)
        yield written
    logs.configure(readable=False)
    logging.root.removeHandler(logs.FROM_LIBRARIES)


@pytest.mark.both_databases
def test_no_request_fails_and_none_leaves_a_secret_in_the_log(app: Flask, people: People, log: io.StringIO) -> None:
    made = organisation(app, people)
    sender = Sender(SEED, list(app.url_map.iter_rules()), made.tokens)
    faults = []
    for number in range(REQUESTS):
        if number % EVERY == 0:
            made.sign_everybody_in()
        drawn = sender.next()
        written_before = log.tell()
        app.config["WTF_CSRF_ENABLED"] = sender.chance.random() < 0.1
        fault = send(made, sender, drawn)
        logged = log.getvalue()[written_before:]
        faults += [f"{number} {fault} {drawn!r:.600}\n{logged}"] if fault else []
        faults += [
            f"{number} logged {each}: {drawn!r:.600}\n{logged}" for each in made.secrets if each in logged.lower()
        ]
    assert faults == []


def send(made: Organisation, sender: Sender, drawn: OddRequest) -> str | None:
    """Send a request as somebody, and return what is wrong with the answer."""
    who = sender.chance.choice(list(made.clients))
    headers = {name: value.encode("latin-1", "replace").decode("latin-1") for name, value in drawn.headers.items()}
    if drawn.kind:
        headers.setdefault("Content-Type", drawn.kind)
    length = headers.pop("Content-Length", None)
    overrides = {"CONTENT_LENGTH": length} if length is not None else {}
    db.session.rollback()
    answer = made.clients[who].open(
        f"{drawn.path}?{drawn.query}",
        method=drawn.method,
        data=drawn.body,
        headers=headers,
        environ_overrides=overrides,
    )
    if answer.status_code >= 500:
        return f"{who}: {answer.status_code}"
    expected = headers_of_every_answer()
    if missing := [name for name in expected if name not in answer.headers]:
        return f"{who}: {answer.status_code} without {missing}"
    if answer.mimetype == "text/html" and answer.status_code == 200 and drawn.method in ("GET", "POST"):
        sender.learn(drawn.path, answer.text)
    return None
