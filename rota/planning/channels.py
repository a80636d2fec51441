"""Channels and their weekly cover patterns, as coordinators write them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, clock, db
from app.refusals import Conflict, Invalid, NotFound
from app.typed_text import compare_key, name_line
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need, PatternSpan, PlannedShift, WeeklyPattern, check
from rota.scheduling.special_days import planned_with
from rota.store.models import (
    Channel,
    ChannelKind,
    CoverPattern,
    PatternLine,
    PatternSpanRow,
    Shift,
)
from rota.store.special_days import forget_channel, special_days_between

LONGEST_NAME = 60  # characters
LONGEST_LABEL = 40
LONGEST_NOTICE = timedelta(days=366)  # A day further off is a slip of the pen.


def open_channel(name: str, kind: ChannelKind, *, by: int | None, now: datetime) -> Channel:
    """Open a channel. Its name is what people read on their shifts, so it is unique."""
    name = _free_name(name)
    channel = Channel(name=name, kind=kind)
    db.session.add(channel)
    db.session.flush()
    audit.record("rota.channel-opened", by=by, subject=f"channel:{channel.id}", now=now)
    return channel


def rename_channel(channel: Channel, name: str, *, by: int, now: datetime) -> None:
    """Give a channel another name, on past shifts too. Giving it the name it has changes nothing."""
    name = _free_name(name, but_of=channel.id)
    if name == channel.name:
        return
    details = {"from": channel.name, "to": name}
    channel.name = name
    audit.record("rota.channel-renamed", by=by, subject=f"channel:{channel.id}", now=now, details=details)


def close_channel(channel: Channel, on: date, *, zone: ZoneInfo, by: int, now: datetime) -> None:
    """Close a channel from a day on: nobody is needed there any more, and new rotas leave it out. The past stays.

    Shifts that rotas have after it stay until somebody decides on each rota (`rota.planning.rota_differences`): nobody
    loses a shift by this alone. Refuses a day that is past or more than a year ahead.
    """
    today = clock.on(now, zone)
    if on < today:
        raise Invalid("That day is past. What was planned until now stays as it was.", field="on")
    if on > today + LONGEST_NOTICE:
        raise Invalid("That is more than a year away. Close it nearer the time.", field="on")
    channel = lock_channel(channel.id)
    channel.closes_on = on
    details = {"closes_on": on.isoformat()}
    audit.record("rota.channel-closed", by=by, subject=f"channel:{channel.id}", now=now, details=details)


def reopen_channel(channel: Channel, *, by: int, now: datetime) -> None:
    """Open a channel that was closed or is to be; its pattern holds again. Doing it twice changes nothing."""
    if channel.closes_on is not None:
        channel.closes_on = None
        audit.record("rota.channel-opened-again", by=by, subject=f"channel:{channel.id}", now=now)


def remove_channel(channel: Channel, *, by: int, now: datetime) -> None:
    """Remove a channel that no rota ever had a shift on, with its patterns. Refuses any other: close it instead."""
    channel = lock_channel(channel.id)
    if has_shifts(channel):
        raise Conflict(f"{channel.name} has shifts on a rota, so it stays. Close it from a day on instead.")
    details = {"name": channel.name, "kind": channel.kind}
    for pattern in patterns_of([channel.id])[channel.id]:
        db.session.delete(pattern)
    forget_channel(channel.id)
    db.session.flush()
    audit.record("rota.channel-removed", by=by, subject=f"channel:{channel.id}", now=now, details=details)
    db.session.delete(channel)


def has_shifts(channel: Channel) -> bool:
    """Whether any rota, withdrawn ones included, has a shift on the channel."""
    return db.session.scalars(select(Shift.id).where(Shift.channel_id == channel.id).limit(1)).first() is not None


def lock_channel(channel_id: int) -> Channel:
    """Lock a channel until the transaction ends, as making a rota does, so that none gains shifts meanwhile."""
    return db.session.scalars(
        select(Channel)
        .where(Channel.id == channel_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _free_name(name: str, *, but_of: int | None = None) -> str:
    """The name as it is kept. Refuses an empty one, and one that reads like another channel's."""
    name = name_line(name, what="The name of a channel", longest=LONGEST_NAME, field="name")
    for other in all_channels():
        if other.id != but_of and compare_key(other.name) == compare_key(name):
            raise Invalid(f"There is a channel called “{other.name}” already.", field="name")
    return name


def write_pattern(
    channel: Channel,
    spans: Sequence[PatternSpan],
    *,
    starts_on: date,
    zone: ZoneInfo,
    by: int | None,
    now: datetime,
) -> CoverPattern:
    """Save a channel's weekly cover pattern from a day on, replacing one that starts on the same day.

    Rotas already made keep their shifts: a pattern is only read when a rota is made.
    """
    check(spans)
    pattern = db.session.scalars(
        select(CoverPattern)
        .where(CoverPattern.channel_id == channel.id, CoverPattern.starts_on == starts_on)
        .with_for_update(key_share=True)
    ).one_or_none()
    if pattern is None:
        pattern = CoverPattern(channel_id=channel.id, starts_on=starts_on)
        db.session.add(pattern)
    pattern.zone_name, pattern.made_at, pattern.made_by_id = zone.key, now, by
    pattern.spans.clear()
    for span in spans:
        kept = PatternSpanRow(
            days="".join(str(day) for day in sorted(span.days)),
            starts=span.starts,
            ends=span.ends,
            label=span.label,
        )
        kept.lines = [
            PatternLine(duty=need.duty, minimum=need.minimum, wanted=need.wanted, most=need.most) for need in span.needs
        ]
        pattern.spans.append(kept)
    db.session.flush()
    audit.record(
        "rota.pattern-written",
        by=by,
        subject=f"cover_pattern:{pattern.id}",
        now=now,
        details={"channel": channel.id, "starts_on": starts_on.isoformat()},
    )
    return pattern


