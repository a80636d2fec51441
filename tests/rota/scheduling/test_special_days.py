"""Days on which the weekly pattern does not hold: closed, with other shifts, like a Sunday, or only named."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from progression.duties import Duty
from rota.scheduling.cover_pattern import Need, PatternSpan, WeeklyPattern
from rota.scheduling.special_days import SpecialDay, SpecialKind, planned_with

LONDON = ZoneInfo("Europe/London")
MONDAY = date(2027, 3, 1)
ONE = (Need(Duty.MODERATOR, 1, 1, 1),)
WORKDAYS, SUNDAYS = frozenset(range(6)), frozenset({6})
SPANS = (
    PatternSpan(WORKDAYS, time(18), time(22), "Evening", ONE),
    PatternSpan(WORKDAYS, time(22), time(6), "Night", ONE),
    PatternSpan(SUNDAYS, time(12), time(16), "Sunday", ONE),
)


def planned(
    *special: SpecialDay, first: date = MONDAY, days: int = 3, zone: ZoneInfo = LONDON
) -> list[tuple[str, str]]:
    """The shifts of some days, as the day and hours of each on the clock, with its name."""
    pattern = WeeklyPattern(MONDAY - timedelta(days=7), zone, SPANS)
    shifts = planned_with([pattern], special, first, first + timedelta(days=days - 1))
    return [
        (f"{each.starts_at.astimezone(zone):%d %H:%M}-{each.ends_at.astimezone(zone):%H:%M}", each.label)
        for each in shifts
    ]


TUESDAY = MONDAY + timedelta(days=1)


def test_a_closed_day_has_no_shift_that_begins_on_it_and_the_night_before_stays() -> None:
    closed = SpecialDay(TUESDAY, SpecialKind.CLOSED, "Christmas Day")
    assert [hours for hours, _ in planned(closed)] == [
        "01 18:00-22:00",
        "01 22:00-06:00",
        "03 18:00-22:00",
        "03 22:00-06:00",
    ]


def test_a_day_like_a_sunday_has_the_shifts_of_a_sunday_and_a_named_day_its_own() -> None:
    holiday = SpecialDay(TUESDAY, SpecialKind.AS_SUNDAY, "Easter Monday", is_bank_holiday=True)
    assert planned(holiday, first=TUESDAY, days=1) == [("02 12:00-16:00", "Sunday")]
    named = SpecialDay(TUESDAY, SpecialKind.AS_USUAL, "Easter Monday", is_bank_holiday=True)
    assert planned(named) == planned()


def test_an_event_stands_in_place_of_the_pattern_and_before_a_bank_holiday() -> None:
    fair = PatternSpan(frozenset(), time(10), time(14), "Fair", ONE)
    event = SpecialDay(TUESDAY, SpecialKind.EVENT, "Open day", spans=(fair,))
    holiday = SpecialDay(TUESDAY, SpecialKind.CLOSED, "Easter Monday", is_bank_holiday=True)
    assert planned(holiday, event, first=TUESDAY, days=1) == [("02 10:00-14:00", "Fair")]


@pytest.mark.parametrize(
    ("starts", "ends", "left"),
    [
        (time(19), time(20), ["01 18:00-19:00", "01 20:00-22:00", "01 22:00-06:00"]),
        (time(21), time(1), ["01 18:00-21:00", "02 01:00-06:00"]),
        (time(18), time(22), ["01 22:00-06:00"]),
        (time(8), time(12), ["01 18:00-22:00", "01 22:00-06:00"]),
    ],
)
def test_closed_hours_are_cut_out_of_the_shifts_they_touch(starts: time, ends: time, left: list[str]) -> None:
    closed = SpecialDay(MONDAY, SpecialKind.CLOSED, "Repair", starts, ends)
    assert [hours for hours, _ in planned(closed, days=1)] == left


def test_hours_closed_in_the_morning_cut_the_night_that_began_the_day_before() -> None:
    closed = SpecialDay(TUESDAY, SpecialKind.CLOSED, "Repair", time(3), time(4))
    assert [hours for hours, _ in planned(closed, days=1)] == ["01 18:00-22:00", "01 22:00-03:00", "02 04:00-06:00"]


@pytest.mark.parametrize(
    ("zone", "night", "hours"),
    [
        ("Europe/London", date(2027, 3, 27), 7),
        ("Europe/London", date(2027, 10, 30), 9),
        ("America/New_York", date(2027, 3, 13), 7),
        ("America/New_York", date(2027, 11, 6), 9),
        ("Australia/Lord_Howe", date(2027, 10, 2), 7.5),
        ("Australia/Lord_Howe", date(2027, 4, 3), 8.5),
    ],
)
def test_an_event_on_the_night_of_a_clock_change_has_its_true_hours(zone: str, night: date, hours: float) -> None:
    place = ZoneInfo(zone)
    through = PatternSpan(frozenset(), time(22), time(6), "Vigil", ONE)
    pattern = WeeklyPattern(date(2027, 1, 1), place, SPANS)
    event = SpecialDay(night, SpecialKind.EVENT, "Vigil", spans=(through,))
    (shift,) = planned_with([pattern], [event], night, night)
    assert (shift.ends_at - shift.starts_at) / timedelta(hours=1) == hours
    closed = SpecialDay(night, SpecialKind.CLOSED, "Closed")
    assert planned_with([pattern], [closed], night, night) == []
    assert closed.times(place).end - closed.times(place).start == timedelta(days=1)


def test_the_twenty_ninth_of_february_closes_like_any_day() -> None:
    closed = SpecialDay(date(2028, 2, 29), SpecialKind.CLOSED, "Leap day")
    first = date(2028, 2, 28)
    assert [hours[:2] for hours, _ in planned(closed, first=first, days=3)] == ["28", "28", "01", "01"]


def test_nothing_is_planned_before_the_first_pattern_whatever_is_special() -> None:
    early = MONDAY - timedelta(days=20)
    event = SpecialDay(early, SpecialKind.EVENT, "Too early", spans=SPANS[:1])
    repair = SpecialDay(early, SpecialKind.CLOSED, "Repair", time(3), time(4))
    assert planned(event, repair, first=early, days=1) == []
    assert event.times(LONDON).start == datetime(2027, 2, 9, tzinfo=UTC)
