"""What a proposal may touch: the whole rota, some days of it, or only seats that nobody has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from app import clock
from rota.scheduling.roster import Roster, RosterLine, RosterShift
from rota.store.draft_board import DraftBoard
from rota.store.seats import SeatRow
from rota.store.snapshot import plan_of


@dataclass(frozen=True)
class ProposalScope:
    """Which seats a proposal may fill or change: those of some days, both included, and with `only_gaps` empty ones."""

    first: date | None = None
    last: date | None = None
    only_gaps: bool = False

    def as_json(self) -> dict[str, Any]:
        """As the arguments of a task keep it."""
        days = {"first": self.first, "last": self.last}
        return {name: day and day.isoformat() for name, day in days.items()} | {"only_gaps": self.only_gaps}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> ProposalScope:
        """Read what `as_json` wrote; without it, the whole rota."""
        if kept is None:
            return cls()
        first, last = (kept[name] and date.fromisoformat(kept[name]) for name in ("first", "last"))
        return cls(first, last, kept["only_gaps"])

    @property
    def is_whole(self) -> bool:
        """Whether it is every seat of the rota that a proposal may touch at all."""
        return self == WHOLE_ROTA

    def changeable(self, board: DraftBoard, roster: Roster, *, now: datetime) -> list[SeatRow]:
        """The seats that the proposal may fill, empty or give to others."""
        return [
            seat
            for seat in board.seats
            if seat.starts_at > now and not board.is_settled(seat)
            if self._has(clock.on(seat.starts_at, roster.zone))
            if not (self.only_gaps and board.has_holder(seat))
        ]

    def _has(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def narrowed(self, roster: Roster, board: DraftBoard, *, now: datetime) -> Roster:
        """The roster for the engine: everybody on other seats is fixed, and other empty seats are not asked for."""
        changeable = self.changeable(board, roster, now=now)
        ids = {seat.id for seat in changeable}
        fixed = [
            (seat, board.holder(seat))
            for seat in board.seats
            if seat.starts_at > now and seat.id not in ids and board.has_holder(seat)
        ]
        room = Counter((seat.shift_id, seat.duty) for seat in [*changeable, *(seat for seat, _ in fixed)])
        return replace(
            roster,
            fixed=tuple(sorted(plan_of(fixed).seatings)),
            shifts=tuple(_with_room(shift, room) for shift in roster.shifts),
        )


def _with_room(shift: RosterShift, room: Mapping[tuple[int, Any], int]) -> RosterShift:
    def at_most(line: RosterLine) -> RosterLine:
        most = min(line.most, room[shift.id, line.duty])
        return replace(line, minimum=min(line.minimum, most), wanted=min(line.wanted, most), most=most)

    return replace(shift, lines=tuple(map(at_most, shift.lines)))


WHOLE_ROTA = ProposalScope()
