"""People with shifts, for what others saw of them there."""

from __future__ import annotations

import pytest

from tests.conftest import People
from tests.rota.crew import Crew


@pytest.fixture
def crew(people: People) -> Crew:
    """People who are cleared, and channels and rotas for them."""
    return Crew(people)