def spans_of(pattern: CoverPattern) -> list[PatternSpan]:
    """A pattern's spans as plain values."""
    return [_plain(span) for span in pattern.spans]


def _plain(row: PatternSpanRow) -> PatternSpan:
    """A kept span as a plain value."""
    needs = tuple(Need(Duty(line.duty), line.minimum, line.wanted, line.most) for line in row.lines)
    return PatternSpan(frozenset(int(digit) for digit in row.days), row.starts, row.ends, row.label, needs)


def add_span(
    channel: Channel, span: PatternSpan, *, starts_on: date, zone: ZoneInfo, by: int | None, now: datetime
) -> CoverPattern:
    """Add a span to the pattern in force, as a pattern that holds from a day on."""
    before = pattern_on(channel, starts_on)
    existing = spans_of(before) if before else []
    return write_pattern(channel, [*existing, _with_kept_label(span)], starts_on=starts_on, zone=zone, by=by, now=now)


def _with_kept_label(span: PatternSpan) -> PatternSpan:
    """The span with its name as it is kept. Refuses one that is empty or too long."""
    label = name_line(span.label, what="The name of a shift", longest=LONGEST_LABEL, field="label")
    return replace(span, label=label)


def remove_span(channel: Channel, span_id: int, *, starts_on: date, by: int | None, now: datetime) -> CoverPattern:
    """Remove a span from the pattern in force, from a day on; after the last one nobody is needed on the channel."""
    before, kept = _pattern_without(channel, span_id, on=starts_on)
    zone = ZoneInfo(before.zone_name)
    return write_pattern(channel, kept, starts_on=starts_on, zone=zone, by=by, now=now)


def change_span(
    channel: Channel, span_id: int, span: PatternSpan, *, starts_on: date, by: int | None, now: datetime
) -> CoverPattern:
    """Replace a span of the pattern in force by another, from a day on."""
    before, kept = _pattern_without(channel, span_id, on=starts_on)
    zone = ZoneInfo(before.zone_name)
    changed = [*kept, _with_kept_label(span)]
    return write_pattern(channel, changed, starts_on=starts_on, zone=zone, by=by, now=now)


def span_of(channel: Channel, span_id: int, *, on: date) -> PatternSpan:
    """One span of the pattern in force on a day; refused as not found if it is no longer in it."""
    pattern = pattern_on(channel, on)
    rows = [] if pattern is None else [row for row in pattern.spans if row.id == span_id]
    if not rows:
        raise NotFound("This shift is no longer in the pattern.")
    return _plain(rows[0])


def _pattern_without(channel: Channel, span_id: int, *, on: date) -> tuple[CoverPattern, list[PatternSpan]]:
    span_of(channel, span_id, on=on)
    before = pattern_on(channel, on)
    assert before is not None
    return before, [_plain(row) for row in before.spans if row.id != span_id]


def channel(channel_id: int) -> Channel:
    """One channel; refused as not found if it does not exist."""
    channel = db.session.get(Channel, channel_id)
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


def pattern_on(channel: Channel, day: date) -> CoverPattern | None:
    """The pattern in force on a day, or None if the channel has none yet."""
    earlier = [each for each in patterns_of([channel.id])[channel.id] if each.starts_on <= day]
    return earlier[-1] if earlier else None


def patterns_of(channel_ids: Collection[int]) -> dict[int, list[CoverPattern]]:
    """Each channel's patterns, the earliest first."""
    rows = db.session.scalars(
        select(CoverPattern)
        .where(CoverPattern.channel_id.in_(channel_ids))
        .order_by(CoverPattern.starts_on)
        .options(selectinload(CoverPattern.spans).selectinload(PatternSpanRow.lines))
    )
    patterns: dict[int, list[CoverPattern]] = {channel_id: [] for channel_id in channel_ids}
    for pattern in rows:
        patterns[pattern.channel_id].append(pattern)
    return patterns


def planned(channel: Channel, patterns: Sequence[CoverPattern], first: date, last: date) -> list[PlannedShift]:
    """The shifts of one channel between two days, each day by the pattern in force on it and what is special about it.

    None once the channel is closed.
    """
    if channel.closes_on is not None:
        last = min(last, channel.closes_on - timedelta(days=1))
    plain = [WeeklyPattern(each.starts_on, ZoneInfo(each.zone_name), tuple(spans_of(each))) for each in patterns]
    special = special_days_between(first, last + timedelta(days=1)).get(channel.id, ())
    return planned_with(plain, special, first, last)


def all_channels() -> list[Channel]:
    """Every channel, in the order they were opened, closed ones too."""
    return list(db.session.scalars(select(Channel).order_by(Channel.id)))


def closed_channels(on: date) -> list[Channel]:
    """The channels that are closed on a day, in the order they were opened."""
    return [each for each in all_channels() if each.closes_on is not None and each.closes_on <= on]


def open_channels(on: date) -> list[Channel]:
    """The channels that are not closed on a day, in the order they were opened."""
    return [each for each in all_channels() if each.closes_on is None or each.closes_on > on]
