"""Fixtures for every test: an application on a real, migrated database, people, and a test client."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import TypedDict, Unpack

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import clock, db
from app import demonstration as demonstration_data
from app.people import directory, passwords, sessions
from app.people.directory import NewPerson
from app.people.models import Person, PersonState, Role
from app.people.request_session import cookie_name
from app.settings import Settings
from tests.client import Client
from tests.databases import Databases
from tests.examples import load_profile
from tests.kept import engines, keep_what_stays_the_same, templates
from tests.times import MONDAY, NOW
from wsgi import create_app

PASSWORD = "three calm green lanterns"

load_profile()
keep_what_stays_the_same()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the journeys first: they take longest, and at the end one process would wait for the other."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/journeys/"))


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of each later search for garbage, which it would make slow."""
    gc.collect()
    gc.freeze()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked both_databases on SQLite and on PostgreSQL, the others on SQLite."""
    if "database_kind" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both_databases")
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"] if both else ["sqlite"], scope="function")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture
def database_url(databases: Databases, database_kind: str) -> Iterator[str]:
    with databases.sqlite() if database_kind == "sqlite" else databases.postgresql() as address:
        yield address


@pytest.fixture
def settings_for_tests(database_url: str, tmp_path: Path) -> Settings:
    """Settings for one test, with a database, a mail folder and keys of its own."""
    basis = Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "t" * 48})
    return replace(
        basis,
        database_url=database_url,
        mail_url=f"file:{tmp_path / 'mail'}",
        keys=tmp_path / "keys",
        var=tmp_path / "var",
        backups=tmp_path / "backups",
        public_url="http://127.0.0.1:8000",
    )


@pytest.fixture
def app(settings_for_tests: Settings) -> Iterator[Flask]:
    """The whole application, with its clock held at NOW, inside an app context."""
    with engines.lent_for(settings_for_tests.database_url):
        made = create_app(settings_for_tests)
        made.test_client_class = Client
        made.jinja_env.bytecode_cache = templates
        clock.set_to(NOW)
        with made.app_context():
            yield made
            db.session.remove()
        clock.set_to(None)


@pytest.fixture(scope="session")
def kept_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the loaded demonstration, one for all processes of a run; made by the first that needs it."""
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demonstration"


@pytest.fixture
def demonstration(app: Flask, settings_for_tests: Settings, kept_demonstration: Path, tmp_path: Path) -> Flask:
    """The application with the demonstration, on SQLite. It is loaded once, then copied."""
    own = Path(settings_for_tests.database_url.removeprefix("sqlite:///"))
    if kept_demonstration.exists():
        db.session.remove()
        db.extension.engine.dispose()
        for leftover in own.parent.glob(f"{own.name}-*"):
            leftover.unlink()  # the write-ahead log of the empty database that was here
        shutil.copy(kept_demonstration / "nightlight.db", own)
        shutil.copytree(kept_demonstration / "keys", settings_for_tests.keys)
    else:
        demonstration_data.load(monday=MONDAY, now=NOW, say=lambda _words: None)
        made = tmp_path / "demonstration"
        made.mkdir()
        db.session.remove()
        with db.extension.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # SQLite copies itself only outside a transaction
            connection.exec_driver_sql(f"VACUUM INTO '{made / 'nightlight.db'}'")
        shutil.copytree(settings_for_tests.keys, made / "keys")
        with suppress(OSError):  # another process, which loaded it at the same time, was first
            made.rename(kept_demonstration)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A test client, which sends the token of its session with every form."""
    return app.test_client()


class PersonDetails(TypedDict, total=False):
    """What a test may say about a person; the rest has defaults."""

    roles: tuple[Role, ...]
    born_on: date | None
    email: str
    zone_name: str
    state: PersonState
    password: str
    now: datetime


class People:
    """Makes and commits people, with the details that matter to a test and defaults for the rest."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def person(self, name: str | None = None, **details: Unpack[PersonDetails]) -> Person:
        """Make a person, by default an active adult without a password."""
        name = name or f"Person {next(self._numbers)}"
        now = details.get("now", NOW)
        new = NewPerson(
            display_name=name,
            email=details.get("email", f"{name.lower().replace(' ', '-')}@example.org"),
            legal_name=f"{name} Legalname",
            born_on=details.get("born_on", date(1990, 5, 17)),
            zone_name=details.get("zone_name"),
            roles=details.get("roles", ()),
        )
        password = details.get("password")
        hashed = passwords.hashed(password) if password else None
        with db.writing():
            made = directory.add(new, by=None, today=now.date(), now=now)
            made.state = details.get("state", PersonState.ACTIVE)
            if hashed:
                passwords.store(made.id, hashed, now)
        return made


@pytest.fixture
def people(app: Flask) -> People:
    return People()


SignIn = Callable[[FlaskClient, Person], FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Give a client a person's session without going through the sign-in page, which has its own tests."""

    def do(client: FlaskClient, person: Person) -> FlaskClient:
        with db.writing():
            token = sessions.start(person, device="Test", now=clock.now())
        client.set_cookie(cookie_name(), token)
        return client

    return do


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at another instant inside the block."""
    before = clock.now()
    clock.set_to(instant)
    try:
        yield
    finally:
        clock.set_to(before)
