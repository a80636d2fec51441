"""The cover constraints of the master problem, and a set of schedules measured by them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from benchmarks.column_generation.individual_schedules import Schedule
from benchmarks.column_generation.weighted_sum_model import WeightedSumModel


class CoverConstraints:
    """What each line wants, what people short and too many cost, and the line of each seat variable, as arrays."""

    def __init__(self, model: WeightedSumModel) -> None:
        import numpy  # Comes with the solver; loading it takes a while, so only processes that solve do.

        self.np = np = numpy
        lines = [(shift.id, line) for shift in model.roster.shifts for line in shift.lines]
        number = {(shift_id, line.duty): n for n, (shift_id, line) in enumerate(lines)}
        self.wanted = np.array([line.wanted for _, line in lines], dtype=np.int64)
        self.shortage_price = np.array([line.shortage_price for _, line in lines], dtype=np.int64)
        self.surplus_price = np.array([line.surplus_price for _, line in lines], dtype=np.int64)
        self.line_of = np.full(len(model.program.lower), len(lines), dtype=np.int64)
        for seating, variable in model.seats.items():
            self.line_of[variable] = number[seating.shift_id, seating.duty]

    def lines(self) -> Iterator[tuple[int, int, int]]:
        """Yield for each line: people wanted, shortage price, surplus price."""
        yield from zip(self.wanted.tolist(), self.shortage_price.tolist(), self.surplus_price.tolist(), strict=True)

    def by_seat(self, by_line: Any) -> Any:
        """Return a number for each line as a number for each variable: zero for those that are not seats."""
        return self.np.append(by_line, 0.0)[self.line_of]

    def cost(self, counts: Any) -> int:
        """Return the cost of so many people on each line."""
        short = self.wanted - counts
        np = self.np
        return int((np.maximum(short, 0) * self.shortage_price + np.maximum(-short, 0) * self.surplus_price).sum())

    def marginal_cost(self, counts: Any) -> Any:
        """Return the cost of one more person on each line; negative where people are missing."""
        return self.np.where(counts < self.wanted, -self.shortage_price, self.surplus_price).astype(float)


class ScheduleSet:
    """A schedule for each person, and their cost together. Any schedules fit together: only cover joins people."""

    def __init__(self, cover: CoverConstraints, schedules: Iterable[Schedule] = ()) -> None:
        self.cover = cover
        self.schedules: dict[int, Schedule] = {}
        self.counts = cover.np.zeros(len(cover.wanted), dtype=cover.np.int64)
        for schedule in schedules:
            self.put(schedule)

    @property
    def cost(self) -> int:
        """The weighted sum."""
        return self.cover.cost(self.counts) + sum(schedule.cost for schedule in self.schedules.values())

    def put(self, schedule: Schedule) -> None:
        """Give a person this schedule in place of their present one."""
        self.remove(schedule.person_id)
        self.schedules[schedule.person_id] = schedule
        self.counts[self.lines(schedule.seats)] += 1

    def remove(self, person_id: int) -> Schedule | None:
        """Remove and return a person's schedule."""
        schedule = self.schedules.pop(person_id, None)
        if schedule is not None:
            self.counts[self.lines(schedule.seats)] -= 1
        return schedule

    def lines(self, seats: Sequence[int]) -> Any:
        """Return the lines of these seats; no two seats of a schedule share one."""
        return self.cover.line_of[list(seats)]

    def values(self, lower: Sequence[int]) -> list[int]:
        """Return the seats as values of the program's variables, without the derived ones."""
        values = list(lower)
        for schedule in self.schedules.values():
            for seat in schedule.seats:
                values[seat] = 1
        return values
