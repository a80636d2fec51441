"""The parts of a date, in the zone of the reader."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import Flask

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


def written(app: Flask, *zones: ZoneInfo | None, reader: str | None) -> str:
    """The note of a page that writes an hour in each of these zones."""
    with app.test_request_context():
        for zone in zones:
            times.clock_time(clock.local(LONDON, 2026, 2, 28, 23), zone)
        return times.clock_note(reader)


def test_a_page_with_hours_says_in_whose_time_they_are_to_readers_in_another_zone(app: Flask) -> None:
    organisation = "Harbour Lane Community"
    assert written(app, None, reader="Asia/Tokyo") == (
        f"Times are in {organisation}’s time (Europe/London). You are on Asia/Tokyo."
    )
    assert written(app, TOKYO, reader="Asia/Tokyo") == "Times are on your clock (Asia/Tokyo)."
    assert "except where it says" in written(app, TOKYO, None, reader="Asia/Tokyo")


def test_readers_on_the_organisations_time_and_pages_without_hours_get_no_note(app: Flask) -> None:
    assert written(app, None, reader=None) == ""
    assert written(app, LONDON, reader="Europe/London") == ""
    assert written(app, reader="Asia/Tokyo") == ""
