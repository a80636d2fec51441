"""Migrations: one line of them, and a database they make is the database the models describe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from app import db
from migrations import triggers
from tests.architecture.source import ROOT
from tests.databases import Databases

WHITE = re.compile(r"\s+")


def test_migrations_have_one_head_and_are_numbered_in_order() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))
    assert len(scripts.get_heads()) == 1
    oldest_first = list(reversed(list(scripts.walk_revisions())))
    numbers = [Path(script.path).name.split("_")[0] for script in oldest_first]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


def structure(engine: Engine) -> dict[str, Any]:
    """Everything a database is made of, in a form that two databases can be compared by."""
    found = inspect(engine)
    described: dict[str, Any] = {}
    for table in found.get_table_names():
        if table == "alembic_version":
            continue
        described[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found.get_columns(table)
            },
            "primary key": found.get_pk_constraint(table),
            "foreign keys": _named(found.get_foreign_keys(table)),
            "unique": _named(found.get_unique_constraints(table)),
            "checks": {check["name"]: WHITE.sub(" ", check["sqltext"]) for check in found.get_check_constraints(table)},
        }
    described["indexes and triggers"] = dict(_statements(engine))
    return described


def _named(constraints: Any) -> dict[str, Any]:
    return {constraint["name"]: {key: constraint[key] for key in sorted(constraint)} for constraint in constraints}


def _statements(engine: Engine) -> Iterator[tuple[str, str]]:
    """Indexes (partial ones with their condition) and triggers, as the database itself writes them."""
    if engine.dialect.name == "sqlite":
        sources = ["SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"]
    else:
        sources = [
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
            "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT proname, prosrc FROM pg_proc"
            " JOIN pg_namespace place ON place.oid = pronamespace WHERE nspname = 'public'",
        ]
    with engine.connect() as connection:
        for source in sources:
            for name, statement in connection.execute(text(source)):
                yield name, WHITE.sub(" ", statement).replace("( ", "(").replace(" )", ")")


def guard_what_only_grows(connection: Connection) -> None:
    """Put on each append-only table of the models the triggers that a migration puts there."""
    with Operations.context(MigrationContext.configure(connection)):
        for table in db.Model.metadata.sorted_tables:
            if table.info.get("append_only"):
                triggers.append_only(table.name)


@pytest.mark.both_databases
def test_a_migrated_database_is_what_the_models_describe(app: Flask, databases: Databases, database_kind: str) -> None:
    with databases.empty(database_kind) as address:
        by_models = create_engine(address)
        with by_models.begin() as connection:
            db.Model.metadata.create_all(connection)
            guard_what_only_grows(connection)
        wanted, found = structure(by_models), structure(db.extension.engine)
        by_models.dispose()
    assert sorted(found) == sorted(wanted)
    for part, what in wanted.items():
        assert found[part] == what, part


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("DROP INDEX ix_outbox_due", "indexes and triggers"),
        ("ALTER TABLE attempts ADD COLUMN surplus INTEGER", "attempts"),
    ],
)
def test_a_difference_would_be_seen(app: Flask, change: str, part: str) -> None:
    before = structure(db.extension.engine)
    with db.extension.engine.begin() as connection:
        connection.execute(text(change))
    after = structure(db.extension.engine)
    assert [name for name in before if before[name] != after[name]] == [part]


@pytest.mark.both_databases
def test_a_lost_trigger_would_be_seen(app: Flask) -> None:
    before = structure(db.extension.engine)
    on_sqlite = db.extension.engine.dialect.name == "sqlite"
    with db.extension.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_line_no_delete" + ("" if on_sqlite else " ON audit_line")))
    assert structure(db.extension.engine) != before
