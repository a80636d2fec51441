"""Making what is to be covered: channels, their weekly patterns, and a rota's shifts and seats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import audit, clock, db
from app.refusals import Conflict, Invalid, NotFound
from progression.duties import Duty
from rota.models import (
    Channel,
    ChannelKind,
    CoverLine,
    CoverPattern,
    PatternLine,
    PatternStretch,
    Rota,
    Seat,
    Shift,
)
from rota.pattern import Need, PlannedShift, Stretch, check, shifts_between

LONGEST_ROTA = timedelta(days=8 * 7)  # Availability further off is a guess.


class ShiftsExist(Conflict):
    """Another rota has shifts on this channel in these days."""


def open_channel(name: str, kind: ChannelKind, *, by: int | None, now: datetime) -> Channel:
    """Open a channel. Its name is what people read on their shifts, so it is unique."""
    name = " ".join(name.split())
    if not name:
        raise Invalid("Give the channel a name.", field="name")
    if db.session.scalars(select(Channel.id).where(Channel.name == name)).one_or_none() is not None:
        raise Invalid(f"There is a channel called “{name}” already.", field="name")
    channel = Channel(name=name, kind=kind.value)
    db.session.add(channel)
    db.session.flush()
    audit.record("rota.channel-opened", by=by, subject=f"channel:{channel.id}", now=now)
    return channel


def write_pattern(
    channel: Channel,
    stretches: Sequence[Stretch],
    *,
    starts_on: date,
    zone: ZoneInfo,
    by: int | None,
    now: datetime,
) -> CoverPattern:
    """Write down a channel's weekly need from a day on, in place of one that starts on the same day.

    Rotas made before keep their shifts as they are: a pattern is only read when a rota is made.
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
            PatternLine(duty=need.duty.value, minimum=need.minimum, wanted=need.wanted, most=need.most)
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


def stretches_of(pattern: CoverPattern) -> list[Stretch]:
    """A pattern's stretches as plain values."""
    return [
        Stretch(
            frozenset(int(digit) for digit in stretch.days),
            stretch.starts,
            stretch.ends,
            stretch.label,
            tuple(Need(Duty(line.duty), line.minimum, line.wanted, line.most) for line in stretch.lines),
        )
        for stretch in pattern.stretches
    ]


def add_stretch(
    channel: Channel, stretch: Stretch, *, starts_on: date, zone: ZoneInfo, by: int | None, now: datetime
) -> CoverPattern:
    """Add a stretch to the pattern in force, as a pattern that holds from a day on."""
    before = pattern_on(channel, starts_on)
    known = stretches_of(before) if before else []
    return write_pattern(channel, [*known, stretch], starts_on=starts_on, zone=zone, by=by, now=now)


def remove_stretch(
    channel: Channel, stretch_id: int, *, starts_on: date, by: int | None, now: datetime
) -> CoverPattern:
    """Take a stretch out of the pattern in force, from a day on. The last one stays."""
    before = pattern_on(channel, starts_on)
    if before is None or stretch_id not in {each.id for each in before.stretches}:
        raise NotFound("This stretch is not in the pattern any more.")
    kept = [plain for row, plain in zip(before.stretches, stretches_of(before), strict=True) if row.id != stretch_id]
    zone = ZoneInfo(before.zone_name)
    return write_pattern(channel, kept, starts_on=starts_on, zone=zone, by=by, now=now)


def channel(channel_id: int) -> Channel:
    """One channel, or a refusal that says it is not there."""
    found = db.session.get(Channel, channel_id)
    if found is None:
        raise NotFound("There is no such channel.")
    return found


def pattern_on(channel: Channel, day: date) -> CoverPattern | None:
    """The pattern in force on a day, or None where the channel has none yet."""
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
    found: dict[int, list[CoverPattern]] = {channel_id: [] for channel_id in channel_ids}
    for pattern in rows:
        found[pattern.channel_id].append(pattern)
    return found


