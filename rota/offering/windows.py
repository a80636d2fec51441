"""The windows in which people offer time: the hours of shifts in duties that they may do, by the channels' patterns.

A window says when somebody can come, not where: shifts of several channels at the same hours are one window.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app import clock, db
from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.cover_pattern import Need, PatternSpan, WeeklyPattern, instant
from rota.scheduling.special_days import SpecialDay, planned_with
from rota.store.models import Channel, CoverPattern, PatternLine, PatternSpanRow
from rota.store.special_days import special_days_between
from rota.store.weekly_times import WeeklyTime

A_DAY = timedelta(days=1)
MORNING = time(6)  # the rows of a page begin with the windows of the morning, and end with those of the night
CODE = re.compile(r"([0-6])-([0-2][0-9][0-5][0-9])-([0-2][0-9][0-5][0-9])-([A-Za-z0-9_+/-]{1,60})")
LONGEST_CODE = 72  # characters


@dataclass(frozen=True, slots=True)
class Band:
    """The same hours on some days of the week, of one or several channels, on the clock of their patterns."""

    starts: time
    ends: time
    zone: ZoneInfo
    days: frozenset[int]
    labels: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def is_night(self) -> bool:
        """Whether it has hours after midnight."""
        return (self.ends <= self.starts and self.ends > time(0)) or self.starts < MORNING

    def on(self, weekday: int) -> WeeklyTime:
        """Its time on a day of the week."""
        return WeeklyTime(weekday, self.starts, self.ends)

    def at(self, day: date) -> Interval | None:
        """Its time on a day; None where the clocks skip all of it."""
        starts_at = instant(day, self.starts, self.zone)
        ends_at = instant(day + A_DAY if self.ends <= self.starts else day, self.ends, self.zone)
        return Interval(starts_at, ends_at) if starts_at < ends_at else None


@dataclass(frozen=True, slots=True)
class DayWindow:
    """A window of one day, between two instants, with what is special about that day taken into account."""

    span: Interval
    zone: ZoneInfo
    labels: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def code(self) -> str:
        """What the form of the day calls it: the seconds at which it begins and ends."""
        return f"{self.span.start.timestamp():.0f}-{self.span.end.timestamp():.0f}"


@dataclass
class ChannelNeeds:
    """One open channel: its patterns, the earliest first, and its special days."""

    name: str
    closes_on: date | None
    patterns: list[WeeklyPattern] = field(default_factory=list)
    special: Sequence[SpecialDay] = ()


def code_of(each: WeeklyTime, zone: ZoneInfo) -> str:
    """What a form calls a window of the week."""
    return f"{each.weekday}-{each.starts:%H%M}-{each.ends:%H%M}-{zone.key}"


def window_of(code: str, zones: Collection[ZoneInfo]) -> tuple[WeeklyTime, ZoneInfo] | None:
    """The window that a form calls so; None for anything else, and for a clock that no pattern here is on."""
    found = CODE.fullmatch(code)
    zone = next((each for each in zones if found and each.key == found[4]), None)
    if found is None or zone is None:
        return None
    try:
        starts, ends = time.fromisoformat(f"{found[2]}00"), time.fromisoformat(f"{found[3]}00")
    except ValueError:
        return None
    return WeeklyTime(int(found[1]), starts, ends), zone


def minutes_ahead(one: ZoneInfo, other: ZoneInfo, day: date) -> int:
    """How many minutes later it is on one clock than on another, at the beginning of a day."""
    at = clock.starts(day, other)
    here, there = at.astimezone(one).utcoffset(), at.astimezone(other).utcoffset()
    assert here is not None
    assert there is not None
    return int((here - there) / timedelta(minutes=1))


def needs_between(first: date, last: date) -> list[ChannelNeeds]:
    """What every channel needs between two days, in two queries."""
    rows = db.session.execute(
        select(
            Channel.id,
            Channel.name,
            Channel.closes_on,
            CoverPattern.starts_on,
            CoverPattern.zone_name,
            PatternSpanRow.id.label("span_id"),
            PatternSpanRow.days,
            PatternSpanRow.starts,
            PatternSpanRow.ends,
            PatternSpanRow.label,
            PatternLine.duty,
        )
        .join(CoverPattern, CoverPattern.channel_id == Channel.id)
        .outerjoin(PatternSpanRow, PatternSpanRow.pattern_id == CoverPattern.id)
        .outerjoin(PatternLine, (PatternLine.span_id == PatternSpanRow.id) & (PatternLine.wanted > 0))
        .where(CoverPattern.starts_on <= last)
        .order_by(Channel.id, CoverPattern.starts_on, PatternSpanRow.id, PatternLine.id)
    ).all()
    special = special_days_between(first, last + A_DAY)
    found = []
    for channel_id, of_channel in groupby(rows, key=lambda row: row.id):
        lines = list(of_channel)
        needs = ChannelNeeds(lines[0].name, lines[0].closes_on, special=special.get(channel_id, ()))
        for (starts_on, zone_name), of_pattern in groupby(lines, key=lambda row: (row.starts_on, row.zone_name)):
            needs.patterns.append(WeeklyPattern(starts_on, ZoneInfo(zone_name), _spans(of_pattern)))
        found.append(needs)
    return found


def _spans(lines: Iterable[Any]) -> tuple[PatternSpan, ...]:
    spans = []
    for span_id, of_span in groupby(lines, key=lambda row: row.span_id):
        if span_id is None:
            continue
        rows = list(of_span)
        first = rows[0]
        needs = tuple(Need(Duty(row.duty), 1, 1, 1) for row in rows if row.duty is not None)
        days = frozenset(int(digit) for digit in first.days)
        spans.append(PatternSpan(days, first.starts, first.ends, first.label, needs))
    return tuple(spans)


def duties_asked(channels: Iterable[ChannelNeeds]) -> set[Duty]:
    """The duties that any pattern asks for."""
    return {
        need.duty
        for channel in channels
        for pattern in channel.patterns
        for span in pattern.spans
        for need in span.needs
    }


def bands_of(channels: Iterable[ChannelNeeds], duties: Collection[Duty], first: date, last: date) -> list[Band]:
    """The bands of the patterns in force between two days that need one of these duties, those of the morning first."""
    found: dict[tuple[time, time, str], list[tuple[str, PatternSpan, ZoneInfo]]] = defaultdict(list)
    for channel in channels:
        if channel.closes_on is not None and channel.closes_on <= first:
            continue
        ends = [*(later.starts_on for _, later in pairwise(channel.patterns)), date.max]
        for pattern, until in zip(channel.patterns, ends, strict=True):
            for span in pattern.spans if pattern.starts_on <= last and first < until else ():
                if any(need.duty in duties for need in span.needs):
                    key = (span.starts, span.ends, pattern.zone.key)
                    found[key].append((channel.name, span, pattern.zone))
    bands = [
        Band(
            starts,
            ends,
            each[0][2],
            frozenset(day for _, span, _ in each for day in span.days),
            tuple(dict.fromkeys(span.label for _, span, _ in each)),
            tuple(dict.fromkeys(name for name, _, _ in each)),
        )
        for (starts, ends, _), each in found.items()
    ]
    return sorted(bands, key=lambda band: (band.starts < MORNING, band.starts, band.ends <= band.starts, band.ends))


def windows_between(
    channels: Iterable[ChannelNeeds], duties: Collection[Duty], first: date, last: date
) -> dict[date, list[DayWindow]]:
    """The windows of each day from one to another, both included, in order; special days count."""
    found: dict[tuple[date, Interval], list[tuple[str, str, ZoneInfo]]] = defaultdict(list)
    for channel in channels:
        until = last if channel.closes_on is None else min(last, channel.closes_on - A_DAY)
        if not channel.patterns or until < first:
            continue
        zone = channel.patterns[-1].zone
        for shift in planned_with(channel.patterns, channel.special, first, until):
            if any(need.duty in duties for need in shift.needs):
                found[shift.day, Interval(shift.starts_at, shift.ends_at)].append((channel.name, shift.label, zone))
    days: dict[date, list[DayWindow]] = {first + A_DAY * number: [] for number in range((last - first).days + 1)}
    for (day, span), each in sorted(found.items(), key=lambda item: item[0]):
        labels = tuple(dict.fromkeys(label for _, label, _ in each))
        days[day].append(DayWindow(span, each[0][2], labels, tuple(dict.fromkeys(name for name, _, _ in each))))
    return days
