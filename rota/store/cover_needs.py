"""When channels need people by their weekly patterns, and the part of that time for which no shift exists.

A time that nobody has planned is a gap like any other: nothing may take the absence of shifts for good news.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, False_, Select, cast, false, null, select

from app import clock, db
from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.cover_pattern import Need, PatternSpan, WeeklyPattern
from rota.scheduling.special_days import SpecialDay, SpecialKind, in_force, planned_with
from rota.store.models import Channel, ChannelKind, CoverPattern, PatternLine, PatternSpanRow
from rota.store.seats import SeatRow, bounds, place_of, query_between, query_of_parts_between
from rota.store.special_days import OF_SPECIAL_DAY, by_channel, query_special_days, special_days_between


@dataclass(frozen=True, slots=True)
class NeededTime:
    """A time for which a channel's pattern asks for people: how many, those who shadow left out."""

    channel_id: int
    channel: str
    channel_kind: ChannelKind
    starts_at: datetime
    ends_at: datetime
    people: int
    label: str = ""
    needs: tuple[Need, ...] = ()
    """What the pattern asks for in each duty, those who shadow too."""


@dataclass(frozen=True, slots=True)
class UnplannedTime:
    """A time for which people are needed and no shift is published; `draft_rota_id` is a rota that would have one."""

    channel_id: int
    channel: str
    channel_kind: ChannelKind
    starts_at: datetime
    ends_at: datetime
    draft_rota_id: int | None = None

    @property
    def is_on_call(self) -> bool:
        """Whether it is the on-call line's."""
        return self.channel_kind is ChannelKind.ON_CALL


@dataclass(frozen=True, slots=True)
class SpecialTime:
    """A day, or hours of one, on which a channel does not keep its weekly pattern as it is, or which has a name."""

    channel_id: int
    channel: str
    channel_kind: ChannelKind
    day: date
    starts_at: datetime
    ends_at: datetime
    kind: SpecialKind
    reason: str
    is_whole_day: bool

    @property
    def is_closed(self) -> bool:
        """Whether nobody is needed."""
        return self.kind is SpecialKind.CLOSED


@dataclass(frozen=True, slots=True)
class Unplanned:
    """The needed times without a published shift between two instants: hour by hour, and joined for reading."""

    needed: tuple[NeededTime, ...]
    times: tuple[UnplannedTime, ...]
    has_patterns: bool
    """Whether any channel needs anybody at all in that time."""


@dataclass(frozen=True, slots=True)
class Cover:
    """The published seats between two instants, in order of time, and what is needed then and not published.

    Vacant seats beyond those wanted are left out, as `query_between` says.
    """

    seats: tuple[SeatRow, ...]
    unplanned: Unplanned
    special: tuple[SpecialTime, ...] = ()
    """The closures, events and bank holidays of channels that are not closed for good, in order of time."""
    parts: tuple[SeatRow, ...] = ()
    """The parts of these seats that others took, for `as_worked` of `rota/store/seat_parts.py`."""


def cover_between(
    start: datetime,
    end: datetime,
    *,
    zone: ZoneInfo,
    named: ColumnElement[bool] | None = None,
    counting_drafts: bool = False,
) -> Cover:
    """Read the published seats between two instants and what is needed then without a published shift, in one query.

    `named` as for `seats_where`. With `counting_drafts` shifts of rotas that were never published count as planned.
    """
    seats, parts, lines, special = _seats_and_patterns(start, end, named, zone)
    planned: dict[int, dict[int, Interval]] = defaultdict(dict)
    drafted: dict[int, list[tuple[Interval, int]]] = defaultdict(list)
    for seat in seats:
        span = Interval(seat.starts_at, seat.ends_at)
        if seat.rota_version > 0 or counting_drafts:
            planned[seat.channel_id][seat.shift_id] = span
        else:
            drafted[seat.channel_id].append((span, seat.rota_id))
    needed = _needed(lines, special, start, end, zone)
    missing = tuple(_uncovered(needed, {channel: list(spans.values()) for channel, spans in planned.items()}))
    return Cover(
        tuple(seat for seat in seats if seat.rota_version > 0),
        Unplanned(missing, tuple(_joined(missing, drafted)), has_patterns=bool(needed)),
        tuple(_special_times(lines, special, start, end)),
        tuple(parts),
    )


class _PatternRow(NamedTuple):
    """One line of a span of a channel's pattern; of a pattern without spans, and a span without lines, just that."""

    channel_id: int
    starts_on: date
    pattern_id: int
    span_id: int | None
    line_id: int | None
    channel: str
    channel_kind: ChannelKind
    closes_on: date | None
    zone_name: str
    days: str
    starts: time
    ends: time
    label: str
    duty: Duty | None
    minimum: int
    wanted: int

    @property
    def place(self) -> tuple[int, date, int, int]:
        """By channel, then pattern, then span, then line."""
        return self.channel_id, self.starts_on, self.span_id or 0, self.line_id or 0


