"""An integer program in plain lists, and its answers by CP-SAT. Its bounds come from `relaxation`.

Keeping the rows ourselves lets one statement serve both solvers, and lets a small part be solved again with
all else held still: only the rows that the part touches are given to the solver.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, overload

ONE = 0
"""A variable that can only be one, so that what is settled reads like anything else."""

Terms = Sequence[tuple[int, int]]
"""A sum: (number, variable) for each part."""


class Sum(Sequence[tuple[int, int]]):
    """Terms kept in little room: a large roster has millions, and a pair of Python numbers for each would be most
    of what the engine holds."""

    __slots__ = ("_numbers", "_variables")

    def __init__(self, terms: Iterable[tuple[int, int]]) -> None:
        numbers: tuple[int, ...]
        variables: tuple[int, ...]
        numbers, variables = zip(*terms, strict=True) if (terms := list(terms)) else ((), ())
        self._variables = array("i", variables)
        # Most sums count each part once, so those numbers are kept once for all.
        ones = _ONES.get(len(numbers))
        self._numbers: Sequence[int] = ones if ones == numbers else array("q", numbers)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._numbers, self._variables, strict=True)

    def __len__(self) -> int:
        return len(self._variables)

    @overload
    def __getitem__(self, place: int) -> tuple[int, int]: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[int, int]]: ...

    def __getitem__(self, place: int | slice) -> tuple[int, int] | Sequence[tuple[int, int]]:
        if isinstance(place, slice):
            return list(zip(self._numbers[place], self._variables[place], strict=True))
        return self._numbers[place], self._variables[place]

    @property
    def variables(self) -> Sequence[int]:
        """The variables alone."""
        return self._variables


_ONES = {length: (1,) * length for length in range(1, 65)}


@dataclass(frozen=True, slots=True)
class Row:
    """low <= sum <= high; None leaves a side open."""

    terms: Sum
    low: int | None
    high: int | None
    is_at_most_one: bool = False
    is_ceiling: bool = False
    """Whether it holds what an earlier stage reached. Such rows join everything, and nothing hangs on
    them."""


class Program:
    """Variables with whole-number bounds, and rows over them. It only grows."""

    def __init__(self) -> None:
        self.lows = [1]
        self.highs = [1]
        self.rows: list[Row] = []
        self._touching = [array("i")]

    def variable(self, low: int, high: int) -> int:
        """The number of a new variable."""
        self.lows.append(low)
        self.highs.append(high)
        self._touching.append(array("i"))
        return len(self.lows) - 1

    def touching(self, variables: Iterable[int]) -> list[Row]:
        """The rows in which any of these variables stands."""
        numbers = {number for variable in variables for number in self._touching[variable]}
        return [self.rows[number] for number in sorted(numbers)]

    def row(
        self, terms: Terms, low: int | None = None, high: int | None = None, *, is_ceiling: bool = False
    ) -> Row | None:
        """Add a row. Parts about one variable are made one, and settled variables are taken out.

        Returns the row, or None where the bounds of the variables say as much already.
        """
        lows, highs = self.lows, self.highs
        joined: dict[int, int] = {}
        constant = 0
        for number, variable in terms:
            low_here = lows[variable]
            if low_here == highs[variable]:
                constant += number * low_here
            elif variable in joined:
                joined[variable] += number
            else:
                joined[variable] = number
        kept = Sum([(number, variable) for variable, number in joined.items() if number])
        least = most = 0
        booleans = True
        for number, variable in kept:
            at_low, at_high = number * lows[variable], number * highs[variable]
            least += min(at_low, at_high)
            most += max(at_low, at_high)
            booleans = booleans and number == 1 and at_low == 0 and at_high == 1
        # What is settled may break a limit already; then nothing may be added to it, and no more is asked.
        low = None if low is None else min(low - constant, most)
        high = None if high is None else max(high - constant, least)
        low = None if low is not None and low <= least else low
        high = None if high is not None and high >= most else high
        if low is None and high is None:
            return None
        if high == least and low is None:
            # Nothing more may be added: say so of the variables, and leave the solvers no row to work at.
            for number, variable in kept:
                settled = self.lows[variable] if number > 0 else self.highs[variable]
                self.lows[variable] = self.highs[variable] = settled
            return None
        row = Row(kept, low, high, low is None and high == 1 and booleans, is_ceiling)
        place = len(self.rows)
        for variable in kept.variables:
            self._touching[variable].append(place)
        self.rows.append(row)
        return row

    def holds(self, values: Sequence[int]) -> bool:
        """Whether an answer keeps every row."""
        return all(
            (row.low is None or self.value(row.terms, values) >= row.low)
            and (row.high is None or self.value(row.terms, values) <= row.high)
            for row in self.rows
        )

    def value(self, terms: Terms, values: Sequence[int]) -> int:
        """What a sum comes to."""
        return sum(number * values[variable] for number, variable in terms)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver found. `values` is None when it found nothing; `bound` is what no answer can better."""

    values: list[int] | None
    objective: int | None
    bound: int
    is_proved: bool
    is_impossible: bool


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try. Counted in the solver's own steps, seconds only being their measure, it repeats
    itself."""

    seconds: float
    seed: int = 0
    workers: int = 2
    in_steps: bool = False
    by_relaxation: bool = False
    """Whether the full search leans on the relaxation: slower to good answers, and the only one that proves."""
    stop_at: int | None = None
    """An objective that cannot be bettered, by an independent bound: reaching it ends the search."""
    at_most: float | None = None
    """Seconds by the clock after which even a search counted in steps ends."""


def optimise(
    program: Program,
    objective: Terms,
    effort: Effort,
    *,
    hint: Sequence[int] | None = None,
    free: Collection[int] | None = None,
    on_better: Callable[[Sequence[int], int], None] | None = None,
    on_bound: Callable[[int], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Answer:
    """The least value of the objective, by CP-SAT.

    `free` names the variables that may move while all others keep their hint, which must then be an answer.
    """
    from ortools.sat.python import cp_model  # Loading it takes seconds and 80 MiB, so only who solves does.

    model = cp_model.CpModel()
    moving = range(len(program.lows)) if free is None else sorted(free)
    ours: dict[int, Any] = {v: model.new_int_var(program.lows[v], program.highs[v], "") for v in moving}

    def held(terms: Iterable[tuple[int, int]]) -> tuple[list[int], list[Any], int]:
        numbers, variables, constant = [], [], 0
        for number, variable in terms:
            theirs = ours.get(variable)
            if theirs is not None:
                numbers.append(number)
                variables.append(theirs)
            elif hint is not None:
                constant += number * hint[variable]
        return numbers, variables, constant

    for row in program.rows if free is None else program.touching(moving):
        numbers, variables, constant = held(row.terms)
        low = cp_model.INT32_MIN if row.low is None else row.low - constant
        high = cp_model.INT32_MAX if row.high is None else row.high - constant
        if row.is_at_most_one and high == 1:
            model.add_at_most_one(variables)
        else:
            model.add_linear_constraint(cp_model.LinearExpr.weighted_sum(variables, numbers), low, high)
    numbers, variables, constant = held(objective)
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, numbers) + constant)
    if hint is not None:
        for variable, theirs in ours.items():
            model.add_hint(theirs, hint[variable])

    solver = cp_model.CpSolver()
    settings = solver.parameters
    settings.num_workers = effort.workers
    settings.max_time_in_seconds = max(0.01, effort.seconds)
    settings.random_seed = effort.seed
    if effort.by_relaxation and effort.workers == 1:
        settings.linearization_level = 2
    elif effort.by_relaxation:
        settings.subsolvers.append("max_lp")
    if effort.in_steps:
        settings.interleave_search = effort.workers > 1
        settings.max_deterministic_time = max(0.01, effort.seconds)
        settings.max_time_in_seconds = max(0.01, effort.seconds * 20 if effort.at_most is None else effort.at_most)

    class Watch(cp_model.CpSolverSolutionCallback):
        def __init__(self) -> None:
            super().__init__()
            self.stopped = False

        def on_solution_callback(self) -> None:
            value = round(self.objective_value)
            if on_better is not None:
                on_better(_whole(program, hint, {v: self.value(theirs) for v, theirs in ours.items()}), value)
            if effort.stop_at is not None and value <= effort.stop_at:
                self.stop_search()

    if on_bound is not None:
        solver.best_bound_callback = lambda bound: on_bound(ceil(bound - 1e-6))
    done = threading.Event()

    def stop_when_asked() -> None:
        while should_stop is not None and not done.wait(0.1):
            if should_stop():
                solver.stop_search()

    asking = threading.Thread(target=stop_when_asked, daemon=True)
    asking.start()
    try:
        status = solver.solve(model, Watch())
    finally:
        done.set()
        asking.join()
    impossible = status == cp_model.INFEASIBLE
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        floor = sum(n * (program.lows[v] if n > 0 else program.highs[v]) for n, v in objective)
        return Answer(None, None, floor, False, impossible)
    values = _whole(program, hint, {v: solver.value(theirs) for v, theirs in ours.items()})
    found = program.value(objective, values)
    bound = ceil(solver.best_objective_bound - 1e-6)
    if effort.stop_at is not None and found <= effort.stop_at:
        bound = found
    return Answer(values, found, min(bound, found), status == cp_model.OPTIMAL or bound >= found, False)


def _whole(program: Program, hint: Sequence[int] | None, found: dict[int, int]) -> list[int]:
    values = list(hint) if hint is not None else list(program.lows)
    for variable, value in found.items():
        values[variable] = value
    return values
