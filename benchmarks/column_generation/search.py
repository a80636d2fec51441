"""Search by column generation: a start plan, then columns for the bound, and diving for plans near it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.column_generation.constrained_shortest_paths import Workspace
from benchmarks.column_generation.cover_constraints import CoverConstraints, ScheduleSet
from benchmarks.column_generation.diving_heuristic import CAREFUL, FAST, dive
from benchmarks.column_generation.enumeration import (
    cheapest_set,
    generated_schedules_below,
    schedules_below,
)
from benchmarks.column_generation.individual_schedules import PricingProblem
from benchmarks.column_generation.person_constraints import person_constraints
from benchmarks.column_generation.pricing import ColumnGeneration
from benchmarks.column_generation.sequential_start import improve_in_turn, sequential_start
from benchmarks.column_generation.weighted_sum_model import WeightedSumModel

DIVES_PER_RESTART = 6
"""Of so many dives one starts from nothing; the others free some people and hold the rest of the best plan."""

PRICING_SHARE = 0.6
"""The share of the time after which plans are searched for although columns are still missing."""

DIVES_PER_CHOICE = 6
"""Dives before a plan is chosen among all schedules generated so far."""

CHOICE_SECONDS = 10.0
"""The most that such a choice may take."""

FINISH_SECONDS = 30.0
"""The most that one integer program over enumerated schedules may take."""

FEWEST_FREE = 6
"""The fewest people freed in a dive."""


def pricing_problems(model: WeightedSumModel) -> dict[int, PricingProblem] | None:
    """Return each person's pricing problem, or None where some rule in force cannot be stated in it."""
    if not model.only_cover_joins_people:
        return None
    problems: dict[int, PricingProblem] = {}
    workspace = Workspace()
    for person in model.roster.people:
        if model.possible(person):
            constraints = person_constraints(model, person)
            if constraints is None:
                return None
            problems[person.id] = PricingProblem(constraints, workspace)
    return problems


@dataclass(frozen=True, slots=True)
class SearchState:
    """What the search shares with another one beside it.

    `record` takes the seats of a plan, `record_bound` a lower bound; `best` returns the values of the best plan found
    by either search.
    """

    record: Callable[[Sequence[int]], None]
    best: Callable[[], Sequence[int] | None]
    record_bound: Callable[[int], None]
    should_stop: Callable[[], bool]
    seconds_left: Callable[[], float]


class ColumnGenerationSearch:
    """One search over a roster in which only cover joins people."""

    def __init__(
        self, model: WeightedSumModel, problems: Mapping[int, PricingProblem], seed: int, state: SearchState
    ) -> None:
        self._model, self._problems, self._state = model, problems, state
        self._random = random.Random(seed)
        self._cover = CoverConstraints(model)
        self._columns = ColumnGeneration(self._cover, problems, state.should_stop)
        self._bound = 0

    def find_first(self) -> bool:
        """Find a start plan. Returns False where a person has no schedule that keeps the rules."""
        schedules = sequential_start(self._cover, self._problems, self._random)
        if schedules is None:
            return False
        self._state.record(schedules.values(self._model.program.lower))
        self._improve(schedules)
        return True

    def run(self) -> None:
        """Raise the bound and find better plans until the time is over."""
        should_stop, seconds_left = self._state.should_stop, self._state.seconds_left
        self._columns.add(self._best().schedules.values())
        is_closed = self._columns.close(seconds_left() * PRICING_SHARE)
        self._raise_bound(self._columns.whole_bound)
        may_finish = True
        for number, people in enumerate(self._people_to_free()):
            if should_stop():
                return
            if is_closed and number and number % DIVES_PER_CHOICE == 0:
                self._choose()
                may_finish = may_finish and self._finish()
            if number == 0 and not is_closed:
                continue
            best = self._best()
            settings = self._random.choice((CAREFUL, FAST)) if number else CAREFUL
            held = best if number else None
            better = dive(self._columns, held, people, best.cost, settings, self._random, seconds_left())
            if better is not None:
                self._improve(better)

    def _raise_bound(self, bound: int) -> None:
        self._bound = max(self._bound, bound)
        self._state.record_bound(self._bound)

    def _choose(self) -> None:
        """Choose a better plan among the schedules generated so far, if there is one."""
        cost = self._best().cost
        schedules = generated_schedules_below(self._columns, cost)
        seconds = min(self._state.seconds_left(), CHOICE_SECONDS)
        better = cheapest_set(self._columns, schedules, cost, seconds).schedules
        if better is not None:
            self._improve(better)

    def _finish(self) -> bool:
        """Find a plan at the bound or prove that there is none. Returns False where that takes too long."""
        while not self._state.should_stop():
            schedules = schedules_below(self._columns, self._bound + 1)
            if schedules is None:
                return False
            seconds = min(self._state.seconds_left(), FINISH_SECONDS)
            result = cheapest_set(self._columns, schedules, self._bound + 1, seconds)
            if result.schedules is not None:
                self._state.record(result.schedules.values(self._model.program.lower))
            if not result.is_certain or result.schedules is not None:
                return False
            self._raise_bound(self._bound + 1)
        return False

    def _people_to_free(self) -> Iterator[set[int]]:
        """Yield the people to free in one dive after another."""
        everybody = sorted(self._problems)
        while True:
            yield set(everybody)
            for _ in range(DIVES_PER_RESTART - 1):
                most = max(FEWEST_FREE, 2 * len(everybody) // 3)
                number = self._random.randint(min(FEWEST_FREE, len(everybody)), min(most, len(everybody)))
                yield set(self._random.sample(everybody, number))

    def _best(self) -> ScheduleSet:
        """Return the best plan so far as schedules."""
        values = self._state.best()
        assert values is not None
        return ScheduleSet(
            self._cover,
            (
                problem.schedule([seat for day in problem.constraints.days for seat in day if values[seat]])
                for problem in self._problems.values()
            ),
        )

    def _improve(self, schedules: ScheduleSet) -> None:
        improve_in_turn(schedules, self._problems, self._random, self._state.should_stop, self._columns.add)
        self._state.record(schedules.values(self._model.program.lower))
