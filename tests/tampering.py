"""What somebody could do who can write to the database but cannot read the key folder."""

from __future__ import annotations

from sqlalchemy import text

from app import db


def tamper(*statements: str, **values: object) -> None:
    """Run SQL with every trigger off, as a database administrator could."""
    db.session.remove()
    with db.extension.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for trigger in triggers:
                connection.execute(text(f"DROP TRIGGER {trigger}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement), values)
