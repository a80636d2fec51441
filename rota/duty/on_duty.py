"""Who is on duty now, who follows, and whom to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby

from sqlalchemy import ColumnElement, true

from app import clock, settings
from app.domain import OnCall, stages_of
from app.people.models import Person
from app.people.private import phone_of
from app.people.rights import permissions_of
from progression.duties import Duty
from rota.permissions import RotaPermission
from rota.store.cover_needs import SpecialTime, UnplannedTime, cover_between
from rota.store.models import Channel, ChannelKind, CoverLine, Rota, Shift
from rota.store.seat_parts import as_worked, worked, worked_by
from rota.store.seats import SeatRow, between, is_own_shift, seats_where
from rota.store.shortages import Shortage, as_published, shortages

LOOK_AHEAD = timedelta(hours=24)
BEFORE_A_SHIFT = timedelta(hours=1)
"""How long before their shift people may ring the person on call, for example to say that they are ill or late."""

ON_CALL = "on-call"
"""The occasion, in the audit trail, on which the number of the person on call is read."""


@dataclass(frozen=True)
class DutySeat:
    """One seat of a shift that is on now or follows, with its holder's name and stage."""

    seat: SeatRow
    name: str | None
    stage: str | None


class Presence(StrEnum):
    """What every reader may know of a channel at this moment."""

    STAFFED = "staffed"
    UNWATCHED = "unwatched"  # people are needed now, and nobody is on
    CLOSED = "closed"  # nobody is needed now


@dataclass(frozen=True)
class ChannelOnDuty:
    """One channel at this moment. Names, seats and times only where the reader may know them: by role, or on shift."""

    name: str
    is_on_call: bool
    presence: Presence
    now: Sequence[DutySeat] = ()
    following: Sequence[DutySeat] = ()
    shortage: Shortage | None = None
    """What the shift that is on now is short of."""
    alarm: Alarm | None = None
    """That nobody is on call, now or within a day."""
    unplanned: UnplannedTime | None = None
    """The first time within a day for which people are needed and no shift is published, on-call lines left out."""
    closed: SpecialTime | None = None
    """The first time within a day for which it is closed besides its usual week, and why: every reader may know."""

    @property
    def is_unwatched(self) -> bool:
        """Whether people are needed now and nobody is on."""
        return self.presence is Presence.UNWATCHED


@dataclass(frozen=True)
class Alarm:
    """A time within a day for which nobody is on call: its empty seat, or None where no shift is published."""

    starts_at: datetime
    seat: SeatRow | None
    draft_rota_id: int | None = None


def on_duty(reader: Person, now: datetime) -> list[ChannelOnDuty]:
    """Return every channel with a shift, a need for one or a closure, now or within a day: on-call lines first.

    People with the permission read who is on; others only on shifts of their own and, while they may ring, who is on
    call. Of what else there is they learn whether somebody is there, and neither who nor when.
    """
    zone = settings.current().zone
    sees_all = RotaPermission.SEE_WHO in permissions_of(reader.id, on=clock.on(now, zone))
    cover = cover_between(now, now + LOOK_AHEAD, zone=zone, named=_named_to(reader, now, sees_all=sees_all))
    seats, unplanned = cover.seats, cover.unplanned.times
    at_work = as_worked(seats, cover.parts)
    stages = stages_of({seat.person_id for seat in at_work if seat.person_id is not None}, now)
    by_channel: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_channel[seat.channel_id].append(seat)
    channels = [
        _channel(
            of_channel,
            _Times(
                [seat for seat in at_work if seat.channel_id == channel_id],
                [time for time in unplanned if time.channel_id == channel_id],
            ),
            stages,
            sees_all,
            now,
        )
        for channel_id, of_channel in by_channel.items()
    ]
    other_times = sorted((time for time in unplanned if time.channel_id not in by_channel), key=_channel_of)
    without_shifts = groupby(other_times, key=_channel_of)
    channels += [_without_shift(list(times), sees_all, now) for _, times in without_shifts]
    channels = _with_closures(channels, cover.special)
    return sorted(channels, key=lambda channel: (not channel.is_on_call, channel.name))


def _with_closures(channels: Sequence[ChannelOnDuty], special: Sequence[SpecialTime]) -> list[ChannelOnDuty]:
    """The channels with their closures, and those that have a closure and nothing else; a channel's name is its own."""
    closed: dict[str, SpecialTime] = {}
    for each in special:
        if each.is_closed:
            closed.setdefault(each.channel, each)
    known = {each.name for each in channels}
    only_closed = [
        ChannelOnDuty(name, each.channel_kind is ChannelKind.ON_CALL, Presence.CLOSED, closed=each)
        for name, each in closed.items()
        if name not in known
    ]
    return [replace(each, closed=closed.get(each.name)) for each in channels] + only_closed


def _named_to(reader: Person, now: datetime, *, sees_all: bool) -> ColumnElement[bool]:
    """On which rows the reader may know who it is."""
    if sees_all:
        return true()
    named = is_own_shift(reader.id)
    if may_see_numbers(reader, own_seats(reader, now), now):
        named |= (Channel.kind == ChannelKind.ON_CALL) & (Shift.starts_at <= now)
    return named


def _channel_of(time: UnplannedTime) -> int:
    return time.channel_id


