"""Passwords: typed alike on every keyboard, hashed as production hashes them, and hashed again when that changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import audit, db, settings
from app.people import passwords
from app.people.models import Password
from app.refusals import Invalid
from tests.conftest import PASSWORD, People
from tests.times import NOW

COMPOSED = unicodedata.normalize("NFC", "trois élèves à la fenêtre")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.fixture
def as_in_production(app: Flask) -> Iterator[None]:
    """The hasher of production; tests use a faster one."""
    before = settings.current()
    settings.use(replace(before, env="production"))
    passwords._hasher.cache_clear()
    yield
    settings.use(before)
    passwords._hasher.cache_clear()


@pytest.mark.parametrize(
    ("chosen", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), ("ﬁve ２ green", "five 2 green")]
)
def test_a_password_is_the_same_on_a_keyboard_that_writes_it_otherwise(app: Flask, chosen: str, typed: str) -> None:
    assert chosen != typed
    assert passwords.matches(typed, passwords.hashed(chosen))
    assert not passwords.matches(typed + " ", passwords.hashed(chosen))


def test_a_person_signs_in_with_either_way_of_writing_it(client: FlaskClient, people: People) -> None:
    people.person("Wren", password=COMPOSED)
    assert client.post("/sign-in", data={"email": "wren@example.org", "password": DECOMPOSED}).status_code == 302


def test_the_length_of_a_password_counts_what_is_read_and_not_its_parts(app: Flask) -> None:
    nine = unicodedata.normalize("NFD", "é" * (passwords.MIN_LENGTH - 1))
    with pytest.raises(Invalid, match="at least"):
        passwords.check_strength(nine, about=[])


@pytest.mark.usefixtures("as_in_production")
def test_production_hashes_with_what_owasp_asks_for() -> None:
    assert passwords.hashed("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_signing_in_replaces_a_hash_of_older_settings(client: FlaskClient, people: People) -> None:
    wren = people.person("Wren", password=PASSWORD)
    older = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(PASSWORD)
    with db.writing():
        passwords.store(wren.id, older, NOW)
        audit.record("people.password-changed", by=wren.id, subject=f"person:{wren.id}", now=NOW)
    for _ in range(2):
        assert client.post("/sign-in", data={"email": "wren@example.org", "password": PASSWORD}).status_code == 302
        client.post("/sign-out")
    db.session.rollback()
    kept = db.session.scalars(select(Password.hashed).where(Password.person_id == wren.id)).one()
    assert kept != older
    assert not passwords.is_outdated(kept)
