"""Who is on at this moment, who comes next, and whom to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import stages_of
from app.people.private import phones_of
from rota.models import ChannelKind
from rota.names import names_of
from rota.seats import SeatRow, seats_between

LOOK_AHEAD = timedelta(hours=24)
ARRIVING = timedelta(minutes=30)  # before a shift begins, whoever comes on reads the handover and may need to ring


@dataclass(frozen=True)
class OnSeat:
    """One seat of a shift that is on, or comes next."""

    seat: SeatRow
    name: str | None
    stage: str | None
    phone: str | None = None  # of a person on call now, for a reader who may ring them


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


@dataclass(frozen=True)
class DutyBoard:
    """The channels, and whether the reader sees the number of whoever is on call."""

    channels: Sequence[ChannelNow]
    shows_numbers: bool


def on_duty(reader_id: int, now: datetime) -> DutyBoard:
    """Every channel with a published shift now or within a day, the on-call line first.

    The number of whoever is on call is shown while they are, to those who are on a shift or come on within half an
    hour: they are told to ring, and nobody else needs it.
    """
    seats = seats_between(now, now + LOOK_AHEAD)
    people = {seat.person_id for seat in seats if seat.person_id is not None}
    names, stages = names_of(people), stages_of(people, now)
    shows_numbers = any(seat.person_id == reader_id and seat.starts_at <= now + ARRIVING for seat in seats)
    called = {
        seat.person_id
        for seat in seats
        if seat.channel_kind is ChannelKind.ON_CALL and seat.starts_at <= now and seat.person_id is not None
    }
    phones = phones_of(called) if shows_numbers else {}

    def shown(places: Sequence[SeatRow]) -> list[OnSeat]:
        return [
            OnSeat(
                seat,
                names.get(seat.person_id or 0),
                stages.get(seat.person_id or 0),
                phones.get(seat.person_id or 0) if seat.channel_kind is ChannelKind.ON_CALL else None,
            )
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
    return DutyBoard(sorted(found, key=lambda channel: (not channel.is_on_call, channel.name)), shows_numbers)
