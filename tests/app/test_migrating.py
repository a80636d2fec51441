"""A new database is behind the code until it is upgraded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app import db, migrating
from app.settings import Settings
from tests.databases import Databases
from wsgi import create_app


@pytest.fixture
def on_an_empty_database(databases: Databases, settings_for_tests: Settings) -> Iterator[Flask]:
    with databases.empty("sqlite") as url:
        app = create_app(replace(settings_for_tests, database_url=url))
        with app.app_context():
            yield app
            db.session.remove()
            db.extension.engine.dispose()


def test_an_empty_database_is_not_up_to_date_until_it_is_upgraded(on_an_empty_database: Flask) -> None:
    assert not migrating.is_up_to_date()
    migrating.upgrade()
    assert migrating.is_up_to_date()
