"""When people can: a week in wall time, and dated exceptions over it. Silence means no.

Nobody is asked why. Wishes are another matter than being able, and are not kept here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, delete, null, select, type_coerce

from app import audit, clock, db
from app.domain import OtherClock
from app.refusals import Invalid, NotFound
from progression.intervals import ALWAYS_SINCE, Interval, merged
from rota.scheduling.cover_pattern import DAY_NAMES, instant
from rota.store.models import AvailabilityDated, AvailabilityWeekly, DatedKind
from rota.store.seats import seats_held_by

_A_DAY = 24 * 60
FURTHEST_AHEAD = timedelta(days=366)  # Further off it is a guess, and a forgotten guess makes a hole.


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """“I can”, every week: an end no later than the start is on the following day."""

    weekday: int  # 0 is Monday
    starts: time
    ends: time

    @property
    def lasts(self) -> int:
        """Minutes on the wall clock, from 1 to a whole day."""
        minutes = _minutes(self.ends) - _minutes(self.starts)
        return minutes if minutes > 0 else minutes + _A_DAY


@dataclass(frozen=True, slots=True)
class DatedTime:
    """What somebody said about particular days; give them in the order in which they were said."""

    kind: DatedKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class StatedTimes:
    """When somebody can, and when they said that they are not there; between the two lies what they did not offer."""

    able: tuple[Interval, ...]
    away: tuple[Interval, ...]


def said_times(
    weekly: Iterable[tuple[WeeklyTime, ZoneInfo]], dated: Iterable[DatedTime], start: datetime, end: datetime
) -> StatedTimes:
    """What somebody said of the time between two instants: the week, then what was said later, then leave over all.

    Days away and times at which they cannot are told alike.
    """
    able = merged(part for each, zone in weekly for part in _weeks(each, zone, start, end))
    away: tuple[Interval, ...] = ()
    # Sorting is stable: leave comes last whenever it was said, the rest in the order of saying.
    for said in sorted(dated, key=lambda one: one.kind is DatedKind.LEAVE):
        stretch = Interval(said.starts_at, said.ends_at)
        if said.kind is DatedKind.CAN:
            able, away = merged([*able, stretch]), tuple(_without(away, stretch))
        else:
            able, away = tuple(_without(able, stretch)), merged([*away, stretch])
    return StatedTimes(tuple(_within(able, start, end)), tuple(_within(away, start, end)))


def intervals(
    weekly: Iterable[tuple[WeeklyTime, ZoneInfo]], dated: Iterable[DatedTime], start: datetime, end: datetime
) -> tuple[Interval, ...]:
    """When somebody can, between two instants."""
    return said_times(weekly, dated, start, end).able


def _weeks(each: WeeklyTime, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Interval]:
    """A weekly time as the instants it falls on. The day before counts too, as its night may reach in."""
    day = clock.on(start, zone) - timedelta(days=1)
    while day <= clock.on(end, zone):
        if day.weekday() == each.weekday:
            ends_on = day + timedelta(days=1) if each.ends <= each.starts else day
            starts_at, ends_at = instant(day, each.starts, zone), instant(ends_on, each.ends, zone)
            if ends_at > starts_at:
                yield Interval(starts_at, ends_at)
        day += timedelta(days=1)


def _without(able: Iterable[Interval], gone: Interval) -> Iterator[Interval]:
    for each in able:
        if each.end <= gone.start or gone.end <= each.start:
            yield each
            continue
        if each.start < gone.start:
            yield Interval(each.start, gone.start)
        if gone.end < each.end:
            yield Interval(gone.end, each.end)


def _within(able: Iterable[Interval], start: datetime, end: datetime) -> Iterator[Interval]:
    for each in able:
        since, until = max(each.start, start), min(each.end, end)
        if since < until:
            yield Interval(since, until)


def availability_of(ids: Collection[int], start: datetime, end: datetime) -> dict[int, tuple[Interval, ...]]:
    """When each of these people can, between two instants, in one query. Who said nothing, cannot."""
    return {person_id: said.able for person_id, said in said_by(ids, start, end).items()}


def said_by(ids: Collection[int], start: datetime, end: datetime) -> dict[int, StatedTimes]:
    """When each of these people can and when they are away, between two instants, in one query."""
    weekly: dict[int, list[tuple[WeeklyTime, ZoneInfo]]] = defaultdict(list)
    dated: dict[int, list[DatedTime]] = defaultdict(list)
    rows = (
        _said_by(next(iter(ids)))
        if len(ids) == 1
        else _said(
            AvailabilityWeekly.person_id.in_(ids),
            AvailabilityDated.person_id.in_(ids)
            & (AvailabilityDated.ends_at > start)
            & (AvailabilityDated.starts_at < end),
        )
    )
    for row in rows:
        if row.kind is None:
            weekly[row.person_id].append((WeeklyTime(row.weekday, row.starts, row.ends), ZoneInfo(row.zone_name)))
        else:
            dated[row.person_id].append(DatedTime(DatedKind(row.kind), row.starts_at, row.ends_at))
    return {person_id: said_times(weekly[person_id], dated[person_id], start, end) for person_id in ids}


@db.cached_per_request
def _said_by(person_id: int) -> list[Any]:
    """All that one person ever said, which is little, so that a page may ask for several stretches of time."""
    return _said(AvailabilityWeekly.person_id == person_id, AvailabilityDated.person_id == person_id)


def _said(of_week: ColumnElement[bool], of_days: ColumnElement[bool]) -> list[Any]:
    """Weekly times (without a kind), then what was said about days in the order of saying."""
    weekly = select(
        AvailabilityWeekly.person_id,
        AvailabilityWeekly.weekday,
        AvailabilityWeekly.starts,
        AvailabilityWeekly.ends,
        AvailabilityWeekly.zone_name,
        type_coerce(null(), String).label("kind"),
        type_coerce(null(), db.UtcDateTime).label("starts_at"),
        type_coerce(null(), db.UtcDateTime).label("ends_at"),
        type_coerce(null(), db.UtcDateTime).label("said_at"),
        AvailabilityWeekly.id,
    ).where(of_week)
    dated = select(
        AvailabilityDated.person_id,
        null(),
        null(),
        null(),
        null(),
        AvailabilityDated.kind,
        AvailabilityDated.starts_at,
        AvailabilityDated.ends_at,
        AvailabilityDated.said_at,
        AvailabilityDated.id,
    ).where(of_days)
    rows: Iterable[Any] = db.session.execute(weekly.union_all(dated)).all()
    return sorted(rows, key=lambda row: (row.kind is not None, row.said_at or ALWAYS_SINCE, row.id))


def week_of(person_id: int) -> list[AvailabilityWeekly]:
    """What a person offers every week, from Monday on."""
    return list(
        db.session.scalars(
            select(AvailabilityWeekly)
            .where(AvailabilityWeekly.person_id == person_id)
            .order_by(AvailabilityWeekly.weekday, AvailabilityWeekly.starts)
        )
    )


def exceptions_of(person_id: int, *, now: datetime) -> list[AvailabilityDated]:
    """What a person has said about days that are not over yet, soonest first."""
    return list(
        db.session.scalars(
            select(AvailabilityDated)
            .where(AvailabilityDated.person_id == person_id, AvailabilityDated.ends_at > now)
            .order_by(AvailabilityDated.starts_at)
        )
    )


def offer(
    person_id: int, weekdays: Collection[int], starts: time, ends: time, *, zone: ZoneInfo, now: datetime
) -> None:
    """Add a time to some days of a person's week. What overlaps or touches on the same day and clock becomes
    one; what was written on another clock stays as it is.
    """
    if not weekdays:
        raise Invalid("Choose at least one day.", field="weekdays")
    db.lock_people([person_id])
    before = week_of(person_id)
    for weekday in sorted(weekdays):
        theirs = [row for row in before if row.weekday == weekday]
        own = [row for row in theirs if row.zone_name == zone.key]
        merged = _merged([*map(_weekly, own), WeeklyTime(weekday, starts, ends)])
        _refuse_a_start_on_another_clock(merged, [row for row in theirs if row.zone_name != zone.key])
        _write_week(person_id, own, merged, zone)
    _record("offered", person_id, now)


def move_to_clock(person_id: int, zone: ZoneInfo, *, now: datetime) -> None:
    """Let the whole week mean the clock of one zone, its hours as they are written. Harmless where it does."""
    db.lock_people([person_id])
    before = week_of(person_id)
    for weekday in sorted({row.weekday for row in before}):
        theirs = [row for row in before if row.weekday == weekday]
        _write_week(person_id, theirs, _merged([_weekly(row) for row in theirs]), zone)
    _record("moved-to-clock", person_id, now)


def on_another_clock(person_id: int, zone: ZoneInfo) -> OtherClock | None:
    """What a person whose clock is this zone's is told of the hours they wrote on another."""
    others = sorted({clock_name(row.zone_name) for row in week_of(person_id) if row.zone_name != zone.key})
    if not others:
        return None
    words = f"Your usual week still means the hours on the clock of {' and '.join(others)}, where you wrote them."
    return OtherClock(words, "Look at your usual week, or move it to your clock", "rota.availability")


