"""Large neighbourhood search: free the seats of some people or days, hold all others, and solve that part again.

Each step draws one of three kinds of neighbourhood to destroy (some days, some people, or a block: some people on half
of the days) and repairs it with CP-SAT. Neighbourhoods grow while they are solved quickly and shrink when they are not.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf

from rota.scheduling.engine.cp_sat import SolverCallbacks, SolverSettings, optimise
from rota.scheduling.engine.program import Program, Terms

STEP_SECONDS = 1.0
"""The longest repair of one neighbourhood: one that is not solved by then was too large."""

SEEDED_STEPS_PER_SECOND = 4
"""With a seed the number of steps is fixed beforehand, so that the search is repeatable."""

LEAST_SECONDS = 0.05
"""Less time than this is not enough for a step."""

FIRST_SEATS = 400
"""Seats in the first neighbourhoods: about what is solved in under a second."""


@dataclass(frozen=True, slots=True)
class SeatVariable:
    """The variable of an open seat, with its person and day, by which neighbourhoods are chosen."""

    variable: int
    person_id: int
    day: date


class NeighbourhoodSize:
    """How many days or people the next neighbourhood of one kind frees."""

    def __init__(self, seats: int, largest: int) -> None:
        self.largest = largest
        self.size = max(1, min(largest, FIRST_SEATS * largest // max(1, seats)))

    def adapt(self, seconds: float, is_optimal: bool) -> None:
        """Grow after a repair that was solved quickly, shrink after one that was not solved."""
        if is_optimal and seconds < STEP_SECONDS / 4:
            self.size = min(self.largest, self.size + max(1, self.size // 8))
        elif not is_optimal:
            self.size = max(1, self.size - max(1, self.size // 4))


class _Seats:
    """The open seats of a program by person and by day, and the variables that depend on them."""

    def __init__(self, program: Program, seats: Iterable[SeatVariable]) -> None:
        self._program = program
        self._seats = list(seats)
        self._variables = {seat.variable for seat in self._seats}
        self.people = sorted({seat.person_id for seat in self._seats})
        self.days = sorted({seat.day for seat in self._seats})

    def __len__(self) -> int:
        return len(self._seats)

    def neighbourhood(self, people: set[int] | None, days: set[date] | None) -> set[int]:
        """Return the seats of these people on these days (None: all), and the variables that depend on them."""
        free = {
            seat.variable
            for seat in self._seats
            if (people is None or seat.person_id in people) and (days is None or seat.day in days)
        }
        edge = free
        # Shortfalls and totals depend on seats, and sums of those depend on them in turn.
        while edge:
            constraints = self._program.constraints_on(edge)
            beside = {v for c in constraints if not c.is_objective_limit for _, v in c.terms}
            edge = beside - free - self._variables
            free = free | edge
        return free


class LargeNeighbourhoodSearch:
    """A search that improves a solution step by step. The random draws go on from one call of `improve` to the next.

    `on_better` is called with each better solution. `is_acceptable` may refuse a solution for a reason that the
    program does not state. With a seed the search repeats itself unless the time ends it.
    """

    def __init__(
        self,
        program: Program,
        seats: Iterable[SeatVariable],
        objective: Terms,
        *,
        seed: int | None = None,
        on_better: Callable[[Sequence[int]], None],
        is_acceptable: Callable[[Sequence[int]], bool] | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self._program, self._objective = program, objective
        self._seats = _Seats(program, seats)
        self._is_seeded = seed is not None
        self.random = random.Random(seed or 0)  # noqa: S311 - the draws choose neighbourhoods, they guard nothing
        self._on_better, self._is_acceptable, self._should_stop = on_better, is_acceptable, should_stop
        self._sizes: Mapping[str, NeighbourhoodSize] = {}

    def improve(self, values: list[int], *, lower_bound: int, seconds: float, counts_steps: bool = False) -> list[int]:
        """Return a solution at least as good as `values`, once the bound, the time or `should_stop` ends the search.

        With `counts_steps`, for which a seed is needed, the clock does not end it.
        """
        if not self._seats.days:
            return values
        days, people = len(self._seats.days), len(self._seats.people)
        self._sizes = {
            "days": NeighbourhoodSize(len(self._seats), days),
            "people": NeighbourhoodSize(len(self._seats), people),
            "block": NeighbourhoodSize(len(self._seats) // 2, people),
        }
        ends = inf if counts_steps else time.monotonic() + seconds
        cost = self._program.evaluate(self._objective, values)
        steps_left = round(seconds * SEEDED_STEPS_PER_SECOND) if self._is_seeded else None
        while cost > lower_bound and (left := ends - time.monotonic()) > LEAST_SECONDS:
            if (self._should_stop is not None and self._should_stop()) or steps_left == 0:
                break
            steps_left = None if steps_left is None else steps_left - 1
            values, cost = self._step(values, cost, left)
        return values

    def _step(self, values: list[int], cost: int, seconds: float) -> tuple[list[int], int]:
        """Destroy and repair one neighbourhood; return the solution to go on with, and its objective."""
        kind = self.random.choice(sorted(self._sizes))
        free = self._draw(kind)
        started = time.monotonic()
        settings = SolverSettings(
            min(seconds, STEP_SECONDS),
            self.random.randrange(1 << 20),
            workers=1,
            deterministic=self._is_seeded,
            use_relaxation=True,
        )
        callbacks = SolverCallbacks(should_stop=self._should_stop)
        result = optimise(self._program, self._objective, settings, hint=values, free=free, callbacks=callbacks)
        spent = STEP_SECONDS / 8 if self._is_seeded else time.monotonic() - started
        self._sizes[kind].adapt(spent, result.is_optimal)
        if result.values is None or result.objective is None or result.objective > cost:
            return values, cost
        if self._is_acceptable is not None and not self._is_acceptable(result.values):
            return values, cost
        if result.objective < cost:
            self._on_better(result.values)
        return result.values, result.objective

    def _draw(self, kind: str) -> set[int]:
        """Choose the variables to free."""
        seats, size = self._seats, self._sizes[kind].size
        if kind == "days":
            first = self.random.choice(seats.days)
            return seats.neighbourhood(None, {first + timedelta(days=n) for n in range(size)})
        people = set(self.random.sample(seats.people, min(size, len(seats.people))))
        half = max(1, len(seats.days) // 2)
        days = set(seats.days[self.random.randrange(half) :][:half])
        return seats.neighbourhood(people, None if kind == "people" else days)
