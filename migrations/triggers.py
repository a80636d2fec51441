"""Triggers that keep tables append-only on both databases, even for SQL from outside the application.

Rebuilding a SQLite table drops its triggers, so a migration that rebuilds such a table calls `append_only` again.
The test that compares migrations with models looks for the triggers by name.
"""

from __future__ import annotations

from alembic import op


def append_only(table: str) -> None:
    """Add triggers that allow rows of `table` to be added, and refuse to change or remove them."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
            )
        # INSERT OR REPLACE removes the old row without firing the trigger above unless recursive_triggers is on, as it
        # is in our connections. This trigger is for all other connections.
        is_there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"  # noqa: S608  the name of our own table
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {is_there} "
            f"BEGIN SELECT RAISE(ABORT, '{table} only grows'); END"
        )
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


def drop_append_only(table: str) -> None:
    """Drop the triggers again, for a downgrade."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete", "replace" if on_sqlite else "truncate"):
        op.execute(f"DROP TRIGGER {table}_no_{deed}" + ("" if on_sqlite else f" ON {table}"))
