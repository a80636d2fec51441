"""The seats that count as cover, and the shifts that are short of people. One rule for every page and e-mail.

A seat counts if it is wanted, is no shadow's, and its shift is not over: a shift that is on now and has nobody is as
much a gap as one of tomorrow. Every figure of “filled”, “short” and “empty” in the product comes from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app import clock
from app.policies import documents
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.store.models import ChannelKind
from rota.store.seats import SeatRow

IsTaken = Callable[[SeatRow], bool]
"""Whether somebody has a seat: as published, or as the draft has it."""


def as_published(seat: SeatRow) -> bool:
    """Whether somebody has the published seat."""
    return seat.is_taken


@dataclass(frozen=True, slots=True)
class Filling:
    """How many of the seats that count are filled."""

    filled: int
    wanted: int
    beyond: int = 0
    """How many people are on seats beyond those wanted: they help where a wanted seat stays empty."""

    @property
    def empty(self) -> int:
        """How many of them nobody has."""
        return self.wanted - self.filled


@dataclass(frozen=True, slots=True)
class Shortage:
    """A shift without the people it needs: the empty seats that count, and how many people are on it.

    `place` is any seat of the shift, for its channel and times.
    """

    place: SeatRow
    empty: tuple[SeatRow, ...]
    present: int
    is_alone: bool
    """Whether one person is on it where the rules want at least two."""
    has_begun: bool

    @property
    def is_on_call(self) -> bool:
        """Whether it is the on-call line's, which nobody else stands in for."""
        return self.place.channel_kind is ChannelKind.ON_CALL

    @property
    def kind(self) -> str:
        """Its mark: nobody, one person alone, or too few."""
        return mark_of(self.present, is_alone=self.is_alone)

    @property
    def words(self) -> str:
        """What is short, in words."""
        return words_of(self.present, len(self.empty), is_alone=self.is_alone, is_on_call=self.is_on_call)


def mark_of(present: int, *, is_alone: bool) -> str:
    """The mark of a shift that is short: nobody, one person alone, or too few."""
    return "empty" if present == 0 else "alone" if is_alone else "short"


def words_of(present: int, empty: int, *, is_alone: bool, is_on_call: bool) -> str:
    """What a shift is short of, in words: `present` people are on it, and `empty` seats that count are empty."""
    if present == 0:
        return "Nobody is on call" if is_on_call else "Empty"
    if not is_alone:
        return f"Short by {empty}"
    return f"One person alone, short by {empty}" if empty else "One person alone"


def counts(seat: SeatRow, *, now: datetime) -> bool:
    """Whether a seat counts in figures of cover."""
    return seat.is_wanted and seat.duty.counts_as_cover and seat.ends_at > now


def filling(seats: Iterable[SeatRow], is_taken: IsTaken, *, now: datetime) -> Filling:
    """Count the seats that count, those of them that somebody has, and who is on seats beyond them."""
    of_cover = [seat for seat in seats if seat.duty.counts_as_cover and seat.ends_at > now]
    counted = [seat for seat in of_cover if counts(seat, now=now)]
    taken = sum(is_taken(seat) for seat in counted)
    return Filling(taken, len(counted), beyond=sum(map(is_taken, of_cover)) - taken)


def shortages(seats: Iterable[SeatRow], is_taken: IsTaken, *, zone: ZoneInfo, now: datetime) -> list[Shortage]:
    """Return the shifts that are not over and are short of people, or have one person alone, in order of time."""
    by_shift: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in seats:
        by_shift[seat.shift_id].append(seat)
    found = (shortage(of_shift, is_taken, zone=zone, now=now) for of_shift in by_shift.values())
    return [each for each in found if each is not None]


def shortage(seats: Sequence[SeatRow], is_taken: IsTaken, *, zone: ZoneInfo, now: datetime) -> Shortage | None:
    """Judge one shift by all its seats; None where it has the people it needs, or is over."""
    place = seats[0]
    empty = tuple(seat for seat in seats if counts(seat, now=now) and not is_taken(seat))
    present = sum(is_taken(seat) for seat in seats if seat.duty.counts_as_cover)
    is_alone = present == 1 and place.ends_at > now and nobody_may_be_alone(place.starts_at, place.channel_kind, zone)
    if not empty and not is_alone:
        return None
    return Shortage(place, empty, present, is_alone, has_begun=place.starts_at <= now)


def nobody_may_be_alone(starts_at: datetime, kind: ChannelKind, zone: ZoneInfo) -> bool:
    """Whether the rules of the shift's day want at least two people on it; nobody asks that of the on-call line."""
    if kind is ChannelKind.ON_CALL:
        return False
    rule = documents.on(RotaRules, clock.on(starts_at, zone)).nobody_alone
    return rule.severity is not Severity.UNUSED and rule.at_least > 1
