"""Who is on at this moment, who comes next, and whom to call."""

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
"""How long before their shift people may ring the person on call: to say they are late, or not well."""

ON_CALL = "on-call"
"""The occasion on which the number of the person on call is shown."""


@dataclass(frozen=True)
class OnSeat:
    """One seat of a shift that is on, or comes next."""

    seat: SeatRow
    name: str | None
    stage: str | None


@dataclass(frozen=True)
class ChannelNow:
    """One channel: the shift that is on (if one is), and the one that follows within a day."""

    name: str
    is_on_call: bool
    now: Sequence[OnSeat]
    following: Sequence[OnSeat]

    @property
    def is_unwatched(self) -> bool:
        """Whether a shift is on and nobody is there."""
        return bool(self.now) and all(each.name is None for each in self.now)


def on_duty(now: datetime) -> list[ChannelNow]:
    """Every channel with a published shift now or within a day, the on-call line first."""
    seats = seats_between(now, now + LOOK_AHEAD)
    people = {seat.person_id for seat in seats if seat.person_id is not None}
    names, stages = names_of(people), stages_of(people, now)

    def shown(places: Sequence[SeatRow]) -> list[OnSeat]:
        return [
            OnSeat(seat, names.get(seat.person_id or 0), stages.get(seat.person_id or 0))
            for seat in places
            if seat.is_wanted or seat.person_id is not None
        ]

    by_channel: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_channel[seat.channel_id].append(seat)
    found = []
    for places in by_channel.values():
        current = [seat for seat in places if seat.starts_at <= now]
        later = [seat for seat in places if seat.starts_at > now]
        following = [seat for seat in later if seat.shift_id == later[0].shift_id]
        kind = places[0].channel_kind
        found.append(ChannelNow(places[0].channel, kind is ChannelKind.ON_CALL, shown(current), shown(following)))
    return sorted(found, key=lambda channel: (not channel.is_on_call, channel.name))


def own_seats(reader: Person, now: datetime) -> list[SeatRow]:
    """The seats of a shift that the reader is on, or that begins within the hour."""
    return seats_held_by([reader.id], now, now + BEFORE_A_SHIFT)


def may_see_numbers(reader: Person, own: Sequence[SeatRow], now: datetime) -> bool:
    """Whether the reader may ask for the number of whoever is on call: on shift, nearly on shift, or a lead."""
    today = clock.on(now, settings.current().zone)
    return bool(own) or RotaPermission.RING in permissions_of(reader.id, on=today)


def may_ring(of: int, by: Person, now: datetime) -> bool:
    """Whether `by` may be told the number of `of` now: only of whoever has an on-call seat at this moment."""
    is_on_call = any(
        seat.duty is Duty.ON_CALL and seat.starts_at <= now < seat.ends_at
        for seat in seats_held_by([of], now, now + BEFORE_A_SHIFT)
    )
    return is_on_call and may_see_numbers(by, own_seats(by, now), now)


def number_of(of: int, *, by: Person, now: datetime) -> str | None:
    """The number of somebody who is on call, for somebody who may ring them; None where none is on file.

    Reading it is written down. Call it inside `db.writing()`.
    """
    return phone_of(of, by=by, why=ON_CALL, now=now)
