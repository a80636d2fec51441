"""Days on which a channel's weekly pattern does not hold as it is: closures, events and bank holidays. Pure functions.

A day's special hours belong to the shifts that begin on it, as a night belongs to the day it begins on; a closure with
hours of its own is cut out of whatever shift it touches.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from progression.intervals import Interval
from rota.scheduling.cover_pattern import PatternSpan, PlannedShift, WeeklyPattern, instant, shifts_between

SUNDAY = 6
A_DAY = timedelta(days=1)


class SpecialKind(StrEnum):
    """What a special day does to a channel."""

    CLOSED = "closed"
    EVENT = "event"
    AS_SUNDAY = "as-sunday"
    AS_USUAL = "as-usual"

    @property
    def words(self) -> str:
        """What it does, for a sentence after the name of a channel."""
        return {"closed": "closed", "event": "other hours", "as-sunday": "like a Sunday", "as-usual": "as usual"}[self]


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """One day on which a channel has other hours, or a name. With `starts` and `ends` it is closed between them only.

    `spans` are the shifts of an event, in place of those of the weekly pattern. What somebody entered for a day comes
    before its bank holiday.
    """

    day: date
    kind: SpecialKind
    reason: str
    starts: time | None = None
    ends: time | None = None
    spans: tuple[PatternSpan, ...] = ()
    is_bank_holiday: bool = False

    @property
    def words(self) -> str:
        """What the day is, and what that does: “Spring bank holiday, closed”. A day as usual has its name alone."""
        if self.kind is SpecialKind.AS_USUAL:
            return self.reason
        hours = (
            f" {self.starts:%H:%M} to {self.ends:%H:%M}" if self.starts is not None and self.ends is not None else ""
        )
        return f"{self.reason}, {self.kind.words}{hours}"

    def times(self, zone: ZoneInfo) -> Interval:
        """Its time on this zone's clock: a whole day, or the hours that are closed."""
        if self.starts is None or self.ends is None:
            return Interval(instant(self.day, time(0), zone), instant(self.day + A_DAY, time(0), zone))
        last = self.day + A_DAY if self.ends <= self.starts else self.day
        return Interval(instant(self.day, self.starts, zone), instant(last, self.ends, zone))


def planned_with(
    patterns: Sequence[WeeklyPattern], special_days: Iterable[SpecialDay], first: date, last: date
) -> list[PlannedShift]:
    """The shifts of one channel that start on these days, each day by its pattern and by what is special about it.

    `patterns` the earliest first. A day before the first pattern has no shifts, whatever is special about it.
    """
    by_day: dict[date, list[SpecialDay]] = defaultdict(list)
    for each in special_days:
        by_day[each.day].append(each)
    shifts: list[PlannedShift] = []
    for number, pattern in enumerate(patterns):
        following = patterns[number + 1].starts_on if number + 1 < len(patterns) else date.max
        since, until = max(first, pattern.starts_on), min(last, following - A_DAY)
        shifts.extend(_of_pattern(pattern, by_day, since, until))
    closures = [each for each in _closed_hours(patterns, by_day) if each.start < each.end]
    return [part for shift in shifts for part in _outside(shift, closures)] if closures else shifts


def in_force(special: Iterable[SpecialDay]) -> SpecialDay | None:
    """Which of one day's entries for the whole day holds: what somebody entered comes before a bank holiday."""
    whole = [each for each in special if each.starts is None]
    return min(whole, key=lambda each: each.is_bank_holiday, default=None)


def _of_pattern(
    pattern: WeeklyPattern, by_day: Mapping[date, Sequence[SpecialDay]], since: date, until: date
) -> Iterator[PlannedShift]:
    """The shifts of the days between two, days with other shifts than the pattern's among them."""
    day = since
    for other in sorted(each for each in by_day if since <= each <= until):
        special = in_force(by_day[other])
        if special is None or special.kind is SpecialKind.AS_USUAL:
            continue
        yield from shifts_between(pattern.spans, day, other - A_DAY, pattern.zone)
        yield from shifts_between(_spans_on(special, pattern), other, other, pattern.zone)
        day = other + A_DAY
    yield from shifts_between(pattern.spans, day, until, pattern.zone)


def _spans_on(special: SpecialDay, pattern: WeeklyPattern) -> list[PatternSpan]:
    """The spans that hold on a special day, as spans of its day of the week."""
    spans: Iterable[PatternSpan] = ()
    if special.kind is SpecialKind.EVENT:
        spans = special.spans
    elif special.kind is SpecialKind.AS_SUNDAY:
        spans = (span for span in pattern.spans if SUNDAY in span.days)
    return [replace(span, days=frozenset({special.day.weekday()})) for span in spans]


def _closed_hours(patterns: Sequence[WeeklyPattern], by_day: Mapping[date, Sequence[SpecialDay]]) -> Iterator[Interval]:
    for day in sorted(by_day):
        zone = next((pattern.zone for pattern in reversed(patterns) if pattern.starts_on <= day), None)
        for each in by_day[day]:
            if zone is not None and each.starts is not None and each.kind is SpecialKind.CLOSED:
                yield each.times(zone)


def _outside(shift: PlannedShift, closures: Iterable[Interval]) -> Iterator[PlannedShift]:
    """The parts of a shift outside closures, which are in order of their start."""
    since: datetime = shift.starts_at
    for closed in closures:
        if closed.end <= since or closed.start >= shift.ends_at:
            continue
        if since < closed.start:
            yield replace(shift, starts_at=since, ends_at=closed.start)
        since = closed.end
    if since < shift.ends_at:
        yield replace(shift, starts_at=since)
