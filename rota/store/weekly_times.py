"""A time that somebody offers every week, and several of one day made into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

_DAY = 24 * 60  # minutes
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A time that somebody offers every week. An end no later than the start is on the following day."""

    weekday: int  # 0 is Monday
    starts: time
    ends: time

    @property
    def minutes(self) -> int:
        """The length on the wall clock, from 1 to 1,440."""
        difference = _minutes(self.ends) - _minutes(self.starts)
        return difference if difference > 0 else difference + _DAY


def merged_times(times: Sequence[WeeklyTime]) -> list[WeeklyTime]:
    """Merge the times of one weekday that overlap or touch; none becomes longer than a day."""
    merged: list[list[int]] = []
    for each in sorted(times, key=lambda one: one.starts):
        start = _minutes(each.starts)
        end = start + each.minutes
        if merged and start <= merged[-1][1]:
            merged[-1][1] = min(max(merged[-1][1], end), merged[-1][0] + _DAY)
        else:
            merged.append([start, end])
    weekday = times[0].weekday
    return [WeeklyTime(weekday, _wall_time(start), _wall_time(end)) for start, end in merged]


def without(times: Iterable[WeeklyTime], removed: Iterable[WeeklyTime]) -> list[WeeklyTime]:
    """What is left of these times, on one clock, when others are taken out of them. The week is a ring.

    A time that is not touched stays as it is; what is left after midnight begins on the day that it is on.
    """
    out = [(start + turn, end + turn) for start, end in map(_span, removed) for turn in (-_WEEK, 0, _WEEK)]
    left: list[WeeklyTime] = []
    for each in times:
        parts = [_span(each)]
        for start, end in out:
            parts = [part for since, until in parts for part in _outside(since, until, start, end)]
        left.extend(_time_of(*part) for part in parts)
    return left


def moved(each: WeeklyTime, minutes: int) -> WeeklyTime:
    """The same time so many minutes later in the week, or earlier where negative: on another clock."""
    start, end = _span(each)
    return _time_of(start + minutes, end + minutes)


def _outside(since: int, until: int, start: int, end: int) -> Iterable[tuple[int, int]]:
    if end <= since or until <= start:
        return [(since, until)]
    return [part for part in ((since, start), (end, until)) if part[0] < part[1]]


def _span(each: WeeklyTime) -> tuple[int, int]:
    """The minutes of the week at which it begins and ends."""
    start = each.weekday * _DAY + _minutes(each.starts)
    return start, start + each.minutes


def _time_of(start: int, end: int) -> WeeklyTime:
    return WeeklyTime(start // _DAY % 7, _wall_time(start), _wall_time(end))


def _minutes(wall: time) -> int:
    """Return the minutes since midnight."""
    return wall.hour * 60 + wall.minute


def _wall_time(minutes: int) -> time:
    minutes %= _DAY
    return time(minutes // 60, minutes % 60)
