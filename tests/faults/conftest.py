"""Fixtures of the fault tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.settings import Settings
from tests.conftest import People
from tests.faults.mail_server import MailServer
from tests.faults.processes import Processes
from tests.rota.crew import Crew
from tests.times import NOW


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def processes(app: Flask, settings_for_tests: Settings, tmp_path: Path) -> Iterator[Processes]:
    """Processes that share this test's database, with their clocks held at NOW."""
    made = Processes(settings_for_tests, tmp_path)
    made.set_clock(NOW)
    yield made
    made.end()


@pytest.fixture
def crew(people: People) -> Crew:
    return Crew(people)
