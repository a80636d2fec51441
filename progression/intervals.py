"""Stretches of time between two instants, and the few things that are done with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

ALWAYS_SINCE = datetime.min.replace(tzinfo=UTC)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From `start` up to, and not including, `end`. Both are aware instants; an empty one is refused."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("An interval needs instants with a zone.")
        if self.end <= self.start:
            raise ValueError(f"An interval must end after it starts: {self.start} to {self.end}.")


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same stretches in order of time, with those that overlap or touch made one."""
    together: list[Interval] = []
    for interval in sorted(intervals):
        if together and interval.start <= together[-1].end:
            if interval.end > together[-1].end:
                together[-1] = Interval(together[-1].start, interval.end)
        else:
            together.append(interval)
    return tuple(together)


def covers(intervals: Sequence[Interval], start: datetime, end: datetime) -> bool:
    """Whether one of the intervals holds the whole stretch. Give them `joined`."""
    return any(interval.start <= start and end <= interval.end for interval in intervals)
