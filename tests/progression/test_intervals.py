"""Set operations on intervals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from progression.intervals import Interval, intersection, merged, where_at_least

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
hours = st.integers(min_value=0, max_value=60)
spans = st.lists(
    st.tuples(hours, hours)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Interval(EPOCH + timedelta(hours=pair[0]), EPOCH + timedelta(hours=pair[1]))),
    max_size=6,
)


def holds(intervals: list[Interval] | tuple[Interval, ...], at: datetime) -> int:
    return sum(each.start <= at < each.end for each in intervals)


@given(spans, spans, hours)
def test_both_holds_exactly_where_each_of_the_two_holds(one: list[Interval], other: list[Interval], hour: int) -> None:
    at = EPOCH + timedelta(hours=hour)
    assert bool(holds(intersection(one, other), at)) == bool(holds(one, at) and holds(other, at))


@given(spans, st.integers(min_value=1, max_value=4), hours)
def test_at_least_holds_exactly_where_so_many_hold(intervals: list[Interval], times: int, hour: int) -> None:
    at = EPOCH + timedelta(hours=hour)
    result = where_at_least(times, intervals)
    assert bool(holds(result, at)) == (holds(intervals, at) >= times)
    assert result == merged(result)