def planned(patterns: Sequence[CoverPattern], first: date, last: date) -> list[PlannedShift]:
    """The shifts of one channel between two days, each day by the pattern in force on it."""
    shifts: list[PlannedShift] = []
    for number, pattern in enumerate(patterns):
        following = patterns[number + 1].starts_on if number + 1 < len(patterns) else date.max
        since, until = max(first, pattern.starts_on), min(last, following - timedelta(days=1))
        shifts.extend(shifts_between(stretches_of(pattern), since, until, ZoneInfo(pattern.zone_name)))
    return shifts


def make_rota(
    title: str,
    starts_on: date,
    ends_on: date,
    channel_ids: Collection[int],
    *,
    by: int | None,
    now: datetime,
) -> Rota:
    """Make a rota with its shifts and seats from the patterns in force. Refuses days another rota has."""
    title = " ".join(title.split())
    if not title:
        raise Invalid("Give the rota a title.", field="title")
    if ends_on < starts_on:
        raise Invalid("The last day must not come before the first.", field="ends_on")
    if ends_on - starts_on >= LONGEST_ROTA:
        raise Invalid("A rota may cover eight weeks at most.", field="ends_on")
    if not channel_ids:
        raise Invalid("Choose at least one channel.", field="channels")
    # Held until the end, so that of two rotas made at once for the same days the second sees the first.
    channels = db.session.scalars(
        select(Channel).where(Channel.id.in_(channel_ids)).order_by(Channel.id).with_for_update()
    ).all()
    if len(channels) != len(set(channel_ids)):
        raise NotFound("One of these channels does not exist any more.")
    rota = Rota(title=title, starts_on=starts_on, ends_on=ends_on, made_at=now, made_by_id=by)
    db.session.add(rota)
    patterns = patterns_of([channel.id for channel in channels])
    for channel in channels:
        shifts = planned(patterns[channel.id], starts_on, ends_on)
        if not shifts:
            raise Invalid(f"{channel.name} has no pattern for these days.", field="channels")
        _refuse_overlap(channel, shifts)
        db.session.flush()
        for shift in shifts:
            db.session.add(_shift(rota, channel, shift))
    db.session.flush()
    audit.record("rota.made", by=by, subject=f"rota:{rota.id}", now=now)
    return rota


def next_free_day(channel_ids: Collection[int], zone: ZoneInfo, *, today: date) -> date:
    """The first day after every shift these channels have, or the coming Monday where they have none."""
    last = db.session.scalars(
        select(Shift.starts_at).where(Shift.channel_id.in_(channel_ids)).order_by(Shift.starts_at.desc()).limit(1)
    ).one_or_none()
    monday = today + timedelta(days=7 - today.weekday())
    return monday if last is None else max(monday, clock.on(last, zone) + timedelta(days=1))


def _refuse_overlap(channel: Channel, shifts: Sequence[PlannedShift]) -> None:
    taken = db.session.scalars(
        select(Rota)
        .join(Shift, Shift.rota_id == Rota.id)
        .where(
            Shift.channel_id == channel.id,
            Shift.starts_at < max(shift.ends_at for shift in shifts),
            Shift.ends_at > min(shift.starts_at for shift in shifts),
        )
        .limit(1)
    ).one_or_none()
    if taken is not None:
        raise ShiftsExist(
            f"“{taken.title}” has shifts on {channel.name} in these days already. Choose days after it.",
            field="starts_on",
        )


def _shift(rota: Rota, channel: Channel, planned: PlannedShift) -> Shift:
    shift = Shift(
        rota_id=rota.id,
        channel_id=channel.id,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        label=planned.label,
    )
    for need in planned.needs:
        line = CoverLine(duty=need.duty.value, minimum=need.minimum, wanted=need.wanted, most=need.most)
        line.seats = [Seat(number=number) for number in range(1, need.most + 1)]
        shift.lines.append(line)
    return shift


def channels() -> list[Channel]:
    """Every channel, in the order they were opened."""
    return list(db.session.scalars(select(Channel).order_by(Channel.id)))
