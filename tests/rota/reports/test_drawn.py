"""The drawings of a month agree with its figures."""

from __future__ import annotations

from datetime import date

from progression.stages import Stage
from rota.reports.drawn import MOST_BANDS, PLOT, bands, bars
from rota.reports.month_figures import PersonHours, WeekOfHours


def person(hours: float) -> PersonHours:
    return PersonHours(1, "Wren", Stage.PEER, 1, hours, 0, 0.0)


def test_the_highest_bar_is_as_high_as_the_drawing_and_its_parts_lie_on_one_another() -> None:
    high = WeekOfHours(date(2027, 2, 1), 7, {Stage.PEER: 10.0, Stage.STAFF: 30.0})
    low = WeekOfHours(date(2027, 2, 8), 7, {Stage.VOLUNTEER: 20.0})
    first, second = bars([high, low])
    assert [(part.stage, part.y, part.height) for part in first.parts] == [
        (Stage.STAFF, 0.0, 110.5),
        (Stage.PEER, 112.5, 35.5),
    ]
    assert [(part.y, part.height) for part in second.parts] == [(PLOT / 2, PLOT / 2 - 2)]
    assert (first.x, first.width, second.x) == (7.5, 35.0, 57.5)


def test_a_month_without_hours_has_bars_without_parts() -> None:
    (bar,) = bars([WeekOfHours(date(2027, 2, 1), 7, {})])
    assert bar.parts == ()
    assert bands([]) == []


def test_people_are_counted_in_bands_with_the_empty_ones_between_and_the_last_open() -> None:
    found = bands([person(4.0), person(7.9), person(12.0), person(999.0)])
    assert [band.people for band in found[:4]] == [0, 2, 0, 1]
    assert (len(found), found[-1].is_last, found[-1].people) == (MOST_BANDS, True, 1)
    assert found[1].share == 100.0
