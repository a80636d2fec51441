"""So much in the last so many days: its edges, and that nobody gains and loses it again and again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from progression.days_away import DaysAway
from progression.intervals import FOR_EVER, Interval
from progression.windows import Amount, times_enough
from tests.progression.facts import LONDON

SECOND = timedelta(seconds=1)


def on(text: str, hour: int = 20, minute: int = 0) -> datetime:
    """An instant by London's clock, on a day written 2026-03-01."""
    day = date.fromisoformat(text)
    return clock.local(LONDON, day.year, day.month, day.day, hour, minute)


def away(*days: tuple[str, str]) -> DaysAway:
    """Leave from the first to the last day, each pair."""
    spans = [
        Interval(clock.starts(date.fromisoformat(first), LONDON), clock.ends(date.fromisoformat(last), LONDON))
        for first, last in days
    ]
    return DaysAway(spans, LONDON)


def enough(
    done: list[datetime],
    full: int = 1,
    low: int | None = None,
    *,
    days: int = 30,
    grace_days: int = 0,
    leave: DaysAway | None = None,
) -> tuple[Interval, ...]:
    return times_enough(
        [Amount(at, 1) for at in done],
        full=full,
        low=full if low is None else low,
        days=days,
        grace_days=grace_days,
        zone=LONDON,
        away=leave or away(),
    )


def ends(text: str) -> datetime:
    """The end of a day in London."""
    return clock.ends(date.fromisoformat(text), LONDON)


NO_LEAVE = away()
EDGES = [
    # what was done, the days of the window, leave, and the end of the last day on which it counts
    (on("2026-01-10"), 30, NO_LEAVE, "2026-02-09"),
    (on("2026-01-10", 0), 30, NO_LEAVE, "2026-02-09"),  # the first second of the day
    (on("2026-01-11", 0) - SECOND, 30, NO_LEAVE, "2026-02-09"),  # the last one
    (on("2026-01-11", 0), 30, NO_LEAVE, "2026-02-10"),  # a night that ends at midnight ends on the day it begins
    (on("2028-01-31"), 30, NO_LEAVE, "2028-03-01"),  # over 29 February
    (on("2028-02-29"), 365, NO_LEAVE, "2029-02-28"),  # from it
    (on("2026-03-01"), 30, NO_LEAVE, "2026-03-31"),  # the clocks go forward: the end is midnight all the same
    (on("2026-10-10"), 30, NO_LEAVE, "2026-11-09"),  # and back
    (on("2026-01-10"), 30, away(("2026-01-20", "2026-01-26")), "2026-02-16"),  # leave begins inside the window
    (on("2026-01-10"), 30, away(("2026-02-09", "2026-02-15")), "2026-02-16"),  # on its last day
    (on("2026-01-10"), 30, away(("2026-02-10", "2026-02-16")), "2026-02-09"),  # the day after
    (on("2026-01-10"), 30, away(("2026-01-01", "2026-01-10")), "2026-02-09"),  # over on the day itself
    (on("2026-01-10"), 30, away(("2026-01-20", "2026-01-26"), ("2026-02-12", "2026-02-14")), "2026-02-19"),
    (on("2026-03-20"), 30, away(("2026-03-28", "2026-03-29")), "2026-04-21"),  # leave over the clock change
]


@pytest.mark.parametrize(("at", "days", "leave", "last"), EDGES)
def test_what_was_done_counts_to_the_end_of_its_last_day(at: datetime, days: int, leave: DaysAway, last: str) -> None:
    assert enough([at], days=days, leave=leave) == (Interval(at, ends(last)),)


def test_it_is_held_from_the_second_at_which_there_is_enough() -> None:
    first, second = on("2026-01-10"), on("2026-01-20")
    assert enough([first, second], 2) == (Interval(second, ends("2026-02-09")),)


def test_a_window_that_just_falls_short_gives_nothing() -> None:
    assert enough([on("2026-01-10"), on("2026-02-10", 0)], 2) == ()
    assert enough([on("2026-01-10"), on("2026-02-10", 0) - SECOND], 2) != ()


def test_it_is_kept_at_the_low_mark_and_lost_below_it() -> None:
    done = [on("2026-01-01"), on("2026-01-02"), on("2026-01-20")]
    assert enough(done, 3) == (Interval(done[2], ends("2026-01-31")),)
    assert enough(done, 3, 1) == (Interval(done[2], ends("2026-02-19")),)


