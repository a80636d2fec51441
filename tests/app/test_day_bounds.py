"""Bounds of days are whole years around today's."""

from __future__ import annotations

from datetime import date

from app.day_bounds import DayBounds


def test_the_first_and_the_last_year_count_and_the_next_ones_do_not() -> None:
    bounds, today = DayBounds(years_back=1, years_ahead=2), date(2028, 2, 29)
    assert list(bounds.years(today)) == [2027, 2028, 2029, 2030]
    for within in (date(2027, 1, 1), date(2030, 12, 31)):
        assert bounds.refusal(within, today=today) is None
    for outside in (date(2026, 12, 31), date(2031, 1, 1), date.min, date.max):
        assert bounds.refusal(outside, today=today) == "give a day from 2027 to 2030."