def clock_name(zone_name: str) -> str:
    """A zone as pages write it: America/New York."""
    return zone_name.replace("_", " ")


def _refuse_a_start_on_another_clock(merged: Iterable[WeeklyTime], others: Iterable[AvailabilityWeekly]) -> None:
    taken = {row.starts: row for row in others}
    for each in merged:
        if each.starts in taken:
            row = taken[each.starts]
            raise Invalid(
                f"You offer {words(row)} already, on the clock of {clock_name(row.zone_name)}. Remove that first, or"
                " move your week to your clock.",
                field="starts",
            )


def _write_week(person_id: int, old: Iterable[AvailabilityWeekly], new: Iterable[WeeklyTime], zone: ZoneInfo) -> None:
    for row in old:
        db.session.delete(row)
    db.session.flush()  # the old rows must be gone before one with the same start comes back
    for each in new:
        db.session.add(
            AvailabilityWeekly(
                person_id=person_id, weekday=each.weekday, starts=each.starts, ends=each.ends, zone_name=zone.key
            )
        )


def stop_offering(person_id: int, weekly_id: int, *, now: datetime) -> None:
    """Take one time out of a person's week. One already gone stays gone, so a second tap is harmless."""
    db.session.execute(
        delete(AvailabilityWeekly).where(AvailabilityWeekly.id == weekly_id, AvailabilityWeekly.person_id == person_id)
    )
    _record("no-longer-offered", person_id, now)


