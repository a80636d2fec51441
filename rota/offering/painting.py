"""What somebody lit and darkened on the page of a month, made into the times that are kept.

Only what differs from the page that was shown is changed. So times that fit no window stay as they are, and a page that
was open for long undoes nothing that was said elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app import clock
from progression.intervals import Interval, covers
from rota.offering.windows import DayWindow, minutes_ahead
from rota.scheduling.cover_pattern import instant
from rota.store.availability import (
    exceptions_of,
    set_exception,
    stated_times_of,
    weekly_times_of,
)
from rota.store.changed_times import Week, free_of_exceptions, set_week, week_of
from rota.store.models import AvailabilityDated, DatedKind
from rota.store.weekly_times import WeeklyTime, merged_times, moved, without

Window = tuple[WeeklyTime, ZoneInfo]


@dataclass(frozen=True)
class Painted:
    """The windows of a form: those that are lit in it, and those that were when the page was shown."""

    lit: frozenset[Window]
    shown: frozenset[Window]

    @property
    def newly_lit(self) -> frozenset[Window]:
        """Those that somebody lit."""
        return self.lit - self.shown

    @property
    def newly_dark(self) -> frozenset[Window]:
        """Those that somebody darkened."""
        return self.shown - self.lit


def repainted(week: Week, painted: Painted, *, on: date) -> list[Window]:
    """The usual week with the windows that were lit added, and those that were darkened taken out.

    The time of a window that stays lit is left, so that a handover takes nothing from the shift before it. Of times on
    another clock than the window's, the hours that it has there on a day are taken.
    """
    kept: list[Window] = []
    for zone in dict.fromkeys(zone for _, zone in week):
        times = [each for each, of in week if of.key == zone.key]
        staying = [_on_clock(each, zone, on) for each in painted.lit]
        darkened = without([_on_clock(each, zone, on) for each in painted.newly_dark], staying)
        kept += [(each, zone) for each in without(times, darkened)]
    added: dict[tuple[str, int], list[WeeklyTime]] = defaultdict(list)
    zones = {zone.key: zone for _, zone in painted.newly_lit}
    for each, zone in painted.newly_lit:
        added[zone.key, each.weekday].append(each)
    for (key, weekday), times in sorted(added.items()):
        same = [each for each in kept if each[1].key == key and each[0].weekday == weekday]
        kept = [each for each in kept if each not in same]
        kept += [(each, zones[key]) for each in merged_times([*(time for time, _ in same), *times])]
    return kept


def _on_clock(window: Window, zone: ZoneInfo, on: date) -> WeeklyTime:
    """A window on the clock of another zone, by what the clocks show in the week of a day."""
    each, of = window
    return moved(each, minutes_ahead(zone, of, on))


def paint_week(person_id: int, painted: Painted, *, on: date, by: int, now: datetime) -> bool:
    """Change somebody's usual week as it was painted; return whether anything changed."""
    if painted.lit == painted.shown:
        return False
    week = repainted(week_of(weekly_times_of(person_id)), painted, on=on)
    return set_week(person_id, week, by=by, now=now)


def paint_day(
    person_id: int,
    windows: Sequence[DayWindow],
    *,
    lit: Collection[str],
    shown: Collection[str],
    by: int,
    now: datetime,
) -> list[AvailabilityDated]:
    """Change single windows of a day, by their codes, as exceptions to the usual week; return those that were made.

    What is lit is offered although the week does not, also on days away; what is darkened is not, although it does.
    Where the week says the same by itself, the exception is only taken away.
    """
    staying = [each.span for each in windows if each.code in lit]
    made: list[AvailabilityDated] = []
    for each in windows:
        if (each.code in lit) == (each.code in shown) or each.span.end <= now:
            continue
        if each.code in lit:
            free_of_exceptions(person_id, each.span, by=by, now=now)
            if not covers(_able(person_id, each.span), each.span.start, each.span.end):
                kept = set_exception(person_id, DatedKind.CAN, each.span.start, each.span.end, now=now, by=by)
                made.append(kept)
            continue
        for part in _left(each.span, staying):
            free_of_exceptions(person_id, part, by=by, now=now)
            if _able(person_id, part):
                made.append(set_exception(person_id, DatedKind.CANNOT, part.start, part.end, now=now, by=by))
    return made


def _able(person_id: int, span: Interval) -> tuple[Interval, ...]:
    return stated_times_of([person_id], span.start, span.end)[person_id].able


def _left(span: Interval, removed: Iterable[Interval]) -> list[Interval]:
    parts = [span]
    for each in removed:
        parts = [
            Interval(start, end)
            for part in parts
            for start, end in (
                ((part.start, min(part.end, each.start)), (max(part.start, each.end), part.end))
                if each.start < part.end and part.start < each.end
                else ((part.start, part.end),)
            )
            if start < end
        ]
    return parts


def copy_month(person_id: int, month: date, *, zone: ZoneInfo, by: int, now: datetime) -> int:
    """Copy what differed from the usual week in the month before, weekday for weekday; return how many were copied.

    The second Friday becomes the second Friday. A fifth one that this month has not, times that are over, and days away
    are left out. Doing it twice changes nothing.
    """
    before = clock.months_after(month, -1)
    copied = 0
    for row in exceptions_of(person_id, now=clock.starts(before, zone)):
        day = clock.on(row.starts_at, zone)
        if row.kind == DatedKind.LEAVE or (day.year, day.month) != (before.year, before.month):
            continue
        to = same_weekday(day, month)
        if to is None:
            continue
        starts_at, ends_at = (_same_hour(each, to - day, zone) for each in (row.starts_at, row.ends_at))
        if max(starts_at, now) < ends_at and not _is_said(person_id, row.kind, starts_at, ends_at, now=now):
            set_exception(person_id, DatedKind(row.kind), starts_at, ends_at, now=now, by=by)
            copied += 1
    return copied


def same_weekday(day: date, month: date) -> date | None:
    """The day of another month with the same weekday and number: its second Friday. None where it has no fifth one."""
    first = month.replace(day=1)
    to = first + timedelta(days=(day.weekday() - first.weekday()) % 7 + (day.day - 1) // 7 * 7)
    return to if to.month == first.month else None


def _same_hour(at: datetime, later: timedelta, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    return instant(local.date() + later, local.time(), zone)


def _is_said(person_id: int, kind: str, starts_at: datetime, ends_at: datetime, *, now: datetime) -> bool:
    return any(
        row.kind == kind and row.starts_at <= starts_at and ends_at <= row.ends_at
        for row in exceptions_of(person_id, now=now)
    )
