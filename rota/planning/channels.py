"""Channels and their weekly cover patterns, as coordinators write them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, db
from app.refusals import Invalid, NotFound
from progression.duties import Duty
from rota.scheduling.cover_pattern import Need, PatternSpan, PlannedShift, check, shifts_between
from rota.store.models import (
    Channel,
    ChannelKind,
    CoverPattern,
    PatternLine,
    PatternStretch,
)


def open_channel(name: str, kind: ChannelKind, *, by: int | None, now: datetime) -> Channel:
    """Open a channel. Its name is what people read on their shifts, so it is unique."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("Give the channel a name.", field="name")
    if db.session.scalars(select(Channel.id).where(Channel.name == name)).one_or_none() is not None:
        raise Invalid(f"There is a channel called “{name}” already.", field="name")
    channel = Channel(name=name, kind=kind)
    db.session.add(channel)
    db.session.flush()
    audit.record("rota.channel-opened", by=by, subject=f"channel:{channel.id}", now=now)
    return channel


def write_pattern(
    channel: Channel,
    stretches: Sequence[PatternSpan],
    *,
    starts_on: date,
    zone: ZoneInfo,
    by: int | None,
    now: datetime,
) -> CoverPattern:
    """Save a channel's weekly cover pattern from a day on, replacing one that starts on the same day.

    Rotas already made keep their shifts: a pattern is only read when a rota is made.
    """
    check(stretches)
    pattern = db.session.scalars(
        select(CoverPattern)
        .where(CoverPattern.channel_id == channel.id, CoverPattern.starts_on == starts_on)
        .with_for_update()
    ).one_or_none()
    if pattern is None:
        pattern = CoverPattern(channel_id=channel.id, starts_on=starts_on)
        db.session.add(pattern)
    pattern.zone_name, pattern.made_at, pattern.made_by_id = zone.key, now, by
    pattern.stretches.clear()
    for stretch in stretches:
        kept = PatternStretch(
            days="".join(str(day) for day in sorted(stretch.days)),
            starts=stretch.starts,
            ends=stretch.ends,
            label=stretch.label,
        )
        kept.lines = [
            PatternLine(duty=need.duty, minimum=need.minimum, wanted=need.wanted, most=need.most)
            for need in stretch.needs
        ]
        pattern.stretches.append(kept)
    db.session.flush()
    audit.record(
        "rota.pattern-written",
        by=by,
        subject=f"cover_pattern:{pattern.id}",
        now=now,
        details={"channel": channel.id, "starts_on": starts_on.isoformat()},
    )
    return pattern


def stretches_of(pattern: CoverPattern) -> list[PatternSpan]:
    """A pattern's stretches as plain values."""
    return [
        PatternSpan(
            frozenset(int(digit) for digit in stretch.days),
            stretch.starts,
            stretch.ends,
            stretch.label,
            tuple(Need(Duty(line.duty), line.minimum, line.wanted, line.most) for line in stretch.lines),
        )
        for stretch in pattern.stretches
    ]


def add_stretch(
    channel: Channel, stretch: PatternSpan, *, starts_on: date, zone: ZoneInfo, by: int | None, now: datetime
) -> CoverPattern:
    """Add a stretch to the pattern in force, as a pattern that holds from a day on."""
    before = pattern_on(channel, starts_on)
    existing = stretches_of(before) if before else []
    return write_pattern(channel, [*existing, stretch], starts_on=starts_on, zone=zone, by=by, now=now)


def remove_stretch(
    channel: Channel, stretch_id: int, *, starts_on: date, by: int | None, now: datetime
) -> CoverPattern:
    """Remove a stretch from the pattern in force, from a day on. The last one cannot be removed."""
    before = pattern_on(channel, starts_on)
    if before is None or stretch_id not in {each.id for each in before.stretches}:
        raise NotFound("This stretch is not in the pattern any more.")
    kept = [plain for row, plain in zip(before.stretches, stretches_of(before), strict=True) if row.id != stretch_id]
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
        .options(selectinload(CoverPattern.stretches).selectinload(PatternStretch.lines))
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
        shifts.extend(shifts_between(stretches_of(pattern), since, until, ZoneInfo(pattern.zone_name)))
    return shifts


def all_channels() -> list[Channel]:
    """Every channel, in the order they were opened."""
    return list(db.session.scalars(select(Channel).order_by(Channel.id)))
