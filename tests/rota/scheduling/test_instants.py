"""Minutes within hours of the clock, and the moment of turning 18, over clock changes and leap days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from rota.scheduling.instants import adult_from, adult_on, minutes_between, minutes_within_hours

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(
    ("zone", "day", "minutes"),
    [
        (LONDON, date(2027, 3, 27), 7 * 60),
        (LONDON, date(2027, 10, 30), 9 * 60),
        (NEW_YORK, date(2027, 3, 13), 7 * 60),
        (LORD_HOWE, date(2027, 10, 2), 7 * 60 + 30),
        (LONDON, date(2027, 6, 1), 8 * 60),
    ],
)
def test_a_night_is_as_long_as_the_time_that_passes(zone: ZoneInfo, day: date, minutes: int) -> None:
    starts = datetime.combine(day, time(22), zone).astimezone(UTC)
    ends = datetime.combine(date.fromordinal(day.toordinal() + 1), time(6), zone).astimezone(UTC)
    assert minutes_between(starts, ends) == minutes
    assert minutes_within_hours(starts, ends, time(22), time(6), zone) == minutes


def test_only_the_minutes_inside_the_hours_count() -> None:
    starts, ends = datetime(2027, 6, 1, 20, tzinfo=LONDON), datetime(2027, 6, 2, 0, 30, tzinfo=LONDON)
    assert minutes_within_hours(starts.astimezone(UTC), ends.astimezone(UTC), time(23), time(6), LONDON) == 90


def test_a_birthday_on_a_leap_day_is_kept_on_1_march() -> None:
    assert adult_on(date(2008, 2, 29)) == date(2026, 3, 1)
    assert adult_on(date(2009, 5, 6)) == date(2027, 5, 6)


def test_adulthood_begins_at_midnight_in_the_zone() -> None:
    assert adult_from(date(2009, 5, 6), LONDON) == datetime(2027, 5, 5, 23, tzinfo=UTC)
    assert adult_from(None, LONDON) is None
