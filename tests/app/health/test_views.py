"""The health checks for programs, the page for administrators, what staff see, and the page during an upgrade."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app import db, migrating
from app.health import views
from app.health.troubles import Trouble
from app.jobs import heartbeats
from app.jobs.worker import send_heartbeat
from app.people.models import Role
from app.settings import Settings
from tests.conftest import People, SignIn, clock_at
from tests.times import NOW
from wsgi import create_app

MAIL = Trouble("mail", "E-mails do not get out.", "Look at the server.")


def beat(*troubles: Trouble) -> None:
    """Let a worker report what it sees."""
    with db.writing():
        heartbeats.record("here:1", NOW, [trouble.as_data() for trouble in troubles])


def test_readiness_ends_within_a_minute_of_the_last_heartbeat(client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "alive"}
    assert client.get("/health/ready").status_code == 503
    send_heartbeat()
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json) == (200, {"status": "ready", "database": "answers", "worker": "running"})
    with clock_at(NOW + timedelta(seconds=44)):
        assert client.get("/health/ready").status_code == 200
    with clock_at(NOW + timedelta(seconds=46)):
        late = client.get("/health/ready")
    assert (late.status_code, late.json) == (
        503,
        {"status": "no worker is running", "database": "answers", "worker": "late"},
    )


def test_without_a_database_readiness_is_503_and_liveness_stays(settings_for_tests: Settings, tmp_path: Path) -> None:
    for url in (
        f"sqlite:///{tmp_path / 'gone' / 'nightlight.db'}",
        "postgresql+psycopg://nobody@127.0.0.1:1/nightlight",
    ):
        client = create_app(replace(settings_for_tests, database_url=url)).test_client()
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.json is not None
        assert ready.json["database"] == "does not answer"


def test_staff_learn_on_every_page_that_no_worker_runs_and_members_are_left_alone(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    sign_in(client, people.person("Wren"))
    assert "No worker has run" not in client.get("/").text
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    for page in ("/", "/support", "/people", "/rota", "/account"):
        assert "No worker has run yet." in client.get(page).text, page
    beat()
    views.glance_of(client.application).forget()
    assert "No worker has run" not in client.get("/").text
    with clock_at(NOW + timedelta(seconds=50)):
        assert "No worker has run for a minute." in client.get("/").text


def test_what_a_worker_sees_is_told_to_staff_and_administrators_get_the_way_to_the_page(
    client: FlaskClient, people: People, sign_in: SignIn
) -> None:
    beat(MAIL)
    sign_in(client, people.person("Tansy", roles=(Role.COORDINATOR,)))
    page = client.get("/").text
    assert "E-mails do not get out." in page
    assert "/admin/health" not in page
    sign_in(client, people.person("Heron", roles=(Role.ADMIN,)))
    assert "/admin/health" in client.get("/").text
    page = client.get("/admin/health").text
    assert "Look at the server." in page
    assert "here:1" in page


@pytest.mark.both_databases
@pytest.mark.parametrize("number", ["0001", "9999"])
def test_while_the_schema_is_another_every_page_says_that_nightlight_is_being_upgraded(
    client: FlaskClient, app: Flask, number: str
) -> None:
    """0001 is older than this code and 9999 newer; neither may meet a query that was written for another schema."""
    with db.extension.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :number"), {"number": number})
    for page in ("/", "/sign-in", "/nowhere", "/calendar/x.ics"):
        answer = client.get(page)
        assert answer.status_code == 503, page
        assert answer.headers["Retry-After"] == "30"
        assert "Nightlight is being upgraded" in answer.text
    assert client.post("/sign-in").status_code == 503
    answer = client.get("/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json == {
        "status": "the database is being upgraded",
        "database": "older" if number == "0001" else "newer",
        "worker": "unknown",
    }
    with db.extension.engine.begin() as connection:
        connection.execute(
            text("UPDATE alembic_version SET version_num = :number"), {"number": migrating.revisions()[-1]}
        )
    assert client.get("/sign-in").status_code == 200
