"""The rules of live sessions: local times at clock changes, addresses, and what may be done when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.refusals import Conflict, Invalid
from tests.times import NOW
from training.live import rules

LONDON = ZoneInfo("Europe/London")


def test_a_time_is_that_of_the_organisations_clock() -> None:
    starts_at, ends_at = rules.times(date(2027, 7, 1), time(18), time(19, 30), LONDON)
    assert (starts_at, ends_at) == (datetime(2027, 7, 1, 17, tzinfo=UTC), datetime(2027, 7, 1, 18, 30, tzinfo=UTC))


def test_an_end_that_is_no_later_is_on_the_next_day() -> None:
    starts_at, ends_at = rules.times(date(2027, 1, 5), time(22), time(1), LONDON)
    assert ends_at - starts_at == timedelta(hours=3)


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2027, 3, 28), "go forward that night, and 01:30 is left out"), (date(2027, 10, 31), "01:30 comes twice")],
)
def test_a_time_that_the_clocks_skip_or_show_twice_is_refused(day: date, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        rules.times(day, time(1, 30), time(3), LONDON)


def test_over_a_clock_change_the_hours_that_pass_count() -> None:
    starts_at, ends_at = rules.times(date(2027, 3, 27), time(23), time(3), LONDON)
    assert ends_at - starts_at == timedelta(hours=3)


@pytest.mark.parametrize(
    ("starts_at", "hours", "field"),
    [(NOW, 1, "day"), (NOW + timedelta(days=400), 1, "day"), (NOW + timedelta(days=1), 13, "ends")],
)
def test_times_have_bounds(starts_at: datetime, hours: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.check_times(starts_at, starts_at + timedelta(hours=hours), now=NOW)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "typed",
    [
        "http://meet.example.org/a",
        "javascript:alert(1)",
        "https://",
        "meet.example.org",
        "https://name:word@meet.example.org/",
        "https://meet.example.org/a b",
        "https://meet.example.org/" + "a" * 500,
        "https://meet.example.org:wrong/",
        "https://[broken",
    ],
)
def test_only_a_whole_https_address_is_an_address(typed: str) -> None:
    with pytest.raises(Invalid, match="https://"):
        rules.checked_link(typed)


def test_an_address_is_kept_as_it_is() -> None:
    assert rules.checked_link(" https://meet.example.org/a?b=c#d ") == "https://meet.example.org/a?b=c#d"


def test_booking_ends_with_the_last_day_and_never_after_the_start() -> None:
    starts_at = datetime(2027, 7, 3, 17, tzinfo=UTC)
    assert rules.book_until(None, starts_at, LONDON) == starts_at
    assert rules.book_until(date(2027, 7, 1), starts_at, LONDON) == datetime(2027, 7, 1, 23, tzinfo=UTC)
    assert rules.book_until(date(2027, 7, 9), starts_at, LONDON) == starts_at


def test_within_an_hour_only_those_who_can_come_at_short_notice_move_up() -> None:
    starts_at = NOW + timedelta(hours=1)
    assert rules.may_move_up(starts_at=starts_at, at_short_notice=False, now=NOW - timedelta(seconds=1))
    assert not rules.may_move_up(starts_at=starts_at, at_short_notice=False, now=NOW)
    assert rules.may_move_up(starts_at=starts_at, at_short_notice=True, now=NOW)
    assert not rules.may_move_up(starts_at=starts_at, at_short_notice=True, now=starts_at)


def test_attendance_is_marked_from_the_start_and_after_a_week_with_a_reason() -> None:
    ends_at = NOW + timedelta(hours=1)
    with pytest.raises(Conflict, match="has not begun"):
        rules.check_may_mark(starts_at=NOW, ends_at=ends_at, reason="x", now=NOW - timedelta(seconds=1))
    rules.check_may_mark(starts_at=NOW, ends_at=ends_at, reason="", now=ends_at + timedelta(days=7))
    late = ends_at + timedelta(days=7, seconds=1)
    with pytest.raises(Invalid, match="say why"):
        rules.check_may_mark(starts_at=NOW, ends_at=ends_at, reason="", now=late)
    rules.check_may_mark(starts_at=NOW, ends_at=ends_at, reason="The list was on paper.", now=late)
