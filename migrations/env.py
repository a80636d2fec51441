"""Run the migrations with Alembic, on the application's own engine, one process at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from app import db

# Any fixed number: the key of an advisory lock, so that two hosts that start at once take turns.
ONE_AT_A_TIME = 7_061_746_002
LOCK_TIMEOUT = "10s"  # a migration that cannot get its lock fails fast and leaves the service running


def run() -> None:
    """Run the migrations that the database does not have yet, each in a transaction of its own."""
    engine = context.config.attributes.get("engine", db.extension.engine)
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.dbapi_connection
        assert raw is not None
        if on_sqlite:
            # Rebuilding a table drops the old one. With foreign keys on, that would fail on rows that refer to it, or
            # delete them. SQLite ignores this pragma inside a transaction, so it comes first.
            raw.execute("PRAGMA foreign_keys=OFF")
        else:
            connection.execute(text(f"SELECT pg_advisory_lock({ONE_AT_A_TIME})"))
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=db.Model.metadata,
            render_as_batch=True,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        if on_sqlite:
            broken = raw.execute("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"rows that refer to a missing row: {broken[:5]}")
            raw.execute("PRAGMA foreign_keys=ON")
        else:
            connection.execute(text(f"SELECT pg_advisory_unlock({ONE_AT_A_TIME})"))
            connection.commit()


run()
