"""The status of a course for one person."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app import clock, settings
from app.people.models import Person
from tests.conftest import People
from tests.training.courses import install_shipped, pass_course
from training import course_status

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    install_shipped()
    return people.person("Wren")


def test_training_lapses_soon_then_has_lapsed(wren: Person) -> None:
    pass_course(wren)
    last_day = date(2029, 2, 18)
    for before, soon, lapsed in ((90, False, False), (60, True, False), (0, True, False), (-1, False, True)):
        now = clock.starts(last_day - timedelta(days=before), settings.current().zone) + timedelta(hours=12)
        status = course_status.status_in(wren.id, "conflict", now=now)
        assert (status.lapses_soon, status.has_lapsed) == (soon, lapsed)
