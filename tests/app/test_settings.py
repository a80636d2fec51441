"""Settings from environment variables."""

from __future__ import annotations

import pytest

from app import clock
from app.settings import Settings, SettingsError
from tests.times import NOW


def test_all_problems_of_the_environment_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as wrong:
        Settings.from_environment(
            {"NIGHTLIGHT_PORT": "many", "NIGHTLIGHT_TIMEZONE": "Mars/Olympus", "NIGHTLIGHT_SECRET_KEY": "short"}
        )
    assert len(wrong.value.problems) == 6
    assert all(problem.endswith(".") for problem in wrong.value.problems)


def test_development_needs_no_variables() -> None:
    chosen = Settings.from_environment({"NIGHTLIGHT_ENV": "development", "NIGHTLIGHT_SECRET_KEY": "x" * 32})
    assert chosen.public_url == "http://127.0.0.1:8000"
    assert str(chosen.zone) == "Europe/London"
    assert clock.local(chosen.zone, 2027, 7, 1, 12).hour == 11
    assert NOW.tzinfo is not None
