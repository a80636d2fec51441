"""Upgrading from earlier schemas with people in them, and going back by restoring the backup made before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import create_engine, inspect, text

from app import cli, db, migrating
from app.migrating import Schema
from app.settings import Settings
from tests.conftest import clock_at
from tests.databases import Databases
from tests.times import NOW
from wsgi import create_app

# People, a role, an e-mail that waits, an open session and an open link: what every version has had since the first.
LIVED_IN = (
    "INSERT INTO person (id, display_name, state, rights_version, joined_at)"
    " VALUES (1, 'Tansy', 'active', 1, '2027-02-18 19:30:00')",
    "INSERT INTO person_private (person_id, legal_name, email) VALUES (1, 'Tamsin Ash', 'tansy@example.org')",
    "INSERT INTO role_grant (id, person_id, role, starts_on, granted_at)"
    " VALUES (1, 1, 'admin', '2027-02-01', '2027-02-18 19:30:00')",
    "INSERT INTO outbox"
    " (id, uuid, kind, person_id, facts, once, state, attempts, fence, enqueued_at, deadline, next_try_at)"
    " VALUES (1, 'u', 'reset-requested', 1, '{}', 'o', 'waiting', 0, 0,"
    " '2027-02-18 19:30:00', '2027-02-18 20:30:00', '2027-02-18 19:30:00')",
    "INSERT INTO signed_in_session (id, token_hash, person_id, rights_version, started_at, last_seen_at, device)"
    " VALUES (1, 'h', 1, 1, '2027-02-18 19:30:00', '2027-02-18 19:30:00', 'Test')",
    "INSERT INTO one_time_link (id, person_id, kind, nonce, made_at, expires_at)"
    " VALUES (1, 1, 'reset', 'n', '2027-02-18 19:30:00', '2027-02-19 19:30:00')",
)
KEYED_TRAIL = "0013"
BEAT = {"name": "'gone:1'", "beat_at": "'2027-02-18 19:30:00'", "troubles": "'[]'"}  # the last only since 0008


@pytest.fixture
def on_an_empty_database(databases: Databases, database_kind: str, settings_for_tests: Settings) -> Iterator[Flask]:
    with databases.empty(database_kind) as url:
        app = create_app(replace(settings_for_tests, database_url=url))
        with app.app_context(), clock_at(NOW):
            yield app
            db.session.remove()
            db.extension.engine.dispose()


def run(*words: str, exits: int = 0) -> str:
    """Run a command of an operator, which must exit so."""
    command = {"backup": cli.backup, "restore": cli.restore, "db": cli.db_group}[words[0]]
    result = CliRunner().invoke(command, list(words[1:]), catch_exceptions=False)
    db.session.remove()
    assert result.exit_code == exits, result.output
    return result.output


def values(sql: str) -> list[object]:
    with db.extension.engine.connect() as connection:
        return list(connection.execute(text(sql)).scalars())


def _earlier(database_kind: str) -> Sequence[str]:
    """A sample of the earlier schemas, another one on each database, with the newest: one takes a second or more.

    The steps of all lie on the way up from the first of the sample.
    """
    earlier = migrating.revisions()[:-1]
    return [*(earlier[:-1:4] if database_kind == "sqlite" else earlier[2:-1:5]), earlier[-1]]


@pytest.fixture
def earlier_schemas(on_an_empty_database: Flask, databases: Databases, database_kind: str) -> Iterator[Iterator[str]]:
    """The number of each schema of the sample, the oldest first; as it is drawn, the database gets it, without rows."""
    with databases.empty(database_kind) as without_rows:

        def each() -> Iterator[str]:
            for revision in _earlier(database_kind):
                engine = create_engine(without_rows)
                migrating.upgrade(engine, to=revision)  # one step on from the last
                engine.dispose()
                db.extension.engine.dispose()
                databases.overwrite(on_an_empty_database.config["SQLALCHEMY_DATABASE_URI"], by=without_rows)
                yield revision

        yield each()


@pytest.mark.both_databases
def test_an_earlier_schema_is_backed_up_upgraded_and_restored(earlier_schemas: Iterator[str], tmp_path: Path) -> None:
    """One after another in one database."""
    for revision in earlier_schemas:
        fill_as_of_old()
        backup = tmp_path / f"before-{revision}.backup"
        assert migrating.schema() is Schema.OLDER
        run("backup", str(backup))
        run("db", "upgrade")
        assert migrating.schema() is Schema.CURRENT
        assert values("SELECT display_name FROM person") == ["Tansy"]
        assert values("SELECT state FROM outbox") == ["waiting"]
        with db.extension.engine.begin() as connection:
            connection.execute(text("UPDATE person SET display_name = 'Changed since'"))

        worker_is_gone()
        # Since there is a keyed trail, it names the rows that this test put in around it; before, it vouched for none.
        is_keyed = revision >= KEYED_TRAIL
        said = run("restore", str(backup), "--replace", exits=int(is_keyed))
        assert ("added row: person:1" in said) == is_keyed
        assert "1 people." in said
        assert "not sent, as they may have been since: 1." in said
        assert migrating.schema() is Schema.CURRENT
        assert values("SELECT display_name FROM person") == ["Tansy"]
        assert values("SELECT state FROM outbox") == ["expired"]
        assert values("SELECT count(*) FROM signed_in_session WHERE ended_at IS NULL") == [0]
        assert values("SELECT name FROM worker_beat") == []


def fill_as_of_old() -> None:
    """Put somebody's account in. Instants are written out: PostgreSQL takes no text for them in a parameter."""
    with db.extension.engine.begin() as connection:
        for statement in LIVED_IN:
            connection.exec_driver_sql(statement)
        columns = [each["name"] for each in inspect(connection).get_columns("worker_beat")]
        beat = f"({', '.join(columns)}) VALUES ({', '.join(BEAT[name] for name in columns)})"
        connection.exec_driver_sql(f"INSERT INTO worker_beat {beat}")


def worker_is_gone() -> None:
    """Let the last heartbeat be older than a minute, as after the services were stopped."""
    with db.extension.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE worker_beat SET beat_at = '2027-02-18 19:00:00'")
