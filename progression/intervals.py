"""Intervals between two instants, and set operations on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

ALWAYS_SINCE = datetime.min.replace(tzinfo=UTC)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` up to, and not including, `end`. Both are aware instants; an empty interval is refused."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("An interval needs instants with a zone.")
        if self.end <= self.start:
            raise ValueError(f"An interval must end after it starts: {self.start} to {self.end}.")


_BOUNDS = attrgetter("start", "end")


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same times as disjoint intervals in order: those that overlap or touch become one."""
    in_order = list(intervals)
    if len(in_order) < 2:
        return tuple(in_order)
    in_order.sort(key=_BOUNDS)  # quicker than comparing them: pages merge tens of thousands
    result: list[Interval] = []
    for interval in in_order:
        if result and interval.start <= result[-1].end:
            if interval.end > result[-1].end:
                result[-1] = Interval(result[-1].start, interval.end)
        else:
            result.append(interval)
    return tuple(result)


def intersection(one: Sequence[Interval], other: Sequence[Interval]) -> tuple[Interval, ...]:
    """The times that lie in both, merged."""
    shared = []
    for a in one:
        for b in other:
            # Written out, because `max` and `min` take as long as all the rest of it; and mostly one lies in the other.
            start = a.start if a.start > b.start else b.start
            end = a.end if a.end < b.end else b.end
            if start is a.start and end is a.end:
                shared.append(a)
            elif start is b.start and end is b.end:
                shared.append(b)
            elif start < end:
                shared.append(Interval(start, end))
    return merged(shared)


def where_at_least(count: int, intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The times at which at least `count` of the intervals hold at once, merged."""
    all_intervals = list(intervals)
    if count == 1:
        return merged(all_intervals)
    changes = sorted(
        [(interval.start, 1) for interval in all_intervals] + [(interval.end, -1) for interval in all_intervals]
    )
    result, holding, since = [], 0, None
    # Of changes at one instant the ends come first; `merged` closes the gap of no length where another starts there.
    for at, change in changes:
        holding += change
        if holding >= count and since is None:
            since = at
        elif holding < count and since is not None:
            if at > since:
                result.append(Interval(since, at))
            since = None
    return merged(result)


def covers(intervals: Sequence[Interval], start: datetime, end: datetime) -> bool:
    """Whether one of the intervals contains the whole time from start to end. The intervals must be `merged`."""
    for interval in intervals:  # noqa: SIM110  pages ask thousands of times, and `any` takes twice as long
        if interval.start <= start and end <= interval.end:
            return True
    return False
