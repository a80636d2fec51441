"""Who is on duty now, who follows, and whom to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app import clock, settings
from app.domain import stages_of
from app.people.directory import names_of
from app.people.models import Person
from app.people.private import phone_of
from app.people.rights import permissions_of
from progression.duties import Duty
from rota.permissions import RotaPermission
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow, seats_between, seats_held_by

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


@dataclass(frozen=True)
class ChannelOnDuty:
    """One channel with the seats of the shift that is on now and of the one that follows within a day, if any."""

    name: str
    is_on_call: bool
    now: Sequence[DutySeat]
    following: Sequence[DutySeat]

    @property
    def is_unwatched(self) -> bool:
        """Whether a shift is on now and nobody has a seat on it."""
        return bool(self.now) and all(each.name is None for each in self.now)


def on_duty(now: datetime) -> list[ChannelOnDuty]:
    """Return every channel with a published shift now or within a day: on-call lines first, then by name."""
    seats = seats_between(now, now + LOOK_AHEAD)
    people = {seat.person_id for seat in seats if seat.person_id is not None}
    names, stages = names_of(people), stages_of(people, now)

    def shown(seats: Sequence[SeatRow]) -> list[DutySeat]:
        return [
            DutySeat(seat, names.get(seat.person_id or 0), stages.get(seat.person_id or 0))
            for seat in seats
            if seat.is_wanted or seat.person_id is not None
        ]

    by_channel: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_channel[seat.channel_id].append(seat)
    channels = []
    for of_channel in by_channel.values():
        current = [seat for seat in of_channel if seat.starts_at <= now]
        later = [seat for seat in of_channel if seat.starts_at > now]
        following = [seat for seat in later if seat.shift_id == later[0].shift_id]
        name, kind = of_channel[0].channel, of_channel[0].channel_kind
        channels.append(ChannelOnDuty(name, kind is ChannelKind.ON_CALL, shown(current), shown(following)))
    return sorted(channels, key=lambda channel: (not channel.is_on_call, channel.name))


def own_seats(reader: Person, now: datetime) -> list[SeatRow]:
    """Return the reader's seats on shifts that are on now or begin within the hour."""
    return seats_held_by([reader.id], now, now + BEFORE_A_SHIFT)


def may_see_numbers(reader: Person, own: Sequence[SeatRow], now: datetime) -> bool:
    """Whether the reader may ask for the number of the person on call: on shift, soon on shift, or a lead."""
    today = clock.on(now, settings.current().zone)
    return bool(own) or RotaPermission.RING in permissions_of(reader.id, on=today)


def may_ring(of: int, by: Person, now: datetime) -> bool:
    """Whether `by` may read the number of `of` now, who must have an on-call seat at this moment."""
    is_on_call = any(
        seat.duty is Duty.ON_CALL and seat.starts_at <= now < seat.ends_at
        for seat in seats_held_by([of], now, now + BEFORE_A_SHIFT)
    )
    return is_on_call and may_see_numbers(by, own_seats(by, now), now)


def on_call_number(of: int, *, by: Person, now: datetime) -> str | None:
    """Return the number of a person on call, None where none is on file. Refuses readers who may not ring them.

    The reading is recorded in the audit trail, so call it inside `db.writing()`.
    """
    return phone_of(of, by=by, why=ON_CALL, now=now)
