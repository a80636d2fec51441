"""A time that somebody offers every week, and several of one day made into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

_DAY = 24 * 60  # minutes


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


def _minutes(wall: time) -> int:
    """Return the minutes since midnight."""
    return wall.hour * 60 + wall.minute


def _wall_time(minutes: int) -> time:
    minutes %= _DAY
    return time(minutes // 60, minutes % 60)