_OF_PATTERN = (
    Channel.id,
    CoverPattern.starts_on,
    CoverPattern.id,
    PatternSpanRow.id,
    PatternLine.id,
    Channel.name,
    Channel.kind,
    Channel.closes_on,
    CoverPattern.zone_name,
    PatternSpanRow.days,
    PatternSpanRow.starts,
    PatternSpanRow.ends,
    PatternSpanRow.label,
    PatternLine.duty,
    PatternLine.minimum,
    PatternLine.wanted,
)
"""The fields of `_PatternRow`, in their order."""


def _seats_and_patterns(
    start: datetime, end: datetime, named: ColumnElement[bool] | None, zone: ZoneInfo
) -> tuple[list[SeatRow], list[SeatRow], list[_PatternRow], dict[int, list[SpecialDay]]]:
    """Read the seats of these shifts, their parts, every line of every channel's patterns, and the special days."""
    query = _NAMING_NOBODY if isinstance(named, False_) else _query(named)
    rows = db.session.execute(query, bounds(start, end) | _days(start, end, zone)).all()
    seats: list[SeatRow] = []
    parts: list[SeatRow] = []
    lines, special = [], []
    for row in rows:
        if row[0] is not None:
            seat = SeatRow._make(row[:_OF_SEAT])
            (parts if seat.is_part else seats).append(seat)
        elif row[_OF_SEAT] is not None:
            lines.append(_PatternRow._make(row[_OF_SEAT:_BEFORE_SPECIAL]))
        else:
            special.append(row[_BEFORE_SPECIAL:])
    return sorted(seats, key=place_of), parts, sorted(lines, key=lambda line: line.place), by_channel(special)


def _days(start: datetime, end: datetime, zone: ZoneInfo) -> dict[str, date]:
    """The first and the last day whose special hours can matter: nights reach in, and closures cut into nights."""
    return {
        "first_day": clock.on(start, zone) - timedelta(days=1),
        "last_day": clock.on(end, zone) + timedelta(days=1),
    }


def _query(named: ColumnElement[bool] | None) -> CompoundSelect[*tuple[Any, ...]]:
    """One query for seats, parts, patterns and special days, because the pages that ask have few to spare.

    Each leaves the others' columns empty, with their types, as PostgreSQL wants them in a union of four.
    """
    seats = query_between(named=named)
    of_seats, of_patterns, of_special = (
        [cast(null(), column.type) for column in columns]
        for columns in (seats.selected_columns, _OF_PATTERN, OF_SPECIAL_DAY)
    )
    patterns = _with_patterns(select(*of_seats, *_OF_PATTERN, *of_special))
    special = query_special_days()
    special = special.with_only_columns(*of_seats, *of_patterns, *special.selected_columns)
    parts = query_of_parts_between(named=named).add_columns(*of_patterns, *of_special)
    return seats.add_columns(*of_patterns, *of_special).union_all(parts, patterns, special)


def _with_patterns(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Channel)
        .join(CoverPattern, CoverPattern.channel_id == Channel.id)
        .outerjoin(PatternSpanRow, PatternSpanRow.pattern_id == CoverPattern.id)
        .outerjoin(PatternLine, PatternLine.span_id == PatternSpanRow.id)
    )


_OF_SEAT = len(SeatRow._fields)
_BEFORE_SPECIAL = _OF_SEAT + len(_OF_PATTERN)
_NAMING_NOBODY = _query(false())  # built once, because building it takes as long as answering it


def needed_on_call(start: datetime, end: datetime, *, zone: ZoneInfo) -> list[Interval] | None:
    """The times between two instants for which the patterns of on-call lines ask for somebody; None without a pattern.

    None says that nobody has decided when somebody is to be on call, which is another thing than never.
    """
    rows = db.session.execute(_with_patterns(select(*_OF_PATTERN)).where(Channel.kind == ChannelKind.ON_CALL))
    lines = sorted((_PatternRow._make(row) for row in rows), key=lambda line: line.place)
    if not lines:
        return None
    days = _days(start, end, zone)
    special = special_days_between(days["first_day"], days["last_day"])
    return [Interval(each.starts_at, each.ends_at) for each in _needed(lines, special, start, end, zone)]


