"""Pages while the database cannot be reached, or has just come back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url, select, text

from app import clock, db
from app.people.models import SignedInSession
from app.settings import Settings
from tests.conftest import PASSWORD, People, SignIn
from tests.times import NOW

pytestmark = pytest.mark.both_databases


def _administering(settings: Settings) -> psycopg.Connection[tuple[object, ...]]:
    address = make_url(settings.database_url).set(drivername="postgresql", database="postgres")
    return psycopg.connect(address.render_as_string(hide_password=False), autocommit=True)


def break_connections(settings: Settings) -> None:
    """End every connection to the database, as a restart of PostgreSQL does, those that wait in the pool too."""
    db.session.remove()
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        return  # Each page opens the file for itself.
    with _administering(settings) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])


@contextmanager
def database_away(settings: Settings) -> Iterator[None]:
    """Keep the database from answering inside the block."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        hidden = file.with_suffix(".hidden")
        db.session.remove()
        file.rename(hidden)
        file.mkdir()
        try:
            yield
        finally:
            file.rmdir()
            hidden.rename(file)
        return
    with _administering(settings) as connection:
        connection.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')
    break_connections(settings)
    yield
    with _administering(settings) as connection:
        connection.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true')


@contextmanager
def write_lock_held(settings: Settings) -> Iterator[None]:
    """Let another process's transaction hold what a page needs to write, inside the block."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute(f"LOCK TABLE {SignedInSession.__tablename__} IN EXCLUSIVE MODE")
        yield
        connection.rollback()


@pytest.fixture
def reader(client: FlaskClient, people: People, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, people.person("Wren", email="wren@example.org", password=PASSWORD))


def test_a_page_asked_for_after_the_database_was_restarted_is_answered(
    reader: FlaskClient, settings_for_tests: Settings
) -> None:
    assert reader.get("/account").status_code == 200
    break_connections(settings_for_tests)
    assert reader.get("/account").status_code == 200
    break_connections(settings_for_tests)
    assert reader.post("/account", data={}).status_code < 500


@pytest.mark.parametrize("path", ["/account", "/", "/rota", "/no-such-page", "/sign-in"])
def test_while_the_database_is_away_a_page_says_back_in_a_moment(
    reader: FlaskClient, settings_for_tests: Settings, path: str
) -> None:
    with database_away(settings_for_tests):
        answer = reader.get(path)
        if path == "/sign-in" and answer.status_code == 200:
            return  # it needs no record
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "10"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Back in a moment" in answer.text
        assert f'href="{path}">Try again' in answer.text
    assert reader.get("/account").status_code == 200


def test_while_the_database_is_away_a_form_and_programs_are_told_so_too(
    reader: FlaskClient, settings_for_tests: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "send_tokens", False)  # It would ask the database whose form it is.
    with database_away(settings_for_tests):
        form = reader.post("/sign-in", data={"email": "wren@example.org", "password": PASSWORD})
        assert form.status_code == 503
        assert "Try again</a>" not in form.text  # It would open the form empty.
        problem = reader.get("/account", headers={"Accept": "application/json"})
        assert (problem.status_code, problem.content_type) == (503, "application/problem+json")
        assert problem.headers["Retry-After"] == "10"
        assert reader.get("/health/ready").status_code == 503
        assert reader.get("/health/live").status_code == 200


def test_support_opens_while_the_database_is_away(reader: FlaskClient, settings_for_tests: Settings) -> None:
    with database_away(settings_for_tests):
        assert reader.get("/support").status_code == 200


def test_a_page_that_only_reads_opens_while_last_seen_cannot_be_written(
    reader: FlaskClient, settings_for_tests: Settings
) -> None:
    clock.set_to(NOW + timedelta(minutes=6))
    with write_lock_held(settings_for_tests):
        assert reader.get("/account").status_code == 200
    assert last_seen() == NOW
    assert reader.get("/account").status_code == 200
    assert last_seen() == NOW + timedelta(minutes=6)


def last_seen() -> object:
    db.session.rollback()
    return db.session.scalars(select(SignedInSession.last_seen_at)).one()


def test_a_missing_table_is_a_fault_of_ours(app: Flask) -> None:
    with pytest.raises(Exception, match="no_such_table") as raised:
        db.session.execute(text("SELECT * FROM no_such_table"))
    assert not db.is_unavailable(raised.value)
    db.session.rollback()