def say(person_id: int, kind: DatedKind, starts_at: datetime, ends_at: datetime, *, now: datetime) -> AvailabilityDated:
    """Keep what a person says about some days. Refuses what is over, upside down or over a year away."""
    if ends_at <= starts_at:
        raise Invalid("The end must come after the start.", field="ends")
    if ends_at <= now:
        raise Invalid("That time is over already. Choose a later one.", field="starts")
    if starts_at > now + FURTHEST_AHEAD:
        raise Invalid("That is more than a year away. Tell us nearer the time.", field="starts")
    if kind is DatedKind.CAN and ends_at - starts_at > timedelta(days=14):
        raise Invalid("For more than two weeks, change your usual week instead.", field="ends")
    said = AvailabilityDated(person_id=person_id, kind=kind, starts_at=starts_at, ends_at=ends_at, said_at=now)
    db.session.add(said)
    _record(f"said-{kind}", person_id, now)
    return said


def say_leave(person_id: int, first: date, last: date, *, zone: ZoneInfo, now: datetime) -> AvailabilityDated:
    """Keep leave of whole days, both included, as the person's own calendar has them."""
    if last < first:
        raise Invalid("The last day must not come before the first.", field="ends")
    return say(person_id, DatedKind.LEAVE, clock.starts(first, zone), clock.ends(last, zone), now=now)


def shifts_within(said: AvailabilityDated) -> int:
    """How many published shifts the person has in that time; they stay theirs until they give them back."""
    return len(seats_held_by([said.person_id], said.starts_at, said.ends_at))


def take_back(person_id: int, dated_id: int, *, now: datetime) -> None:
    """Forget something a person said about particular days."""
    said = db.session.get(AvailabilityDated, dated_id)
    if said is None or said.person_id != person_id:
        raise NotFound("That is not in your list any more.")
    db.session.delete(said)
    _record("took-back", person_id, now)


def _merged(times: Sequence[WeeklyTime]) -> list[WeeklyTime]:
    """Times of one weekday with those that overlap or touch made one, none longer than a day."""
    together: list[list[int]] = []
    for each in sorted(times, key=lambda one: one.starts):
        start = _minutes(each.starts)
        end = start + each.lasts
        if together and start <= together[-1][1]:
            together[-1][1] = min(max(together[-1][1], end), together[-1][0] + _A_DAY)
        else:
            together.append([start, end])
    weekday = times[0].weekday
    return [WeeklyTime(weekday, _wall(start), _wall(end)) for start, end in together]


def words(each: AvailabilityWeekly) -> str:
    """“Friday, 22:00 to 02:00”, for buttons and for reading aloud."""
    return f"{DAY_NAMES[each.weekday]}, {each.starts:%H:%M} to {each.ends:%H:%M}"


def _weekly(row: AvailabilityWeekly) -> WeeklyTime:
    return WeeklyTime(row.weekday, row.starts, row.ends)


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def _wall(minutes: int) -> time:
    minutes %= _A_DAY
    return time(minutes // 60, minutes % 60)


def _record(what: str, person_id: int, now: datetime) -> None:
    audit.record(f"rota.availability-{what}", by=person_id, subject=f"person:{person_id}", now=now)