def _needed(
    rows: Sequence[_PatternRow],
    special: Mapping[int, Sequence[SpecialDay]],
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
) -> list[NeededTime]:
    """The times between two instants for which the patterns of channels that are not closed ask for people."""
    # A night that begins on the day before reaches in.
    first, last = clock.on(start, zone) - timedelta(days=1), clock.on(end, zone)
    needed = []
    for channel_id, of_channel in groupby(rows, key=lambda row: row.channel_id):
        lines = list(of_channel)
        channel, kind, closes_on = lines[0].channel, lines[0].channel_kind, lines[0].closes_on
        for shift in planned_with(_patterns(lines), special.get(channel_id, ()), first, last):
            people = sum(need.wanted for need in shift.needs if need.duty.counts_as_cover)
            is_closed = closes_on is not None and shift.day >= closes_on
            if people and not is_closed and shift.starts_at < end and start < shift.ends_at:
                since, until = max(shift.starts_at, start), min(shift.ends_at, end)
                needed.append(NeededTime(channel_id, channel, kind, since, until, people, shift.label, shift.needs))
    return sorted(needed, key=lambda each: (each.starts_at, each.channel_id))


def _special_times(
    rows: Sequence[_PatternRow], special: Mapping[int, Sequence[SpecialDay]], start: datetime, end: datetime
) -> Iterator[SpecialTime]:
    """The special days as times of their channels, each day's in force only, and closed hours besides."""
    times = []
    for channel_id, of_channel in groupby(rows, key=lambda row: row.channel_id):
        last = list(of_channel)[-1]
        zone = ZoneInfo(last.zone_name)
        for day, of_day in groupby(sorted(special.get(channel_id, ()), key=_day_of), key=_day_of):
            entries = list(of_day)
            shown = [in_force(entries), *(each for each in entries if each.starts is not None)]
            for each in (each for each in shown if each is not None):
                time = each.times(zone)
                is_open = last.closes_on is None or day < last.closes_on
                if is_open and time.start < end and start < time.end:
                    of = (channel_id, last.channel, last.channel_kind, day, time.start, time.end)
                    times.append(SpecialTime(*of, each.kind, each.reason, each.starts is None))
    yield from sorted(times, key=lambda each: (each.starts_at, each.channel_id))


def _day_of(special: SpecialDay) -> date:
    return special.day


def _patterns(lines: Iterable[_PatternRow]) -> list[WeeklyPattern]:
    """The patterns of one channel as plain values, the earliest first."""
    patterns = []
    for _, of_pattern in groupby(lines, key=lambda row: row.pattern_id):
        rows = list(of_pattern)
        spans = []
        for span_id, of_span in groupby(rows, key=lambda row: row.span_id):
            if span_id is not None:
                of = list(of_span)
                needs = tuple(Need(row.duty, row.minimum, row.wanted, row.wanted) for row in of if row.duty is not None)
                days = frozenset(int(digit) for digit in of[0].days)
                spans.append(PatternSpan(days, of[0].starts, of[0].ends, of[0].label, needs))
        patterns.append(WeeklyPattern(rows[0].starts_on, ZoneInfo(rows[0].zone_name), tuple(spans)))
    return patterns


def _uncovered(needed: Iterable[NeededTime], planned: Mapping[int, Sequence[Interval]]) -> Iterator[NeededTime]:
    """The parts of the needed times in which the channel has no shift."""
    for each in needed:
        since = each.starts_at
        for shift in planned.get(each.channel_id, ()):
            if shift.end <= since or shift.start >= each.ends_at:
                continue
            if since < shift.start:
                yield _part(each, since, shift.start)
            since = max(since, shift.end)
        if since < each.ends_at:
            yield _part(each, since, each.ends_at)


def _part(each: NeededTime, starts_at: datetime, ends_at: datetime) -> NeededTime:
    return replace(each, starts_at=starts_at, ends_at=ends_at)


def _joined(
    missing: Iterable[NeededTime], drafted: Mapping[int, Sequence[tuple[Interval, int]]]
) -> Iterator[UnplannedTime]:
    """Times of one channel that touch as one, in order of their start."""
    open_ends: dict[int, NeededTime] = {}
    found: list[NeededTime] = []
    for part in missing:
        joined, before = part, open_ends.get(part.channel_id)
        if before is not None and part.starts_at <= before.ends_at:
            found.remove(before)
            joined = _part(before, before.starts_at, max(before.ends_at, part.ends_at))
        open_ends[part.channel_id] = joined
        found.append(joined)
    for each in sorted(found, key=lambda one: (one.starts_at, one.channel_id)):
        draft = next(
            (
                rota_id
                for span, rota_id in drafted.get(each.channel_id, ())
                if span.start < each.ends_at and each.starts_at < span.end
            ),
            None,
        )
        yield UnplannedTime(
            each.channel_id, each.channel, each.channel_kind, each.starts_at, each.ends_at, draft_rota_id=draft
        )
