"""Cover as walks see it: how many are on each line, and what one more there saves or costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rota.scheduling.engine.column_generation.individual_schedules import Walk
from rota.scheduling.engine.model import RosterModel


class Cover:
    """The lines of a roster judged by one sum of prices, and who is seated on which."""

    def __init__(self, model: RosterModel) -> None:
        import numpy  # Comes with the solver; loading it takes a while, so only who solves does.

        self.np = np = numpy
        lines = [(shift.id, line) for shift in model.roster.shifts for line in shift.lines]
        number = {(shift_id, line.duty): n for n, (shift_id, line) in enumerate(lines)}
        self.wanted = np.array([line.wanted for _, line in lines], dtype=np.int64)
        self.short = np.array([line.shortage_price for _, line in lines], dtype=np.int64)
        self.over = np.array([line.surplus_price for _, line in lines], dtype=np.int64)
        self.line_of = np.full(len(model.program.lows), len(lines), dtype=np.int64)
        for seating, variable in model.seats.items():
            self.line_of[variable] = number[seating.shift_id, seating.duty]

    def by_seat(self, by_line: Any) -> Any:
        """A number for each line as a number for each variable: nought for those that are no seats."""
        return self.np.append(by_line, 0.0)[self.line_of]

    def price(self, counts: Any) -> int:
        """What so many people on each line cost."""
        lacking = self.wanted - counts
        return int((self.np.maximum(lacking, 0) * self.short + self.np.maximum(-lacking, 0) * self.over).sum())

    def one_more(self, counts: Any) -> Any:
        """What one more on each line costs; less than nothing where somebody is missing."""
        return self.np.where(counts < self.wanted, -self.short, self.over).astype(float)


class Together:
    """A walk for each person, and what they cost together. Any walks go together: only cover joins people."""

    def __init__(self, cover: Cover, walks: Iterable[Walk] = ()) -> None:
        self.cover = cover
        self.walks: dict[int, Walk] = {}
        self.counts = cover.np.zeros(len(cover.wanted), dtype=cover.np.int64)
        for walk in walks:
            self.put(walk)

    @property
    def cost(self) -> int:
        """The sum of all prices."""
        return self.cover.price(self.counts) + sum(walk.price for walk in self.walks.values())

    def put(self, walk: Walk) -> None:
        """Give somebody a walk in place of the one they had."""
        self.take(walk.person_id)
        self.walks[walk.person_id] = walk
        self.counts[self.lines(walk.seats)] += 1

    def take(self, person_id: int) -> Walk | None:
        """Take somebody's walk from them."""
        walk = self.walks.pop(person_id, None)
        if walk is not None:
            self.counts[self.lines(walk.seats)] -= 1
        return walk

    def lines(self, seats: Sequence[int]) -> Any:
        """The lines on which these seats are: each seat of a walk is on another."""
        return self.cover.line_of[list(seats)]

    def copy(self) -> Together:
        """The same walks, to be changed apart from these."""
        return Together(self.cover, self.walks.values())

    def values(self, lows: Sequence[int]) -> list[int]:
        """The seats as an answer of the program, with nothing worked out from them yet."""
        values = list(lows)
        for walk in self.walks.values():
            for seat in walk.seats:
                values[seat] = 1
        return values
