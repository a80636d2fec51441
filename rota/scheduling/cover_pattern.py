"""From a weekly cover pattern to shifts: pure functions, no database.

A pattern is in wall time, as people say it ("Fridays from 22:00 to 02:00"); a shift is two instants. Every wall time
becomes an instant by the same rule, so where one span ends as the next begins the two shifts meet exactly, also on the
nights of a clock change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app import clock
from app.refusals import Invalid
from progression.duties import Duty

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_SHIFT = timedelta(days=2)
"""No shift is longer. A span is a day on the wall clock at most, and a change of the clocks adds to it."""
LONGEST_HANDOVER = timedelta(hours=1)
"""How long two shifts of one channel may be on at once, so that one hands over to the other. Our own choice."""
_CLOCK_CHANGE = timedelta(hours=1)  # by which a handover may be longer on the night when the clocks go back
_MINUTES_A_DAY = 24 * 60
_MINUTES_A_WEEK = 7 * _MINUTES_A_DAY


class PatternDoesNotAddUp(Invalid):
    """A cover pattern that no week could follow, with a sentence for each fault."""


@dataclass(frozen=True, slots=True)
class Need:
    """How many people a time span needs in one duty: fewer than `minimum` is unsafe, `wanted` is the aim."""

    duty: Duty
    minimum: int
    wanted: int
    most: int


@dataclass(frozen=True, slots=True)
class PatternSpan:
    """A time of day on some days of the week (0 is Monday), and who is needed in it.

    A span that ends no later than it starts ends on the following day; midnight to midnight is a whole day.
    """

    days: frozenset[int]
    starts: time
    ends: time
    label: str
    needs: tuple[Need, ...]

    @property
    def crosses_midnight(self) -> bool:
        return self.ends <= self.starts


@dataclass(frozen=True, slots=True)
class PlannedShift:
    """One shift that a pattern asks for, as instants; `day` is the calendar day it starts on."""

    day: date
    starts_at: datetime
    ends_at: datetime
    label: str
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class WeeklyPattern:
    """A channel's weekly need from a day on, in the wall time of a zone; without spans nobody is needed."""

    starts_on: date
    zone: ZoneInfo
    spans: tuple[PatternSpan, ...]


def shifts_between(spans: Sequence[PatternSpan], first: date, last: date, zone: ZoneInfo) -> Iterator[PlannedShift]:
    """The shifts that start on the days from `first` to `last`, both included, in order of their start.

    A wall time that the clocks skip becomes the end of the gap; of one that comes twice, the first counts. A span
    wholly inside a gap gives no shift. The last shift may end on the day after `last`.
    """
    ordered = sorted(spans, key=lambda span: (span.starts, span.ends))
    day = first
    while day <= last:
        for span in ordered:
            if day.weekday() not in span.days:
                continue
            ends_on = day + timedelta(days=1) if span.crosses_midnight else day
            starts_at, ends_at = instant(day, span.starts, zone), instant(ends_on, span.ends, zone)
            if ends_at > starts_at:
                yield PlannedShift(day, starts_at, ends_at, span.label, span.needs)
        day += timedelta(days=1)


@lru_cache(maxsize=8192)  # Pages ask for the same days and hours for hundreds of people.
def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant at which clocks in `zone` first show `wall` on `day`, or the end of the gap over it."""
    return clock.local(zone, day.year, day.month, day.day, wall.hour, wall.minute)


def overlap_too_long(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two shifts of a channel are on at once otherwise than for a handover.

    In a handover the earlier one ends first, and not later than `LONGEST_HANDOVER` on the clock after the other began.
    """
    (starts, ends), (next_starts, next_ends) = sorted((one, other))
    if ends <= next_starts:
        return False
    return starts == next_starts or next_ends <= ends or ends - next_starts > LONGEST_HANDOVER + _CLOCK_CHANGE


def check(spans: Sequence[PatternSpan]) -> None:
    """Refuse a pattern whose spans overlap within the week or whose needs cannot be met, saying where.

    A pattern without spans is allowed: from its first day on nobody is needed.
    """
    faults = [*_faulty_needs(spans), *_overlaps(spans)]
    if faults:
        raise PatternDoesNotAddUp(*faults)


def _faulty_needs(spans: Sequence[PatternSpan]) -> Iterator[str]:
    for span in spans:
        where = _place(span)
        if not span.days:
            yield f"{where}: choose at least one day."
        if not any(need.wanted for need in span.needs):
            yield f"{where}: say who is needed."
        if len({need.duty for need in span.needs}) < len(span.needs):
            yield f"{where}: each duty may be named once."
        for need in span.needs:
            if not 0 <= need.minimum <= need.wanted <= need.most:
                yield (
                    f"{where}, {need.duty}: the least ({need.minimum}), the number wanted ({need.wanted}) "
                    f"and the most ({need.most}) must not go down."
                )


def _overlaps(spans: Sequence[PatternSpan]) -> Iterator[str]:
    taken: list[tuple[int, int, PatternSpan, int]] = []
    for span in spans:
        for day in span.days:
            start = day * _MINUTES_A_DAY + _minutes(span.starts)
            end = day * _MINUTES_A_DAY + _minutes(span.ends)
            taken.append((start, end + _MINUTES_A_DAY * span.crosses_midnight, span, day))
    taken.sort(key=lambda item: item[:2])
    # The week is circular: its first spans follow its last ones.
    again = [(start + _MINUTES_A_WEEK, end + _MINUTES_A_WEEK, span, day) for start, end, span, day in taken[:2]]
    ring = [*taken, *again]
    for number, (start, end, one, _) in enumerate(ring[: len(taken)]):
        for place in (number + 1, number + 2):
            if place >= len(ring) or place - number >= len(taken):
                continue
            next_start, next_end, other, day = ring[place]
            is_next = place == number + 1
            if next_start < end and (not is_next or not _is_handover((start, end), (next_start, next_end))):
                yield (
                    f"{_place(one)} and {_place(other)} overlap on {DAY_NAMES[day]}. "
                    "One channel has one shift at a time, and two for a handover of up to an hour; "
                    "put more people on it instead."
                )


def _is_handover(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the overlap of two spans, in minutes of the week, the earlier one first, is no more than a handover."""
    handover = LONGEST_HANDOVER // timedelta(minutes=1)
    return one[0] < other[0] and one[1] < other[1] and one[1] - other[0] <= handover


def _place(span: PatternSpan) -> str:
    return f"{span.label} ({span.starts:%H:%M} to {span.ends:%H:%M})"


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
