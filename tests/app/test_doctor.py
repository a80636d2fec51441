"""The doctor names what is missing or unsafe in an installation."""

from __future__ import annotations

from flask import Flask

from app import doctor, settings
from app.people.models import Role
from tests.conftest import People


def test_an_installation_without_an_administrator_is_told_the_command(app: Flask) -> None:
    assert any("nightlight people add" in finding for finding in doctor.findings())


def test_with_an_administrator_and_everything_built_it_finds_nothing(people: People) -> None:
    people.person("Tansy", roles=(Role.ADMIN,))
    assert doctor.findings() == []


def test_a_key_folder_that_others_can_read_is_named(people: People) -> None:
    people.person("Tansy", roles=(Role.ADMIN,))
    keys = settings.current().keys
    keys.mkdir(mode=0o755)
    keys.chmod(0o755)
    assert [finding for finding in doctor.findings() if "chmod 700" in finding]
