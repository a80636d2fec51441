"""Fixtures of the tests of the road behind somebody."""

from __future__ import annotations

import pytest

from tests.conftest import People
from tests.rota.crew import Crew


@pytest.fixture
def crew(people: People) -> Crew:
    return Crew(people)
