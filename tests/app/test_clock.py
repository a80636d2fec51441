"""Instants and local times, across clock changes in three zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app import clock
from app.pages import times

LONDON, NEW_YORK, LORD_HOWE = (ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Australia/Lord_Howe"))


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        (LONDON, date(2026, 3, 28), 7),
        (LONDON, date(2026, 10, 24), 9),
        (NEW_YORK, date(2026, 3, 7), 7),
        (NEW_YORK, date(2026, 10, 31), 9),
        (LORD_HOWE, date(2026, 4, 4), 8.5),
        (LORD_HOWE, date(2026, 10, 3), 7.5),
        (LONDON, date(2026, 6, 1), 8),
    ],
)
def test_a_night_lasts_as_long_as_it_lasts(zone: ZoneInfo, evening: date, hours: float) -> None:
    morning = evening + timedelta(days=1)
    starts_at = clock.local(zone, evening.year, evening.month, evening.day, 22)
    ends_at = clock.local(zone, morning.year, morning.month, morning.day, 6)
    assert ends_at - starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        (LONDON, (2026, 3, 29, 1, 30), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (NEW_YORK, (2026, 3, 8, 2, 15), datetime(2026, 3, 8, 7, 0, tzinfo=UTC)),
        (LORD_HOWE, (2026, 10, 4, 2, 10), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ],
)
def test_a_time_that_the_clocks_skip_becomes_the_end_of_the_gap(
    zone: ZoneInfo, wall: tuple[int, int, int, int, int], instant: datetime
) -> None:
    assert clock.local(zone, *wall) == instant


def test_a_time_that_comes_twice_is_the_first_unless_the_second_is_asked_for() -> None:
    first = clock.local(LONDON, 2026, 10, 25, 1, 30)
    second = clock.local(LONDON, 2026, 10, 25, 1, 30, fold=1)
    assert second - first == timedelta(hours=1)
    assert times.clock_time(first, LONDON) == "01:30 (first)"
    assert times.clock_time(second, LONDON) == "01:30 (second)"
    assert times.clock_time(second + timedelta(hours=1), LONDON) == "02:30"


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "words"),
    [
        ((2026, 10, 24), (2026, 10, 27), "Sat 24 Oct to Mon 26 Oct"),
        ((2026, 10, 25), (2026, 10, 26), "Sun 25 Oct, all day"),
        ((2026, 11, 24, 8), (2026, 11, 24, 23), "Tue 24 Nov, 08:00 to 23:00"),
        ((2026, 11, 24, 0), (2026, 11, 24, 12), "Tue 24 Nov, 00:00 to 12:00"),
        ((2026, 11, 24, 18), (2026, 11, 25, 2), "Tue 24 Nov, 18:00 to Wed 25 Nov, 02:00"),
    ],
)
def test_whole_days_are_called_by_their_days(starts_at: tuple[int, ...], ends_at: tuple[int, ...], words: str) -> None:
    assert times.period(clock.local(LONDON, *starts_at), clock.local(LONDON, *ends_at), LONDON) == words


def test_a_day_ends_when_the_next_begins_also_on_the_day_of_23_hours() -> None:
    assert clock.ends(date(2026, 3, 29), LONDON) - clock.starts(date(2026, 3, 29), LONDON) == timedelta(hours=23)
    assert clock.on(datetime(2026, 6, 1, 23, 30, tzinfo=UTC), LONDON) == date(2026, 6, 2)


def test_lengths_are_elapsed_and_said_in_words() -> None:
    night = clock.local(LONDON, 2026, 3, 28, 23), clock.local(LONDON, 2026, 3, 29, 3)
    assert times.hours_long(*night) == "3 hours"
    assert times.span(*night, LONDON) == "23:00 to 03:00"
    assert times.hours_long(night[0], night[0] + timedelta(minutes=90)) == "1 hour 30 minutes"
    assert times.day(night[0], LONDON) == "Saturday 28 March"
    assert times.when(night[0], NEW_YORK) == "Sat 28 Mar, 19:00"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 15), 36, date(2029, 11, 15)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 5), -14, date(2024, 11, 5)),
        (date(2027, 2, 18), 24, date(2029, 2, 18)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(day: date, months: int, later: date) -> None:
    assert clock.months_after(day, months) == later
