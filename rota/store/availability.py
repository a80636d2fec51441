"""When people are available: a week in wall time, and dated exceptions over it. Time nobody offered is unavailable.

Nobody is asked for a reason. Wishes are not availability, and are not kept here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    delete,
    select,
)

from app import audit, clock, db
from app.day_bounds import LONGEST_LEAVE, NO_LAST_DAY, PLANNED_AHEAD
from app.domain import OtherZone
from app.people.rights import release_what_is_lost
from app.refusals import Conflict, Invalid, NotFound
from progression.intervals import ALWAYS_SINCE, Interval, merged
from rota.scheduling.cover_pattern import DAY_NAMES, instant
from rota.store.limits import PersonLimits
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind
from rota.store.seat_parts import worked_by
from rota.store.stated_rows import rows_of, stated_by
from rota.store.weekly_times import WeeklyTime, merged_times

_DATED = frozenset(kind.value for kind in DatedKind)


@dataclass(frozen=True, slots=True)
class DatedTime:
    """An exception to the week, between two instants."""

    kind: DatedKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StatedTimes:
    """When somebody is available, and when they stated that they are away. The rest is time they did not offer."""

    able: tuple[Interval, ...]
    away: tuple[Interval, ...]


def stated_times(
    weekly: Iterable[tuple[WeeklyTime, ZoneInfo]], dated: Iterable[DatedTime], start: datetime, end: datetime
) -> StatedTimes:
    """Compute what somebody stated about the time between two instants.

    The week comes first, then the exceptions in the order given (so the later one holds), then leave over everything.
    Leave and “cannot” both count as away: nobody who plans can tell one from the other.
    """
    able = merged(part for each, zone in weekly for part in _occurrences(each, zone, start, end))
    away: tuple[Interval, ...] = ()
    # Sorting is stable: leave comes last whenever it was stated, the rest keep their order.
    for each in sorted(dated, key=lambda one: one.kind is DatedKind.LEAVE):
        span = Interval(each.starts_at, each.ends_at)
        if each.kind is DatedKind.CAN:
            able, away = merged([*able, span]), tuple(_subtracted(away, span))
        else:
            able, away = tuple(_subtracted(able, span)), merged([*away, span])
    return StatedTimes(tuple(_clipped(able, start, end)), tuple(_clipped(away, start, end)))


@lru_cache(maxsize=4096)  # Hundreds of people offer the same few times, and each page reads the weeks of one rota.
def _occurrences(each: WeeklyTime, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The intervals of a weekly time, from the day before `start`, because a night may reach into it."""
    found = []
    day, last = clock.on(start, zone) - timedelta(days=1), clock.on(end, zone)
    day += timedelta(days=(each.weekday - day.weekday()) % 7)
    while day <= last:
        ends_on = day + timedelta(days=1) if each.ends <= each.starts else day
        starts_at, ends_at = instant(day, each.starts, zone), instant(ends_on, each.ends, zone)
        if ends_at > starts_at:
            found.append(Interval(starts_at, ends_at))
        day += timedelta(days=7)
    return tuple(found)


def _subtracted(intervals: Iterable[Interval], removed: Interval) -> Iterator[Interval]:
    for each in intervals:
        if each.end <= removed.start or removed.end <= each.start:
            yield each
            continue
        if each.start < removed.start:
            yield Interval(each.start, removed.start)
        if removed.end < each.end:
            yield Interval(removed.end, each.end)


