"""Weekly patterns become shifts: the ordinary weeks, and the nights on which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progression.duties import Duty
from rota.scheduling.cover_pattern import (
    LONGEST_SHIFT,
    Need,
    PatternDoesNotAddUp,
    PatternSpan,
    PlannedShift,
    check,
    overlap_too_long,
    shifts_between,
)

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
EVERY_DAY = frozenset(range(7))
ONE_MODERATOR = (Need(Duty.MODERATOR, 1, 1, 2),)


def span(starts: time, ends: time, days: frozenset[int] = EVERY_DAY, label: str = "Span") -> PatternSpan:
    return PatternSpan(days, starts, ends, label, ONE_MODERATOR)


ROUND_THE_CLOCK = [
    span(time(6), time(14), label="Morning"),
    span(time(14), time(22), label="Evening"),
    span(time(22), time(6), label="Night"),
]


def hours(shift: PlannedShift) -> float:
    return (shift.ends_at - shift.starts_at) / timedelta(hours=1)


def night_of(day: date, zone: ZoneInfo) -> PlannedShift:
    return next(each for each in shifts_between(ROUND_THE_CLOCK, day, day, zone) if each.label == "Night")


def test_a_shift_starts_and_ends_at_the_wall_times_of_its_zone() -> None:
    (shift,) = shifts_between([span(time(22), time(2))], date(2026, 7, 1), date(2026, 7, 1), LONDON)
    assert shift.starts_at == datetime(2026, 7, 1, 21, tzinfo=UTC)
    assert shift.ends_at == datetime(2026, 7, 2, 1, tzinfo=UTC)
    assert shift.day == date(2026, 7, 1)


def test_only_the_days_of_a_span_have_shifts() -> None:
    weekend = span(time(10), time(12), frozenset({5, 6}))
    days = [each.day for each in shifts_between([weekend], date(2026, 11, 23), date(2026, 12, 6), LONDON)]
    assert days == [date(2026, 11, 28), date(2026, 11, 29), date(2026, 12, 5), date(2026, 12, 6)]


@pytest.mark.parametrize(
    ("zone", "day", "lasts"),
    [
        (LONDON, date(2026, 3, 28), 7),
        (LONDON, date(2026, 10, 24), 9),
        (LONDON, date(2026, 10, 25), 8),
        (NEW_YORK, date(2026, 3, 7), 7),
        (NEW_YORK, date(2026, 10, 31), 9),
        (LORD_HOWE, date(2026, 4, 4), 8.5),
        (LORD_HOWE, date(2026, 10, 3), 7.5),
    ],
)
def test_a_night_over_a_clock_change_lasts_as_long_as_it_does(zone: ZoneInfo, day: date, lasts: float) -> None:
    assert hours(night_of(day, zone)) == lasts


def test_a_start_that_the_clocks_skip_moves_to_the_end_of_the_gap_where_the_shift_before_ends() -> None:
    early, late = span(time(22), time(1, 30), label="Early"), span(time(1, 30), time(6), label="Late")
    shifts = list(shifts_between([early, late], date(2026, 3, 28), date(2026, 3, 29), LONDON))
    skipped = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert [each.label for each in shifts if each.starts_at == skipped] == ["Late"]
    assert [each.label for each in shifts if each.ends_at == skipped] == ["Early"]


def test_a_span_wholly_inside_the_gap_does_not_take_place() -> None:
    gone = span(time(1), time(2))
    assert list(shifts_between([gone], date(2026, 3, 29), date(2026, 3, 29), LONDON)) == []


def test_midnight_to_midnight_is_a_whole_day() -> None:
    (shift,) = shifts_between([span(time(0), time(0))], date(2026, 3, 29), date(2026, 3, 29), LONDON)
    assert hours(shift) == 23


@given(
    cuts=st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=6, unique=True).map(sorted),
    zone=st.sampled_from([LONDON, NEW_YORK, LORD_HOWE]),
    first=st.dates(date(2025, 1, 1), date(2028, 1, 1)),
)
def test_a_pattern_round_the_clock_leaves_no_minute_out_and_covers_none_twice(
    cuts: list[int], zone: ZoneInfo, first: date
) -> None:
    walls = [time(minute // 60, minute % 60) for minute in cuts]
    ring = [span(one, other) for one, other in zip(walls, [*walls[1:], walls[0]], strict=True)]
    check(ring)
    shifts = list(shifts_between(ring, first, first + timedelta(days=9), zone))
    for one, following in pairwise(shifts):
        assert one.ends_at == following.starts_at
    assert all(each.ends_at - each.starts_at <= LONGEST_SHIFT for each in shifts)


def test_overlapping_spans_are_refused_with_their_names_and_the_day() -> None:
    sunday_night = span(time(22), time(6), frozenset({6}), "Sunday night")
    with pytest.raises(PatternDoesNotAddUp) as refused:
        check([sunday_night, span(time(4, 45), time(9), frozenset({0}), "Early")])
    assert refused.value.sentences == (
        "Sunday night (22:00 to 06:00) and Early (04:45 to 09:00) overlap on Monday. "
        "One channel has one shift at a time, and two for a handover of up to an hour; put more people on it instead.",
    )


HANDING_OVER = [
    span(time(0), time(8, 15), EVERY_DAY, "Night"),
    span(time(8), time(16, 15), EVERY_DAY, "Day"),
    span(time(16), time(0, 15), EVERY_DAY, "Evening"),
]


def test_shifts_may_overlap_for_a_handover_of_up_to_an_hour_and_never_three_at_once() -> None:
    check(HANDING_OVER)
    with pytest.raises(PatternDoesNotAddUp, match=r"Night .* and Day"):
        check([span(time(22), time(9, 15), EVERY_DAY, "Night"), span(time(8), time(12), EVERY_DAY, "Day")])
    with pytest.raises(PatternDoesNotAddUp, match="overlap"):
        check([span(time(8), time(9), EVERY_DAY, label) for label in ("One", "Other")])
    with pytest.raises(PatternDoesNotAddUp, match=r"First .* and Third"):
        check(
            [
                span(time(8), time(12), EVERY_DAY, "First"),
                span(time(11, 15), time(12, 15), EVERY_DAY, "Second"),
                span(time(11, 45), time(16), EVERY_DAY, "Third"),
            ]
        )


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/London", date(2027, 3, 28)),
        ("Europe/London", date(2027, 10, 31)),
        ("America/New_York", date(2027, 3, 14)),
        ("America/New_York", date(2027, 11, 7)),
        ("Australia/Lord_Howe", date(2027, 4, 4)),
        ("Australia/Lord_Howe", date(2027, 10, 3)),
        ("Europe/London", date(2028, 2, 29)),
    ],
)
def test_a_handover_leaves_no_gap_and_stays_a_handover_on_the_nights_of_clock_changes(zone: str, change: date) -> None:
    shifts = list(shifts_between(HANDING_OVER, change - timedelta(days=1), change + timedelta(days=1), ZoneInfo(zone)))
    assert len(shifts) == 9
    for one, following in pairwise(shifts):
        assert timedelta(0) <= one.ends_at - following.starts_at <= timedelta(hours=1, minutes=15)
        assert not overlap_too_long((one.starts_at, one.ends_at), (following.starts_at, following.ends_at))


def test_spans_that_only_touch_are_fine() -> None:
    check(ROUND_THE_CLOCK)


def test_needs_that_go_down_are_refused_with_their_place() -> None:
    with pytest.raises(PatternDoesNotAddUp, match=r"Evening \(14:00 to 22:00\), host: the least \(2\)"):
        check([PatternSpan(EVERY_DAY, time(14), time(22), "Evening", (Need(Duty.HOST, 2, 1, 1),))])


def test_a_pattern_may_be_empty_so_that_its_only_span_can_be_removed() -> None:
    check([])
    assert list(shifts_between([], date(2027, 2, 1), date(2027, 2, 28), ZoneInfo("Europe/London"))) == []