@dataclass(frozen=True)
class _Times:
    """Of one channel: who works from when until when, and the times for which no shift is published."""

    at_work: Sequence[SeatRow]
    unplanned: Sequence[UnplannedTime]


def _channel(
    seats: Sequence[SeatRow],
    times: _Times,
    stages: Mapping[int, str],
    sees_all: bool,
    now: datetime,
) -> ChannelOnDuty:
    current = [seat for seat in seats if seat.starts_at <= now]
    on_now = [seat for seat in times.at_work if seat.starts_at <= now < seat.ends_at]
    later = [seat for seat in times.at_work if seat.starts_at > now]
    following = [seat for seat in later if seat.shift_id == later[0].shift_id]
    unplanned = times.unplanned
    is_needed = bool(current) or any(time.starts_at <= now for time in unplanned)
    is_staffed = any(seat.is_taken for seat in current)
    of_now, of_next = sees_all or _is_named(on_now), sees_all or _is_named(following)

    def shown(seats: Sequence[SeatRow]) -> list[DutySeat]:
        return [
            DutySeat(seat, seat.holder, stages.get(seat.person_id or 0))
            for seat in seats
            if seat.is_wanted or seat.is_taken
        ]

    zone = settings.current().zone
    return ChannelOnDuty(
        seats[0].channel,
        seats[0].channel_kind is ChannelKind.ON_CALL,
        Presence.STAFFED if is_staffed else Presence.UNWATCHED if is_needed else Presence.CLOSED,
        shown(on_now) if of_now else (),
        shown(following) if of_next else (),
        # While one shift hands over to the next, each is judged for itself.
        next(iter(shortages(current, as_published, zone=zone, now=now)), None) if of_now else None,
        no_on_call(shortages(seats, as_published, zone=zone, now=now), unplanned, now=now) if sees_all else None,
        _first_to_plan(unplanned, sees_all=sees_all),
    )


def _first_to_plan(unplanned: Sequence[UnplannedTime], *, sees_all: bool) -> UnplannedTime | None:
    return next((time for time in unplanned if sees_all and not time.is_on_call), None)


def _is_named(seats: Sequence[SeatRow]) -> bool:
    """Whether the reader may know who is on these seats: where somebody is, the query named them."""
    return any(seat.person_id is not None for seat in seats)


def _without_shift(unplanned: Sequence[UnplannedTime], sees_all: bool, now: datetime) -> ChannelOnDuty:
    first = unplanned[0]
    return ChannelOnDuty(
        first.channel,
        first.is_on_call,
        Presence.UNWATCHED if first.starts_at <= now else Presence.CLOSED,
        alarm=no_on_call((), unplanned, now=now) if sees_all else None,
        unplanned=_first_to_plan(unplanned, sees_all=sees_all),
    )


def no_on_call(short: Sequence[Shortage], unplanned: Sequence[UnplannedTime], *, now: datetime) -> Alarm | None:
    """The first time within a day for which nobody is on call, whether its seat is empty or no shift is planned."""
    alarms = [
        Alarm(max(each.place.starts_at, now), each.empty[0]) for each in short if each.is_on_call and each.present == 0
    ]
    alarms += [Alarm(max(time.starts_at, now), None, time.draft_rota_id) for time in unplanned if time.is_on_call]
    soon = [alarm for alarm in alarms if alarm.starts_at < now + LOOK_AHEAD]
    return min(soon, key=lambda alarm: alarm.starts_at, default=None)


def on_call_now(now: datetime) -> set[int]:
    """Return the ids of the people who are on call at this moment."""
    seats = seats_where(
        Rota.version > 0, CoverLine.duty == Duty.ON_CALL, Shift.starts_at <= now, *between(now, now + LOOK_AHEAD)
    )
    at_work = [seat for seat in worked(seats) if seat.starts_at <= now < seat.ends_at]
    return {seat.person_id for seat in at_work if seat.person_id is not None}


def on_call_for(reader: Person, now: datetime) -> OnCall:
    """Say to a reader whether somebody is on call now, and whether that is the reader."""
    people = on_call_now(now)
    return OnCall.YOU if reader.id in people else OnCall.SOMEBODY if people else OnCall.NOBODY


def own_seats(reader: Person, now: datetime) -> list[SeatRow]:
    """Return the reader's seats on shifts that are on now or begin within the hour."""
    return worked_by([reader.id], now, now + BEFORE_A_SHIFT)


def may_see_numbers(reader: Person, own: Sequence[SeatRow], now: datetime) -> bool:
    """Whether the reader may ask for the number of the person on call: on shift, soon on shift, or a lead."""
    today = clock.on(now, settings.current().zone)
    return bool(own) or RotaPermission.RING in permissions_of(reader.id, on=today)


def may_ring(of: int, by: Person, now: datetime) -> bool:
    """Whether `by` may read the number of `of` now, who must have an on-call seat at this moment."""
    is_on_call = any(
        seat.duty is Duty.ON_CALL and seat.starts_at <= now < seat.ends_at
        for seat in worked_by([of], now, now + BEFORE_A_SHIFT)
    )
    return is_on_call and may_see_numbers(by, own_seats(by, now), now)


def on_call_number(of: int, *, by: Person, now: datetime) -> str | None:
    """Return the number of a person on call, None where none is on file. Refuses readers who may not ring them.

    The reading is recorded in the audit trail, so call it inside `db.writing()`.
    """
    return phone_of(of, by=by, why=ON_CALL, now=now)
