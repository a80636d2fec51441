"""The cover map: counted by instants, shown by the organisation's clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.people.models import Person
from rota.shifts.cover_map import cover_map
from tests.rota.crew import LONDON, MONDAY, Crew, seats
from tests.times import NOW

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


@pytest.fixture
def wren(crew: Crew) -> Person:
    person = crew.moderator("Wren")
    crew.always_can(person)
    return person


def test_nothing_is_counted_before_it_is_published(crew: Crew) -> None:
    crew.rota(crew.evenings())
    assert cover_map(MONDAY, LONDON, now=NOW).nothing_published


def test_each_hour_says_who_is_on_against_who_is_needed(crew: Crew, wren: Person) -> None:
    crew.published(wren)
    shown = cover_map(MONDAY, LONDON, now=NOW)
    evening = {row.hour: [(cell.on, cell.needed) for cell in row.cells[:2] if cell] for row in shown.rows}
    assert evening[17] == [(0, 0), (0, 0)]
    assert evening[18] == evening[21] == [(1, 1), (0, 1)]
    assert evening[22] == [(0, 0), (0, 0)]
    assert [(short.is_empty, short.place.starts_at.day) for short in shown.shorts] == [(True, 23)]
    figures = shown.figures
    assert [(one.safe, one.short, one.empty) for one in figures[:2]] == [(4, 0, 0), (0, 0, 4)]


def test_the_hour_that_spring_skips_is_left_out_and_the_day_has_its_true_hours(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.nights(), starts_on=SPRING - timedelta(days=1), days=2)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    shown = cover_map(SPRING, LONDON, now=NOW)
    assert shown.rows[1].cells[0] is None
    assert shown.rows[2].cells[0] is not None
    assert shown.figures[0].safe == 5
    assert shown.figures[0].empty == 2


def test_the_hour_that_autumn_has_twice_is_counted_twice(crew: Crew, wren: Person) -> None:
    rota = crew.rota(crew.nights(), starts_on=AUTUMN - timedelta(days=1), days=1)
    crew.give(rota, seats(rota)[0], wren)
    crew.publish(rota)
    assert cover_map(AUTUMN, LONDON, now=NOW).figures[0].safe == 7
