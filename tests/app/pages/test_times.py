"""The parts of a date, in the zone of the reader."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from app import clock
from app.pages import times

LONDON, TOKYO = ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")


def test_an_instant_gives_the_parts_of_its_day_where_the_reader_is() -> None:
    late = clock.local(LONDON, 2026, 2, 28, 23)
    assert [part(late, LONDON) for part in (times.weekday, times.day_of_month, times.month)] == ["Sat", 28, "Feb"]
    assert [part(late, TOKYO) for part in (times.weekday, times.day_of_month, times.month)] == ["Sun", 1, "Mar"]


def test_a_date_needs_no_zone() -> None:
    assert times.weekday(date(2026, 2, 19), LONDON) == "Thu"


def test_lengths_count_one_hour_and_one_minute_in_the_singular() -> None:
    start = clock.local(LONDON, 2026, 2, 28, 23)
    assert times.hours_long(start, clock.local(LONDON, 2026, 3, 1, 0, 1)) == "1 hour 1 minute"