def test_in_the_days_of_grace_it_is_kept_and_one_shift_keeps_it() -> None:
    done = [on("2026-01-10")]
    assert enough(done, grace_days=7) == (Interval(done[0], ends("2026-02-16")),)
    back = on("2026-02-16", 23, 59)
    assert enough([*done, back], grace_days=7) == (Interval(done[0], ends("2026-03-25")),)


def test_after_the_grace_only_the_full_amount_brings_it_back() -> None:
    done = [on("2026-01-01"), on("2026-01-02")]
    later = [on("2026-03-01"), on("2026-03-05")]
    assert enough([*done, later[0]], 2, 1) == (Interval(done[1], ends("2026-02-01")),)
    assert enough([*done, *later], 2, 1)[1].start == later[1]


def test_leave_pauses_the_grace_too() -> None:
    leave = away(("2026-02-12", "2026-02-18"))
    assert enough([on("2026-01-10")], grace_days=7, leave=leave)[0].end == ends("2026-02-23")


def test_leave_that_was_given_in_another_zone_pauses_as_many_days() -> None:
    new_york = Interval(datetime(2026, 1, 20, 5, tzinfo=UTC), datetime(2026, 1, 27, 5, tzinfo=UTC))
    assert enough([on("2026-01-10")], leave=DaysAway([new_york], LONDON))[0].end == ends("2026-02-16")


def test_somebody_who_comes_back_at_noon_was_away_for_the_morning_alone() -> None:
    until_ten = Interval(on("2026-01-20", 0), on("2026-01-27", 10))
    assert enough([on("2026-01-10")], leave=DaysAway([until_ten], LONDON))[0].end == ends("2026-02-16")


# Property tests: whatever was worked, and whenever somebody was away.

DAYS = st.integers(0, 400)
SHIFTS = st.lists(st.builds(lambda day, hour: on("2026-01-01", 0) + timedelta(days=day, hours=hour), DAYS, DAYS))
LEAVES = st.lists(st.tuples(DAYS, st.integers(1, 40)), max_size=4).map(
    lambda pairs: [
        Interval(on("2026-01-01", 0) + timedelta(days=first), on("2026-01-01", 0) + timedelta(days=first + length))
        for first, length in pairs
    ]
)
MARKS = st.integers(1, 5).flatmap(lambda full: st.tuples(st.just(full), st.integers(1, full)))


@given(SHIFTS, LEAVES, MARKS, st.integers(1, 60), st.integers(0, 30))
def test_nobody_loses_it_twice_within_a_grace_period(
    done: list[datetime], leave: list[Interval], marks: tuple[int, int], days: int, grace: int
) -> None:
    held = enough(done, *marks, days=days, grace_days=grace, leave=DaysAway(leave, LONDON))
    losses = [span.end for span in held if span.end != FOR_EVER]
    assert all((clock.on(later, LONDON) - clock.on(loss, LONDON)).days > grace for loss, later in pairwise(losses))
    assert all(one.end < other.start for one, other in pairwise(held))


@given(SHIFTS, LEAVES, MARKS, st.integers(1, 60), st.integers(0, 30))
def test_neither_leave_nor_grace_nor_a_lower_mark_takes_anything_away(
    done: list[datetime], leave: list[Interval], marks: tuple[int, int], days: int, grace: int
) -> None:
    full, low = marks
    strict = enough(done, full, days=days)
    kinder = enough(done, full, low, days=days, grace_days=grace, leave=DaysAway(leave, LONDON))
    assert all(any(kind.start <= span.start and span.end <= kind.end for kind in kinder) for span in strict)


@given(SHIFTS, st.integers(1, 60), LEAVES)
def test_without_marks_to_fall_between_it_is_a_count_of_what_lies_in_the_window(
    done: list[datetime], days: int, leave: list[Interval]
) -> None:
    calendar = DaysAway(leave, LONDON)
    held = enough(done, 2, days=days, leave=calendar)
    for probe in done:
        counted = sum(
            at <= probe
            and calendar.between(clock.on(at, LONDON), clock.on(probe, LONDON)) <= days
            and clock.on(probe, LONDON) <= calendar.after(clock.on(at, LONDON), days)
            for at in done
        )
        assert any(span.start <= probe < span.end for span in held) is (counted >= 2)
