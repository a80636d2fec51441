"""Who is on at this moment, who comes next, and whom to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import stages_of
from rota.models import ChannelKind
from rota.names import names_of
from rota.seats import SeatRow, seats_between

LOOK_AHEAD = timedelta(hours=24)


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
