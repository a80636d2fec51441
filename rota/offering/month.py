"""One month of one person: the windows of their usual week, each day with what differs, and what it can mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from app import clock
from app.people.models import Person
from progression.duties import Duty
from progression.intervals import Interval, covers, intersection
from progression.standing import standing_of
from rota.offering.windows import (
    A_DAY,
    Band,
    ChannelNeeds,
    DayWindow,
    bands_of,
    code_of,
    duties_asked,
    minutes_ahead,
    needs_between,
    windows_between,
)
from rota.store.availability import StatedTimes, stated_times, stated_times_in
from rota.store.changed_times import Week
from rota.store.limits import PersonLimits
from rota.store.models import DatedKind
from rota.store.stated_rows import stated_by
from rota.store.weekly_times import WeeklyTime, moved, without

MARGIN = timedelta(days=2)  # around the month, for windows after midnight and days on other clocks


class Light(StrEnum):
    """How much of a window somebody offers."""

    LIT = "lit"
    PART = "part"
    DARK = "dark"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Pane:
    """One window: of a weekday or of a day. `part` is what is offered where it is not the whole."""

    code: str
    day: int
    light: Light
    part: Interval | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One band of the usual week, with a pane for each day; None where no shift is. `first` is its first time."""

    band: Band
    first: Interval
    panes: tuple[Pane | None, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the month: its windows, how many are lit, and whether it is as in the usual week."""

    on: date
    windows: tuple[tuple[DayWindow, Pane], ...]
    is_away: bool
    is_different: bool
    is_over: bool

    @property
    def lit(self) -> int:
        """How many of its windows are lit."""
        return sum(pane.light is Light.LIT for _, pane in self.windows)

    @property
    def words(self) -> str:
        """Its state, for a screen reader."""
        said = "away" if self.is_away else f"{self.lit} lit" if self.lit else "none lit"
        return f"{said}, different from usual" if self.is_different and not self.is_away else said


@dataclass(frozen=True, slots=True)
class Away:
    """A time for which somebody said that they are away or cannot; `id` None: committed elsewhere."""

    id: int | None
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Month:
    """The month of one person, as its page shows it. Whether away is leave or not, nothing here tells."""

    first: date
    last: date
    rows: tuple[Row, ...]
    days: tuple[Day, ...]
    away: tuple[Away, ...]
    others: tuple[tuple[WeeklyTime, ZoneInfo], ...]
    """The times of the usual week that are in none of the windows."""
    not_yet: tuple[Duty, ...]
    """Duties that shifts ask for and that the person may not do this month."""
    is_cleared: bool
    """Whether they may do any duty; if not, all windows are shown."""
    limits: PersonLimits | None

    @property
    def lit(self) -> list[Pane]:
        """The lit windows of the usual week."""
        return [pane for row in self.rows for pane in row.panes if pane and pane.light is Light.LIT]

    @property
    def parts(self) -> list[tuple[Row, Pane]]:
        """The windows of the usual week of which only a part is offered."""
        return [(row, pane) for row in self.rows for pane in row.panes if pane and pane.light is Light.PART]

    @property
    def weeks(self) -> list[list[Day]]:
        """The days by weeks, from Monday on."""
        return [list(days) for _, days in groupby(self.days, key=lambda day: clock.monday_of(day.on))]

    @property
    def different(self) -> list[Day]:
        """The days to come that differ from the usual week, other than by being away."""
        return [day for day in self.days if day.is_different and not day.is_away and not day.is_over]

    @property
    def zones(self) -> set[ZoneInfo]:
        """The clocks that its windows are on."""
        return {row.band.zone for row in self.rows}

    @property
    def most_shifts(self) -> int:
        """How many shifts it can come to: one a day at most, and no more than their own limits."""
        return self._most([day for day in self.days if day.lit and not day.is_over], "shifts")

    @property
    def most_nights(self) -> int:
        """How many of them can be at night."""
        by_night = [day for day in self.days if not day.is_over and any(map(_is_lit_night, day.windows))]
        return min(self._most(by_night, "nights"), self.most_shifts)

    def _most(self, days: Sequence[Day], what: str) -> int:
        a_week = getattr(self.limits, f"most_{what}_a_week", None) if self.limits else None
        a_month = getattr(self.limits, f"most_{what}_a_month", None) if self.limits else None
        weeks = [len(list(each)) for _, each in groupby(days, key=lambda day: clock.monday_of(day.on))]
        total = sum(weeks if a_week is None else (min(count, a_week) for count in weeks))
        return total if a_month is None else min(total, a_month)


def _is_lit_night(window: tuple[DayWindow, Pane]) -> bool:
    each, pane = window
    starts, ends = (at.astimezone(each.zone) for at in (each.span.start, each.span.end))
    return pane.light is Light.LIT and (starts.hour < 6 or (starts.date() < ends.date() and ends.hour > 0))


def month_of(person: Person, first: date, *, zone: ZoneInfo, now: datetime) -> Month:
    """The month that begins on a day, for one person. `zone` is the organisation's, by whose days it runs."""
    last = clock.months_after(first, 1) - A_DAY
    rows = [row for row in stated_by(person.id) if row.id is not None]
    since, until = clock.starts(first - MARGIN, zone), clock.ends(last + MARGIN, zone)
    week = [
        (WeeklyTime(row.weekday, row.starts, row.ends), ZoneInfo(row.zone_name)) for row in rows if row.kind is None
    ]
    usual, stated = stated_times(week, (), since, until), stated_times_in(rows, [person.id], since, until)[person.id]
    channels = needs_between(first, last)
    duties = _duties(person, Interval(since, until), now=now)
    shown = duties or frozenset(duties_asked(channels))
    bands = bands_of(channels, shown, first, last)
    return Month(
        first=first,
        last=last,
        rows=tuple(row for band in bands for row in _row(band, usual.able, first, last)),
        days=tuple(_days(channels, shown, (first, last), (usual, stated), zone, now)),
        away=tuple(_away(rows, Interval(clock.starts(first, zone), clock.ends(last, zone)), now)),
        others=tuple(_others(week, bands, first)),
        not_yet=tuple(duty for duty in Duty if duty in duties_asked(channels) - shown and duty.counts_as_cover),
        is_cleared=bool(duties),
        limits=next((row.PersonLimits for row in stated_by(person.id)), None),
    )


def _duties(person: Person, span: Interval, *, now: datetime) -> frozenset[Duty]:
    """The duties that somebody may do at some time in it."""
    clearances = standing_of(person.id, now).clearances
    return frozenset(duty for duty in Duty if intersection(clearances[duty], (span,)))


def _row(band: Band, able: Sequence[Interval], first: date, last: date) -> Iterable[Row]:
    by_day: dict[int, list[Interval]] = {day: [] for day in sorted(band.days)}
    day = first
    while day <= last:
        span = band.at(day) if day.weekday() in band.days else None
        if span is not None:
            by_day[day.weekday()].append(span)
        day += A_DAY
    spans = [span for each in by_day.values() for span in each]
    if spans:
        panes = tuple(
            _pane(code_of(band.on(day), band.zone), day, by_day[day], able) if by_day.get(day) else None
            for day in range(7)
        )
        yield Row(band, min(spans), panes)


def _pane(code: str, day: int, spans: Sequence[Interval], able: Sequence[Interval]) -> Pane:
    """A window is lit where each of these times is offered whole."""
    lacking = [span for span in spans if not covers(able, span.start, span.end)]
    if not lacking:
        return Pane(code, day, Light.LIT)
    parts = [part for span in lacking for part in intersection(able, (span,))]
    if not parts and len(lacking) == len(spans):
        return Pane(code, day, Light.DARK)
    return Pane(code, day, Light.PART, parts[0] if parts else None)


def _days(
    channels: Sequence[ChannelNeeds],
    duties: Collection[Duty],
    days: tuple[date, date],
    times: tuple[StatedTimes, StatedTimes],
    zone: ZoneInfo,
    now: datetime,
) -> Iterable[Day]:
    usual, stated = times
    for day, windows in windows_between(channels, duties, *days).items():
        panes = tuple((each, _pane_of_day(each, day, stated)) for each in windows)
        whole = Interval(clock.starts(day, zone), clock.ends(day, zone))
        is_away = any(pane.light is Light.AWAY for _, pane in panes) and not any(
            pane.light in (Light.LIT, Light.PART) for _, pane in panes
        )
        yield Day(
            day,
            panes,
            is_away=is_away or (not panes and covers(stated.away, whole.start, whole.end)),
            is_different=any(
                intersection(usual.able, (each.span,)) != intersection(stated.able, (each.span,)) for each in windows
            ),
            is_over=whole.end <= now,
        )


def _pane_of_day(window: DayWindow, day: date, stated: StatedTimes) -> Pane:
    pane = _pane(window.code, day.weekday(), [window.span], stated.able)
    if pane.light is Light.DARK and covers(stated.away, window.span.start, window.span.end):
        return Pane(pane.code, pane.day, Light.AWAY)
    return pane


def _away(rows: Iterable[Any], month: Interval, now: datetime) -> Iterable[Away]:
    """The times away that touch the month and are not over, soonest first."""
    found = [
        Away(row.id or None, row.starts_at, row.ends_at)
        for row in rows
        if row.kind in (DatedKind.LEAVE, DatedKind.CANNOT)
        and row.starts_at < month.end
        and max(now, month.start) < row.ends_at
    ]
    return sorted(found, key=lambda each: (each.starts_at, each.ends_at))


def _others(week: Week, bands: Sequence[Band], first: date) -> Iterable[tuple[WeeklyTime, ZoneInfo]]:
    """What of the usual week lies in no window, on the clock on which it was written."""
    for each, zone in week:
        windows = [moved(band.on(day), minutes_ahead(zone, band.zone, first)) for band in bands for day in band.days]
        yield from ((left, zone) for left in without([each], windows))
