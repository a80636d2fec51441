"""Special days as coordinators enter them: closures, and events with shifts of their own in place of the pattern's.

Nothing here touches a rota that is made: what an entry adds to it or takes from it is told and done by
`rota.planning.rota_differences`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from app import audit, clock, db, settings
from app.day_bounds import PLANNED_AHEAD
from app.refusals import Conflict, Invalid, NotFound
from app.typed_text import name_line
from rota.planning.channels import lock_channel, pattern_on, spans_of
from rota.scheduling.cover_pattern import PatternSpan, check
from rota.scheduling.special_days import SpecialKind
from rota.store.models import Channel
from rota.store.special_days import SpecialDayRow, span_from_json, span_to_json

LONGEST_REASON = 60  # characters


@dataclass(frozen=True)
class Entry:
    """One reason why a day is special, what it does, and the channels that it does it to, by their rows."""

    reason: str
    kind: SpecialKind
    rows: list[SpecialDayRow] = field(default_factory=list)


def by_day(rows: Iterable[SpecialDayRow], channels: Iterable[Channel]) -> list[tuple[date, list[Entry]]]:
    """Special days with their entries, in order; those of channels that are closed for good then are left out."""
    closes_on = {each.id: each.closes_on or date.max for each in channels}
    days: dict[date, dict[tuple[str, SpecialKind], Entry]] = defaultdict(dict)
    for row in rows:
        if row.day < closes_on.get(row.channel_id, date.min):
            key = (row.reason, row.kind)
            days[row.day].setdefault(key, Entry(*key)).rows.append(row)
    return [(day, list(entries.values())) for day, entries in sorted(days.items())]


def close_for(
    channels: Sequence[Channel],
    day: date,
    reason: str,
    *,
    hours: tuple[time, time] | None = None,
    by: int,
    now: datetime,
) -> None:
    """Say that nobody is needed on these channels on a day, or in some hours of it, and why: everybody may read it.

    A whole day is that of the shifts that begin on it. Closed hours are cut out of the shifts they touch; an end no
    later than the start is on the next day. Refuses a day that is past, and a whole day that has an entry.
    """
    _refuse_day(day, now=now)
    reason = _reason(reason)
    for each in channels:
        lock_channel(each.id)
        if hours is None:
            _refuse_second(each, day)
        starts, ends = hours or (None, None)
        _add(each, day, SpecialKind.CLOSED, reason, by=by, now=now, starts=starts, ends=ends)


def plan_event(channel: Channel, day: date, reason: str, *, by: int, now: datetime) -> SpecialDayRow:
    """Give a channel other shifts on one day. They begin as those of the weekly pattern, to be changed."""
    _refuse_day(day, now=now)
    reason = _reason(reason)
    lock_channel(channel.id)
    _refuse_second(channel, day)
    pattern = pattern_on(channel, day)
    if pattern is None:
        raise Conflict(f"{channel.name} has no weekly pattern on that day. Write it first.", field="day")
    usual = [span_to_json(span) for span in spans_of(pattern) if day.weekday() in span.days]
    return _add(channel, day, SpecialKind.EVENT, reason, by=by, now=now, spans=usual)


def add_shift(entry_id: int, span: PatternSpan, *, by: int, now: datetime) -> None:
    """Add a shift to an event. Refuses one that cannot be beside the others."""
    entry = special_day(entry_id)
    _write_spans(entry, [*event_spans(entry), span], by=by, now=now)


def change_shift(entry_id: int, number: int, span: PatternSpan, *, by: int, now: datetime) -> None:
    """Put another shift in the place of one of an event; `number` counts from 0, in the order they are shown."""
    entry = special_day(entry_id)
    spans = _with(entry, number)
    _write_spans(entry, [*spans[:number], span, *spans[number + 1 :]], by=by, now=now)


def remove_shift(entry_id: int, number: int, *, by: int, now: datetime) -> None:
    """Take a shift out of an event; without any nobody is needed on that day, which is said as closed instead."""
    entry = special_day(entry_id)
    spans = _with(entry, number)
    if len(spans) == 1:
        raise Conflict("This is the only shift of the event. If nobody is needed, remove the event and close the day.")
    _write_spans(entry, [*spans[:number], *spans[number + 1 :]], by=by, now=now)


def remove(entry_id: int, *, by: int, now: datetime) -> SpecialDayRow:
    """Take an entry back: the weekly pattern, or a bank holiday, holds again on that day. Days that are past stay."""
    entry = special_day(entry_id)
    _refuse_day(entry.day, now=now)
    if entry.is_bank_holiday:
        raise Conflict("Bank holidays follow the nations you chose. Close the day or plan an event over it instead.")
    lock_channel(entry.channel_id)
    _record("removed", entry, by=by, now=now)
    db.session.delete(entry)
    db.session.flush()
    return entry


def special_day(entry_id: int) -> SpecialDayRow:
    """One entry; refused as not found if there is none."""
    entry = db.session.get(SpecialDayRow, entry_id)
    if entry is None:
        raise NotFound("This day is no longer entered. Somebody may have taken it back.")
    return entry


def event_spans(entry: SpecialDayRow) -> list[PatternSpan]:
    """The shifts of an event, as spans of its day of the week."""
    return [span_from_json(span, [entry.day.weekday()]) for span in entry.spans]


def span_of(entry: SpecialDayRow, number: int) -> PatternSpan:
    """One shift of an event; refused as not found if it has no such shift."""
    return _with(entry, number)[number]


def _with(entry: SpecialDayRow, number: int) -> list[PatternSpan]:
    spans = event_spans(entry)
    if not 0 <= number < len(spans):
        raise NotFound("The event no longer has this shift.")
    return spans


def _write_spans(entry: SpecialDayRow, spans: Sequence[PatternSpan], *, by: int, now: datetime) -> None:
    if entry.kind is not SpecialKind.EVENT:
        raise NotFound("This day has no shifts of its own.")
    _refuse_day(entry.day, now=now)
    lock_channel(entry.channel_id)
    of_day = [replace(span, days=frozenset({entry.day.weekday()})) for span in spans]
    check(of_day)
    entry.spans = [span_to_json(span) for span in sorted(of_day, key=lambda each: (each.starts, each.ends))]
    _record("changed", entry, by=by, now=now)


def _add(
    channel: Channel,
    day: date,
    kind: SpecialKind,
    reason: str,
    *,
    by: int,
    now: datetime,
    **hours: object,
) -> SpecialDayRow:
    kept = {"starts": None, "ends": None, "spans": []} | hours
    entry = SpecialDayRow(
        channel_id=channel.id,
        day=day,
        kind=kind,
        reason=reason,
        is_bank_holiday=False,
        made_at=now,
        made_by_id=by,
        **kept,
    )
    db.session.add(entry)
    db.session.flush()
    _record("added", entry, by=by, now=now)
    return entry


def _record(done: str, entry: SpecialDayRow, *, by: int, now: datetime) -> None:
    details = {"day": entry.day.isoformat(), "kind": entry.kind.value, "reason": entry.reason}
    audit.record(f"rota.special-day-{done}", by=by, subject=f"channel:{entry.channel_id}", now=now, details=details)


def _reason(typed: str) -> str:
    return name_line(typed, what="What the day is", longest=LONGEST_REASON, field="reason")


def _refuse_day(day: date, *, now: datetime) -> None:
    today = clock.on(now, settings.current().zone)
    if day < today:
        raise Invalid("That day is past. What was planned until now stays as it was.", field="day")
    if day > today + PLANNED_AHEAD:
        raise Invalid("That is more than a year away. Enter it nearer the time.", field="day")


def _refuse_second(of: Channel, day: date) -> None:
    found = (
        db.session.query(SpecialDayRow)
        .filter_by(channel_id=of.id, day=day, starts=None, is_bank_holiday=False)
        .one_or_none()
    )
    if found is not None:
        raise Conflict(
            f"{of.name} has an entry for that day already: {found.reason} ({found.kind.words}). Take it back first.",
            field="day",
        )
