"""Rules about the time that passes, each alone, on both sides of its edge and over the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progression.duties import Duty
from rota.scheduling.rules.hours import keeps_to, windows
from tests.rota.scheduling.rosters import at, line, person, roster, shift, stint
from tests.rota.scheduling.rules.check_and_engine import BORN, CLOCKS, is_kept, on, only, worked


@pytest.mark.parametrize(("second", "keeps"), [(13, True), (12.75, False)])
def test_nobody_is_in_two_places_but_one_shift_may_start_as_another_ends(second: float, keeps: bool) -> None:
    assert is_kept(worked((at(0, 9), 4), (at(0, second), 4), rules=only("overlap")), "overlap") is keeps


@pytest.mark.parametrize(("second", "keeps"), [(24, True), (23.75, False)])
@pytest.mark.parametrize("is_history", [False, True])
def test_between_two_shifts_there_is_rest_whichever_rota_they_areon(
    second: float, keeps: bool, is_history: bool
) -> None:
    first, rules = (at(0, 9), 4.0), only("rest")
    if is_history:
        example = worked((at(0, second), 4), rules=rules, commitments=(stint(*first),))
    else:
        example = worked(first, (at(0, second), 4), rules=rules)
    assert is_kept(example, "rest") is keeps


@pytest.mark.parametrize(("second", "keeps"), [(at(0, 25), True), (at(0, 24.75), False)])
def test_who_is_under_18_rests_longer(second: datetime, keeps: bool) -> None:
    example = worked((at(0, 9), 4), (second, 4), rules=only("rest"), born_on=date(2010, 1, 1))
    assert is_kept(example, "rest") is keeps


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_rest_is_counted_in_hours_that_pass_on_the_nights_the_clocks_change(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    ends = on(*evening, 22, zone)
    next_day = date(*evening) + timedelta(days=1)
    begins = on(next_day.year, next_day.month, next_day.day, 9, zone)
    assert begins - ends == timedelta(hours=passes)
    for needed, keeps in ((passes, True), (passes + 0.25, False)):
        rules = only("rest", adult_hours=needed)
        example = worked((ends - timedelta(hours=4), 4), (begins, 4), rules=rules, zone=zone)
        assert is_kept(example, "rest") is keeps


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_hours_in_a_day_are_hours_that_pass_on_the_nights_the_clocks_change(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    starts = on(*evening, 22, zone)
    for most, keeps in ((passes, True), (passes - 0.25, False)):
        example = worked((starts, passes), rules=only("hours_in_a_day", adult_hours=most), zone=zone)
        assert is_kept(example, "hours_in_a_day") is keeps


@pytest.mark.parametrize(
    ("second", "hours", "keeps"),
    [
        # Eight hours from 8:00; then 24 hours that start with the first shift, and 24 that end with the second.
        (at(1, 4), 4, True),
        (at(1, 4), 4.25, True),
        (at(1, 3), 5.25, False),
        (at(1, 2), 8, False),
        (at(1, 8), 8, True),
    ],
)
def test_hours_in_any_24_are_counted_wherever_the_24_begin(second: datetime, hours: float, keeps: bool) -> None:
    example = worked((at(0, 8), 8), (second, hours), rules=only("hours_in_a_day", adult_hours=12))
    assert is_kept(example, "hours_in_a_day") is keeps


def test_hours_in_any_24_see_the_window_that_ends_with_a_shift() -> None:
    # From 10:00 to 10:00 there are 6 hours of the first and 7 of the second; from 8:00 only 8 and 5.
    example = worked((at(0, 8), 8), (at(1, 3), 7), rules=only("hours_in_a_day", adult_hours=13))
    assert is_kept(example, "hours_in_a_day")
    example = worked((at(0, 8), 8), (at(1, 3), 7), rules=only("hours_in_a_day", adult_hours=12.75))
    assert not is_kept(example, "hours_in_a_day")


@pytest.mark.parametrize(("last_hours", "keeps"), [(8, True), (8.25, False)])
def test_hours_in_any_seven_days_cross_the_end_of_the_week(last_hours: float, keeps: bool) -> None:
    days = [(at(day, 8), 8.0) for day in (3, 4, 5, 7, 8)]
    example = worked(*days, (at(9, 8), last_hours), rules=only("hours_in_a_week"))
    assert is_kept(example, "hours_in_a_week") is keeps


@pytest.mark.parametrize(("hours", "keeps"), [(8, True), (8.25, False)])
def test_hours_worked_before_turning_18_keep_the_shorter_day(hours: float, keeps: bool) -> None:
    example = worked((at(0, 8), hours), rules=only("hours_in_a_day"), born_on=BORN)
    assert is_kept(example, "hours_in_a_day") is keeps


def test_hours_on_call_from_home_do_not_count_as_worked() -> None:
    on_call = [shift(at(day, 8), 12, line(Duty.ON_CALL)) for day in range(6)]
    example = roster([person(1, Duty.ON_CALL)], on_call, rules=only("hours_in_a_week"))
    assert is_kept(example, "hours_in_a_week")


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_hours_in_a_week_and_recovery_are_hours_that_pass_on_the_nights_the_clocks_change(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    night = on(*evening, 22, zone)
    before = [(night - timedelta(days=number), 8.0) for number in (2, 1)]
    for most, keeps in ((16 + passes, True), (15.75 + passes, False)):
        rules = only("hours_in_a_week", adult_hours=most)
        assert is_kept(worked(*before, (night, passes), rules=rules, zone=zone), "hours_in_a_week") is keeps
    # The last of three nights ends in the morning after the change; so many hours pass until nine the day after.
    morning = on(*evening, 22, zone) + timedelta(hours=passes)
    for waits, keeps in ((46.0, True), (45.75, False)):
        rules = only("recovery_after_nights", hours=46, most=3)
        after = (morning + timedelta(hours=waits), 4.0)
        example = worked(*before, (night, passes), after, rules=rules, zone=zone)
        assert is_kept(example, "recovery_after_nights") is keeps


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_nobody_under_18_works_in_the_hour_that_is_skipped_or_repeated(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    born = date(evening[0] - 17, 1, 1)
    six = on(*evening, 22, zone) + timedelta(hours=passes - 3)
    for starts_at, hours, keeps in ((six, 3.0, True), (six - timedelta(minutes=15), 3.0, False)):
        example = worked((starts_at, hours), rules=only("under_18_nights"), zone=zone, born_on=born)
        assert is_kept(example, "under_18_nights") is keeps


@pytest.mark.parametrize(("zone", "evening", "passes"), CLOCKS)
def test_one_shift_may_begin_as_another_ends_at_an_hour_that_comes_twice_or_never(
    zone: ZoneInfo, evening: tuple[int, int, int], passes: float
) -> None:
    # The clocks change between midnight and four; both shifts are compared by instants and never by the clock alone.
    middle = on(*evening, 22, zone) + timedelta(hours=4)
    for begins, keeps in ((middle, True), (middle - timedelta(minutes=15), False)):
        first = (on(*evening, 22, zone), 4.0)
        assert is_kept(worked(first, (begins, 2.0), rules=only("overlap"), zone=zone), "overlap") is keeps


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 30)), max_size=7), st.integers(1, 30), st.integers(0, 40))
def test_where_it_is_easily_seen_that_no_window_is_too_full_none_is(
    spans: list[tuple[int, int]], length: int, most: int
) -> None:
    began = datetime(2027, 2, 22, tzinfo=UTC)
    hours = sorted((began + timedelta(hours=start), began + timedelta(hours=start + lasts)) for start, lasts in spans)
    numbered = [(number, start, end) for number, (start, end) in enumerate(hours)]
    fullest = max((sum(minutes) for _, minutes in windows(numbered, timedelta(hours=length))), default=0)
    assert fullest <= most * 60 or not keeps_to(most * 60, numbered, timedelta(hours=length))
