"""Channels and their weekly cover patterns, as coordinators write them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, db
from app.refusals import Invalid, NotFound
from app.typed_text import compare_key, name_line
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need, PatternSpan, PlannedShift, check, shifts_between
from rota.store.models import (
    Channel,
    ChannelKind,
    CoverPattern,
    PatternLine,
    PatternSpanRow,
)

LONGEST_NAME = 60  # characters
LONGEST_LABEL = 40


def open_channel(name: str, kind: ChannelKind, *, by: int | None, now: datetime) -> Channel:
    """Open a channel. Its name is what people read on their shifts, so it is unique."""
    name = name_line(name, what="The name of a channel", longest=LONGEST_NAME, field="name")
    for other in db.session.scalars(select(Channel.name)):
        if compare_key(other) == compare_key(name):
            raise Invalid(f"There is a channel called “{other}” already.", field="name")
    channel = Channel(name=name, kind=kind)
    db.session.add(channel)
    db.session.flush()
    audit.record("rota.channel-opened", by=by, subject=f"channel:{channel.id}", now=now)
    return channel


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
    return [
        PatternSpan(
            frozenset(int(digit) for digit in span.days),
            span.starts,
            span.ends,
            span.label,
            tuple(Need(Duty(line.duty), line.minimum, line.wanted, line.most) for line in span.lines),
        )
        for span in pattern.spans
    ]


def add_span(
    channel: Channel, span: PatternSpan, *, starts_on: date, zone: ZoneInfo, by: int | None, now: datetime
) -> CoverPattern:
    """Add a span to the pattern in force, as a pattern that holds from a day on."""
    before = pattern_on(channel, starts_on)
    existing = spans_of(before) if before else []
    label = name_line(span.label, what="The name of a shift", longest=LONGEST_LABEL, field="label")
    return write_pattern(
        channel, [*existing, replace(span, label=label)], starts_on=starts_on, zone=zone, by=by, now=now
    )


def remove_span(channel: Channel, span_id: int, *, starts_on: date, by: int | None, now: datetime) -> CoverPattern:
    """Remove a span from the pattern in force, from a day on. The last one cannot be removed."""
    before = pattern_on(channel, starts_on)
    if before is None or span_id not in {each.id for each in before.spans}:
        raise NotFound("This shift is no longer in the pattern.")
    kept = [plain for row, plain in zip(before.spans, spans_of(before), strict=True) if row.id != span_id]
    zone = ZoneInfo(before.zone_name)
    return write_pattern(channel, kept, starts_on=starts_on, zone=zone, by=by, now=now)


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


def planned(patterns: Sequence[CoverPattern], first: date, last: date) -> list[PlannedShift]:
    """The shifts of one channel between two days, each day by the pattern in force on it."""
    shifts: list[PlannedShift] = []
    for number, pattern in enumerate(patterns):
        following = patterns[number + 1].starts_on if number + 1 < len(patterns) else date.max
        since, until = max(first, pattern.starts_on), min(last, following - timedelta(days=1))
        shifts.extend(shifts_between(spans_of(pattern), since, until, ZoneInfo(pattern.zone_name)))
    return shifts


def all_channels() -> list[Channel]:
    """Every channel, in the order they were opened."""
    return list(db.session.scalars(select(Channel).order_by(Channel.id)))
