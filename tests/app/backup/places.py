"""A second place on the same machine, as a new host would be: an empty database, and folders of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, MetaData, select

from app import db
from app.settings import Settings
from tests.databases import Databases
from wsgi import create_app


@contextmanager
def new_place(databases: Databases, kind: str, settings: Settings, folder: Path) -> Iterator[Flask]:
    """Yield the application on an empty database, as it starts on a new host before the restore."""
    folder.mkdir(mode=0o700)
    db.session.remove()
    with databases.empty(kind) as address:
        own = replace(
            settings,
            database_url=address,
            keys=folder / "keys",
            var=folder / "var",
            mail_url=f"file:{folder / 'mail'}",
        )
        app = create_app(own)
        with app.app_context():
            yield app
            db.session.remove()
            db.extension.engine.dispose()


def rows_of(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in a fixed order."""
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=repr)
            for table in tables.sorted_tables
        }
