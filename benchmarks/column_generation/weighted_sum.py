"""Minimise the weighted sum of a roster: column generation or one large CP-SAT search, and a second one beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from benchmarks.column_generation.search import ColumnGenerationSearch, SearchState, pricing_problems
from benchmarks.column_generation.weighted_sum_model import WeightedSumModel
from rota.scheduling.engine.cp_sat import SolverCallbacks, SolverSettings, optimise
from rota.scheduling.engine.large_neighbourhood_search import LargeNeighbourhoodSearch
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.rules.book import breaches

SMALL_SEATS = 1_600
"""Seats up to which CP-SAT on the whole program with both cores proves more than neighbourhoods beside it find."""

FIRST_SHARE = 0.4
"""The share of the time that a first plan, however poor, may take."""

SLICE_SECONDS = 5.0
"""How long the neighbourhood search works on one plan before it takes the best one found by either search."""

ANY_COST = 1 << 40
"""More than any plan costs: the first plan found will do."""


@dataclass(frozen=True, slots=True)
class WeightedSumResult:
    """The cheapest plan found, or None where none that keeps the rules was found in time."""

    plan: Plan | None
    cost: int | None
    bound: int
    seconds: float

    @property
    def is_proved(self) -> bool:
        """Whether no plan is cheaper."""
        return self.cost is not None and self.cost <= self.bound


def minimise_cost(
    roster: Roster,
    *,
    seconds: float,
    seed: int = 0,
    should_stop: Callable[[], bool] | None = None,
    small_seats: int = SMALL_SEATS,
) -> WeightedSumResult:
    """Return the plan with the least cost found, and the lower bound proved.

    A seed repeats each random draw, but two searches exchange what they find, in an order that is not repeatable.
    """
    started = time.monotonic()
    search = _Search(roster, started + seconds, seed, should_stop)
    is_small = len(search.light.seats) <= small_seats
    columns = search.column_generation()
    if columns is not None and not (columns.find_first() and search.plan is not None):
        columns = None
    if columns is None and is_small:
        search.solve_whole(workers=2)
    elif columns is not None:
        _run_both(columns.run, search.solve_whole_on_one_core if is_small else search.improve)
    else:
        search.find_first()
        if search.plan is not None:
            _run_both(search.solve_whole_on_one_core, search.improve)
    return WeightedSumResult(search.plan, search.cost, search.bound, time.monotonic() - started)


def _run_both(one: Callable[[], None], other: Callable[[], None]) -> None:
    """Run two searches at the same time: solvers and large arrays release the interpreter's lock."""
    beside = threading.Thread(target=other)
    beside.start()
    one()
    beside.join()


class _Search:
    """What the searches have found between them.

    The tight model, made when first needed, is for proofs. The light one, without automata for runs of days, is faster
    to cut neighbourhoods from.
    """

    def __init__(self, roster: Roster, ends: float, seed: int, should_stop: Callable[[], bool] | None) -> None:
        self.light = WeightedSumModel(roster, has_automata=False)
        self._roster = roster
        self.plan: Plan | None = None
        self.cost: int | None = None
        self.bound = 0
        self._ends, self._seed, self._asked_to_stop = ends, seed, should_stop
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    @cached_property
    def tight(self) -> WeightedSumModel:
        return WeightedSumModel(self._roster)

    def column_generation(self) -> ColumnGenerationSearch | None:
        """Return the search by column generation, or None where it cannot state some rule."""
        problems = pricing_problems(self.light)
        if problems is None:
            return None
        state = SearchState(
            record=self._record_schedules,
            best=lambda: None if self.plan is None else self.light.solution_of(self.plan),
            record_bound=self._record_bound,
            should_stop=self.is_over,
            seconds_left=lambda: self.left,
        )
        return ColumnGenerationSearch(self.light, problems, self._seed, state)

    def is_over(self) -> bool:
        """Whether the plan is proved, the time is over, or the caller asked to stop."""
        proved = self.cost is not None and self.cost <= self.bound
        return proved or self.left <= 0 or (self._asked_to_stop is not None and self._asked_to_stop())

    def record(self, model: WeightedSumModel, values: Sequence[int]) -> None:
        """Keep a solution if it is the cheapest so far."""
        cost = model.program.evaluate(model.cost, model.with_derived(values))
        with self._lock:
            if self.cost is None or cost < self.cost:
                self.plan, self.cost = model.plan_of(values), cost

    def _record_schedules(self, values: Sequence[int]) -> None:
        """Keep a plan put together from schedules, if checking it by the rules finds nothing."""
        if all(breach.person_id is None for breach in breaches(self._roster, self.light.plan_of(values))):
            self.record(self.light, values)

    def _record_bound(self, bound: int) -> None:
        with self._lock:
            self.bound = max(self.bound, bound)

    def find_first(self) -> None:
        """Find any solution to start from."""
        settings = SolverSettings(self.left * FIRST_SHARE, self._seed, workers=2, target=ANY_COST)
        callbacks = SolverCallbacks(should_stop=self.is_over)
        result = optimise(self.light.program, self.light.cost, settings, callbacks=callbacks)
        if result.values is not None:
            self.record(self.light, result.values)

    def solve_whole(self, *, workers: int) -> None:
        """Give CP-SAT the whole program."""
        tight = self.tight
        result = optimise(
            tight.program,
            tight.cost,
            SolverSettings(self.left, self._seed, workers=workers, use_relaxation=True),
            hint=None if self.plan is None else tight.solution_of(self.plan),
            callbacks=SolverCallbacks(
                on_better=lambda values, _: self.record(tight, values),
                on_bound=self._record_bound,
                should_stop=self.is_over,
            ),
        )
        if result.values is not None:
            self.record(tight, result.values)
        self._record_bound(result.bound)

    def solve_whole_on_one_core(self) -> None:
        """Give CP-SAT the whole program and one core."""
        self.solve_whole(workers=1)

    def improve(self) -> None:
        """Search the neighbourhoods of the best plan so far, found by either search."""
        light = self.light
        neighbourhoods = LargeNeighbourhoodSearch(
            light.program,
            light.open_seats(),
            light.cost,
            on_better=lambda values: self.record(light, values),
            should_stop=self.is_over,
        )
        neighbourhoods.random.seed(self._seed)
        while not self.is_over():
            assert self.plan is not None
            values, seconds = light.solution_of(self.plan), min(self.left, SLICE_SECONDS)
            neighbourhoods.improve(values, lower_bound=self.bound, seconds=seconds)
