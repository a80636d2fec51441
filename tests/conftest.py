"""What every test can ask for: an application on a real, migrated database, people, and a browserless client."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path

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
from tests.databases import Databases
from tests.times import MONDAY, NOW
from wsgi import create_app

PASSWORD = "three calm green lanterns"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked both_databases once on each; the others on SQLite."""
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
def test_settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a house of its own: its database, its letters, its keys."""
    basis = Settings.from_environment({"NIGHTLIGHT_ENV": "test", "NIGHTLIGHT_SECRET_KEY": "t" * 48})
    return replace(
        basis,
        database_url=database_url,
        mail_url=f"file:{tmp_path / 'mail'}",
        keys=tmp_path / "keys",
        var=tmp_path / "var",
        public_url="http://127.0.0.1:8000",
    )


@pytest.fixture
def app(test_settings: Settings) -> Iterator[Flask]:
    """The whole house, with its clock held at NOW, inside an app context."""
    house = create_app(test_settings)
    clock.set_to(NOW)
    with house.app_context():
        yield house
        db.session.remove()
        db.extension.engine.dispose()
    clock.set_to(None)


@pytest.fixture
def demonstration(app: Flask, test_settings: Settings, databases: Databases) -> Flask:
    """The house with the demonstration in it, on SQLite. Loaded once by each test process, then copied."""
    kept = databases.folder / "demonstration"
    own = Path(test_settings.database_url.removeprefix("sqlite:///"))
    if kept.exists():
        db.session.remove()
        db.extension.engine.dispose()
        for leftover in own.parent.glob(f"{own.name}-*"):
            leftover.unlink()  # the write-ahead log of the empty database that was here
        shutil.copy(kept / "nightlight.db", own)
        shutil.copytree(kept / "keys", test_settings.keys)
    else:
        demonstration_data.load(monday=MONDAY, now=NOW, say=lambda _words: None)
        kept.mkdir()
        db.session.remove()
        with db.extension.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # SQLite copies itself only outside a transaction
            connection.exec_driver_sql(f"VACUUM INTO '{kept / 'nightlight.db'}'")
        shutil.copytree(test_settings.keys, kept / "keys")
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen; forms need no token here, which the tests of forms switch on again."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


class People:
    """Makes people, committed, with what matters to the test and defaults for the rest."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def person(
        self,
        name: str | None = None,
        *,
        roles: tuple[Role, ...] = (),
        born_on: date | None = date(1990, 5, 17),
        email: str | None = None,
        zone_name: str | None = None,
        state: PersonState = PersonState.ACTIVE,
        password: str | None = None,
        now: datetime = NOW,
    ) -> Person:
        name = name or f"Person {next(self._numbers)}"
        new = NewPerson(
            display_name=name,
            email=email or f"{name.lower().replace(' ', '-')}@example.org",
            legal_name=f"{name} Legalname",
            born_on=born_on,
            zone_name=zone_name,
            roles=roles,
        )
        hashed = passwords.hashed(password) if password else None
        with db.writing():
            made = directory.add(new, by=None, today=now.date(), now=now)
            made.state = state
            if hashed:
                passwords.keep(made.id, hashed, now)
        return made


@pytest.fixture
def people(app: Flask) -> People:
    return People()


SignIn = Callable[[FlaskClient, Person], FlaskClient]


@pytest.fixture
def sign_in(app: Flask) -> SignIn:
    """Give a client somebody's session, without the sign-in page (which has tests of its own)."""

    def do(client: FlaskClient, person: Person) -> FlaskClient:
        with db.writing():
            token = sessions.start(person, device="Test", now=clock.now())
        client.set_cookie(cookie_name(), token)
        return client

    return do


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Hold the clock somewhere else for a while."""
    before = clock.now()
    clock.set_to(instant)
    try:
        yield
    finally:
        clock.set_to(before)
