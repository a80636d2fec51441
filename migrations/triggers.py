"""Triggers that keep tables append-only on both databases, even for SQL from outside the application.

Rebuilding a SQLite table drops its triggers, so a migration that rebuilds such a table calls `append_only` again; one
that adds a unique constraint to it calls `guard_against_replace` again.
The test that compares migrations with models looks for the triggers by name.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def append_only(table: str) -> None:
    """Add triggers that allow rows of `table` to be added, and refuse to change or remove them."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
        guard_against_replace(table)
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$"
    )
    for deed in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def guard_against_replace(table: str) -> None:
    """On SQLite, refuse a row that agrees with one that is there in its key or in any unique set of columns.

    INSERT OR REPLACE removes the old row without firing the triggers above unless recursive_triggers is on, as it is in
    our connections. This trigger is for all other connections. It also refuses ON CONFLICT DO NOTHING.
    """
    if op.get_bind().dialect.name != "sqlite":
        return
    is_there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE " + " AND ".join(f"{name} = NEW.{name}" for name in columns) + ")"  # noqa: S608  the names of our own tables
        for columns in _unique_sets(table)
    )
    op.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace")
    op.execute(
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {is_there} "
        f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
    )


def _unique_sets(table: str) -> list[tuple[str, ...]]:
    """The columns of the primary key, then those of each unique constraint and index, in a fixed order."""
    found = sa.inspect(op.get_bind())
    sets = {tuple(str(name) for name in each["column_names"]) for each in found.get_unique_constraints(table)}
    for index in found.get_indexes(table):
        if index["unique"]:
            sets.add(tuple(str(name) for name in index["column_names"]))
    return [tuple(found.get_pk_constraint(table)["constrained_columns"]), *sorted(sets)]


def drop_append_only(table: str) -> None:
    """Drop the triggers again, before a table is rebuilt and for a downgrade."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete", "replace" if on_sqlite else "truncate"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{deed}" + ("" if on_sqlite else f" ON {table}"))