def _clipped(intervals: Iterable[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    for each in intervals:
        if start <= each.start and each.end <= end:
            yield each
        elif (since := max(each.start, start)) < (until := min(each.end, end)):
            yield Interval(since, until)


def availability_of(ids: Collection[int], start: datetime, end: datetime) -> dict[int, tuple[Interval, ...]]:
    """Read when each of these people is available between two instants."""
    return {person_id: stated.able for person_id, stated in stated_times_of(ids, start, end).items()}


def stated_times_of(ids: Collection[int], start: datetime, end: datetime) -> dict[int, StatedTimes]:
    """Read when each of these people is available and when away between two instants.

    What another domain has committed them to counts as leave. One query for many people.
    """
    return stated_times_in(rows_of(ids, start, end), ids, start, end)


def stated_times_in(
    rows: Iterable[Any], ids: Collection[int], start: datetime, end: datetime
) -> dict[int, StatedTimes]:
    """When each of these people is available and when away between two instants, by the rows that were read."""
    weekly: dict[int, list[_Weekly]] = defaultdict(list)
    exceptions: list[Any] = []
    for row in rows:
        kind = row.kind
        if kind is None:
            if row.id is not None:
                weekly[row.person_id].append((row.weekday, row.starts, row.ends, row.zone_name))
        elif kind in _DATED and row.id is not None:
            exceptions.append(row)
    dated: dict[int, list[DatedTime]] = defaultdict(list)
    for row in sorted(exceptions, key=lambda row: (row.said_at or ALWAYS_SINCE, row.id)):
        dated[row.person_id].append(DatedTime(DatedKind(row.kind), row.starts_at, row.ends_at))
    # Many people offer the same weeks: what a week comes to in this time is worked out once for all of them.
    of_weeks: dict[tuple[_Weekly, ...], StatedTimes] = {}
    stated = {}
    for person_id in ids:
        week = tuple(sorted(weekly.get(person_id, ())))
        if person_id in dated:
            stated[person_id] = stated_times(map(_with_zone, week), dated[person_id], start, end)
            continue
        if week not in of_weeks:
            of_weeks[week] = stated_times(map(_with_zone, week), (), start, end)
        stated[person_id] = of_weeks[week]
    return stated


_Weekly = tuple[int, time, time, str]
"""A weekly time as its row has it: the weekday, when it starts and ends, and in which zone."""


def _with_zone(row: _Weekly) -> tuple[WeeklyTime, ZoneInfo]:
    weekday, starts, ends, zone_name = row
    return WeeklyTime(weekday, starts, ends), ZoneInfo(zone_name)


def limits_stated_by(person_id: int) -> PersonLimits | None:
    """What one person asked for at most, read together with their times."""
    limits: PersonLimits | None = next(iter(stated_by(person_id))).PersonLimits
    return limits


def weekly_times_of(person_id: int) -> list[AvailabilityWeekly]:
    """Read what a person offers every week, from Monday on."""
    return list(
        db.session.scalars(
            select(AvailabilityWeekly)
            .where(AvailabilityWeekly.person_id == person_id)
            .order_by(AvailabilityWeekly.weekday, AvailabilityWeekly.starts)
        )
    )


def exceptions_of(person_id: int, *, now: datetime) -> list[AvailabilityDated]:
    """Read a person's exceptions that are not over yet, soonest first."""
    return list(
        db.session.scalars(
            select(AvailabilityDated)
            .where(AvailabilityDated.person_id == person_id, AvailabilityDated.ends_at > now)
            .order_by(AvailabilityDated.starts_at)
        )
    )


def add_weekly_time(
    person_id: int,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    *,
    zone: ZoneInfo,
    now: datetime,
    by: int | None = None,
) -> None:
    """Add a time to some days of a person's week; `by` is who enters it, None for themselves.

    Times of one day and zone that overlap or touch become one; times in another zone stay as they are. Refuses a start
    that the same day has in another zone.
    """
    if not weekdays:
        raise Invalid("Choose at least one day.", field="weekdays")
    db.lock_people([person_id])
    before = weekly_times_of(person_id)
    for weekday in sorted(weekdays):
        of_day = [row for row in before if row.weekday == weekday]
        same_zone = [row for row in of_day if row.zone_name == zone.key]
        merged = merged_times([*map(_weekly, same_zone), WeeklyTime(weekday, starts, ends)])
        _refuse_same_start_in_other_zone(merged, [row for row in of_day if row.zone_name != zone.key])
        _replace_rows(person_id, same_zone, merged, zone)
    _record("offered", person_id, now, by=by)


def offer_weeks(weeks: Mapping[int, tuple[ZoneInfo, Sequence[WeeklyTime]]], *, by: int, now: datetime) -> None:
    """Write the usual weeks of new people, who have none yet, at once; times that overlap or touch become one."""
    for person_id, (zone, times) in weeks.items():
        for weekday in sorted({each.weekday for each in times}):
            _replace_rows(person_id, [], merged_times([each for each in times if each.weekday == weekday]), zone)
        _record("offered", person_id, now, by=by)


def move_week_to_zone(person_id: int, zone: ZoneInfo, *, now: datetime) -> None:
    """Read a person's whole week on the clock of one zone, its hours as written. Doing it twice changes nothing."""
    db.lock_people([person_id])
    before = weekly_times_of(person_id)
    for weekday in sorted({row.weekday for row in before}):
        of_day = [row for row in before if row.weekday == weekday]
        _replace_rows(person_id, of_day, merged_times([_weekly(row) for row in of_day]), zone)
    _record("moved-to-clock", person_id, now)


def week_in_other_zone(person_id: int, zone: ZoneInfo) -> OtherZone | None:
    """Return the hint for a person in this zone with weekly times in another; None where they have none."""
    others = sorted({zone_label(row.zone_name) for row in weekly_times_of(person_id) if row.zone_name != zone.key})
    if not others:
        return None
    sentence = f"Your usual week still means the hours on the clock of {' and '.join(others)}, where you wrote them."
    return OtherZone(sentence, "Look at your usual week, or move it to your clock", "rota.availability")


def zone_label(zone_name: str) -> str:
    """Return a zone's name as pages write it: America/New York."""
    return zone_name.replace("_", " ")


def _refuse_same_start_in_other_zone(merged: Iterable[WeeklyTime], others: Iterable[AvailabilityWeekly]) -> None:
    taken = {row.starts: row for row in others}
    for each in merged:
        if each.starts in taken:
            row = taken[each.starts]
            raise Invalid(
                f"You offer {_label(row)} already, on the clock of {zone_label(row.zone_name)}. Remove that first, or"
                " move your week to your clock.",
                field="starts",
            )


def _replace_rows(
    person_id: int, old: Collection[AvailabilityWeekly], new: Iterable[WeeklyTime], zone: ZoneInfo
) -> None:
    for row in old:
        db.session.delete(row)
    if old:
        db.session.flush()  # the old rows must be gone before one with the same start comes back
    for each in new:
        db.session.add(
            AvailabilityWeekly(
                person_id=person_id, weekday=each.weekday, starts=each.starts, ends=each.ends, zone_name=zone.key
            )
        )


def remove_weekly_time(person_id: int, weekly_id: int, *, now: datetime) -> None:
    """Remove one time from a person's week. Where it is gone already, or somebody else's, nothing happens."""
    removed = db.session.scalar(
        delete(AvailabilityWeekly)
        .where(AvailabilityWeekly.id == weekly_id, AvailabilityWeekly.person_id == person_id)
        .returning(AvailabilityWeekly.id)
    )
    if removed is not None:
        _record("no-longer-offered", person_id, now)


def set_exception(
    person_id: int, kind: DatedKind, starts_at: datetime, ends_at: datetime, *, now: datetime, by: int | None = None
) -> AvailabilityDated:
    """Record an exception to a person's week. One that says the same of times that overlap or touch becomes part of it.

    `by` is who enters it, None for themselves.

    Refuses one that is over, ends before it starts, begins more than a year ahead, lasts more than a year (one without
    a last day does not), or offers more than two weeks.
    """
    if ends_at <= starts_at:
        raise Invalid("The end must come after the start.", field="ends")
    if ends_at <= now:
        raise Invalid("That time is over already. Choose a later one.", field="starts")
    if starts_at > now + PLANNED_AHEAD:
        raise Invalid("That is more than a year away. Tell us nearer the time.", field="starts")
    if ends_at - starts_at > LONGEST_LEAVE and ends_at != NO_LAST_DAY:
        raise Invalid(
            "More than a year at once is too far to plan. Give a day within a year of the first.", field="ends"
        )
    if kind is DatedKind.CAN and ends_at - starts_at > timedelta(days=14):
        raise Invalid("For more than two weeks, change your usual week instead.", field="ends")
    db.lock_people([person_id])  # so that of a form that was sent twice the second finds the first
    same = _to_join(exceptions_of(person_id, now=now), kind, starts_at, ends_at)
    for row in same:
        db.session.delete(row)
    exception = AvailabilityDated(
        person_id=person_id,
        kind=kind,
        starts_at=min([starts_at, *(row.starts_at for row in same)]),
        ends_at=max([ends_at, *(row.ends_at for row in same)]),
        said_at=now,
    )
    db.session.add(exception)
    db.session.flush()
    _record(f"said-{kind}", person_id, now, by=by)
    return exception


def _to_join(
    kept: Sequence[AvailabilityDated], kind: DatedKind, starts_at: datetime, ends_at: datetime
) -> list[AvailabilityDated]:
    """The exceptions that say the same of times that overlap or touch these.

    Leave holds over everything, so all of it joins. Of the other kinds, one that an exception of another kind overlaps
    stays as it is: joined to a newer one it would hold over that.
    """
    same = [row for row in kept if row.kind == kind and row.starts_at <= ends_at and starts_at <= row.ends_at]
    others = [row for row in kept if row.kind not in (kind, DatedKind.LEAVE) and kind is not DatedKind.LEAVE]
    return [row for row in same if not any(o.starts_at < row.ends_at and row.starts_at < o.ends_at for o in others)]


def set_leave(
    person_id: int, first: date, last: date | None, *, zone: ZoneInfo, now: datetime, by: int | None = None
) -> AvailabilityDated:
    """Record leave from the first to the last day, both included, as days of the calendar in `zone`.

    Without a last day it lasts until somebody says that they are back.

    Days that touch or overlap earlier leave become one with it. It begins today at the earliest: leave stops the
    clocks of what people must do every so often, and nobody stops one after the fact.
    """
    if last is not None and last < first:
        raise Invalid("The last day must not come before the first.", field="ends")
    begins = max(first, clock.on(now, zone))
    begins = begins if last is None else min(begins, last)
    times = clock.starts(begins, zone), NO_LAST_DAY if last is None else clock.ends(last, zone)
    return set_exception(person_id, DatedKind.LEAVE, *times, now=now, by=by)


def count_shifts_within(exception: AvailabilityDated) -> int:
    """Count the published shifts the person has in that time; they stay theirs until they give them back."""
    found = worked_by([exception.person_id], exception.starts_at, exception.ends_at)
    return len({seat.id for seat in found})


def remove_exception(person_id: int, dated_id: int, *, now: datetime) -> list[AvailabilityDated]:
    """Delete one of a person's exceptions; return those that still hold in its time, soonest first.

    Of leave that has begun, the part that is over stays; seats that they held only because it stopped a clock are
    released. Refuses one that is gone or somebody else's,
    and time away without a last day, which ends by coming back.
    """
    exception = db.session.get(AvailabilityDated, dated_id)
    if exception is None or exception.person_id != person_id:
        raise NotFound("That is not in your list any more.")
    if exception.ends_at == NO_LAST_DAY:
        raise Conflict("This time away has no last day. Say under Journey, “Take a pause”, that you are back.")
    if exception.kind is DatedKind.LEAVE and exception.starts_at < now < exception.ends_at:
        held_until, exception.ends_at = exception.ends_at, now
    else:
        held_until = exception.ends_at
        db.session.delete(exception)
    db.session.flush()
    if exception.kind is DatedKind.LEAVE:
        release_what_is_lost(person_id, now=now)
    _record("took-back", person_id, now)
    return [
        row
        for row in exceptions_of(person_id, now=now)
        if row.starts_at < held_until and exception.starts_at < row.ends_at
    ]


def _label(each: AvailabilityWeekly) -> str:
    """Return “Friday, 22:00 to 02:00”, for buttons and sentences."""
    return f"{DAY_NAMES[each.weekday]}, {each.starts:%H:%M} to {each.ends:%H:%M}"


def _weekly(row: AvailabilityWeekly) -> WeeklyTime:
    return WeeklyTime(row.weekday, row.starts, row.ends)


def _record(action: str, person_id: int, now: datetime, *, by: int | None = None) -> None:
    audit.record(f"rota.availability-{action}", by=by or person_id, subject=f"person:{person_id}", now=now)
