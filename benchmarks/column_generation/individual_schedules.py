"""The pricing problem of one person: their cheapest schedules for given prices of seats.

Schedules are resource-constrained shortest paths. Resources that are seldom binding are left out of the paths at first
and priced by Lagrangian relaxation; those that often bind are tracked exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from benchmarks.column_generation.constrained_shortest_paths import ConstrainedShortestPaths, Workspace
from benchmarks.column_generation.person_constraints import PersonConstraints, Resource

MOST_STATES = 150_000
"""States of one day beyond which no further resource is tracked, and its use is priced instead."""

MULTIPLIER_STEPS = 5
"""How often to look for the least multiplier at which a resource limit is kept."""

PATIENCE = 4
"""How often a resource may be exceeded before paths track it: most are only while duals are still far off."""

FIRST_MULTIPLIER = 2.0

MOST_PATHS_FACTOR, FEWEST_PATHS = 3, 12
"""So many path ends are read back for each schedule wanted, and so many at least: some exceed a resource."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one person works in the whole period, as seat variables in order of days, and their own cost: wishes
    missed."""

    person_id: int
    seats: tuple[int, ...]
    cost: int


@dataclass(frozen=True, slots=True)
class PricingResult:
    """The cheapest schedules, cheapest first, and a lower bound of the price of every schedule."""

    schedules: tuple[Schedule, ...]
    lower_bound: float


class PricingProblem:
    """Finds one person's cheapest schedules for any prices of seats."""

    def __init__(self, constraints: PersonConstraints, workspace: Workspace) -> None:
        self.constraints = constraints
        self.person_id = constraints.person_id
        self._workspace = workspace
        tracked = [r for r in constraints.resources if r.low is not None or r.after_day_off]
        self._untracked = [r for r in constraints.resources if r not in tracked]
        self._paths = ConstrainedShortestPaths(constraints, tracked, workspace)
        self._times_exceeded: Counter[int] = Counter()
        self._multipliers: dict[int, float] = {}

    def schedule(self, seats: Sequence[int]) -> Schedule:
        """Return the schedule with these seats."""
        own = self.constraints.prices
        return Schedule(self.person_id, tuple(seats), self.constraints.fixed_cost + sum(own.get(v, 0) for v in seats))

    def cheapest(self, prices: Any, most: int = 1) -> PricingResult:
        """Return at most so many cheapest schedules that keep all constraints, for a price of each variable.

        Prices are added to the person's own. The person's fixed cost is in the cost of each schedule and not in the
        lower bound. No schedules: there are none, or none among the paths read back.
        """
        while True:
            result, exceeded = self._solve(prices, most)
            if exceeded is None:
                return result
            self._times_exceeded[id(exceeded)] += 1
            states = self._paths.states * (exceeded.high // gcd(*exceeded.uses.values()) + 1)
            if self._times_exceeded[id(exceeded)] < PATIENCE or states > MOST_STATES:
                priced = self._price_resource(exceeded, prices, most)
                if priced.schedules or states > MOST_STATES:
                    return priced
            self._untracked.remove(exceeded)
            tracked = [*self._paths.resources, exceeded]
            self._paths = ConstrainedShortestPaths(self.constraints, tracked, self._workspace)

    def within(self, prices: Any, limit: float, most: int) -> list[Schedule] | None:
        """Return every schedule with a price up to a limit; None if there are more than so many paths.

        Paths that exceed a resource count among them and are left out.
        """
        ends = self._paths.ends(prices)
        paths = self._paths.within(ends, limit, most)
        return None if paths is None else [self.schedule(seats) for seats in paths if self._exceeded(seats) is None]

    def _solve(self, prices: Any, most: int) -> tuple[PricingResult, Resource | None]:
        """Return the cheapest schedules that exceed nothing, and the resource that the cheapest path of all exceeds."""
        np, ends = self._workspace.numpy, self._paths.ends(prices)
        flat = ends.ravel()
        take = min(flat.size, max(most * MOST_PATHS_FACTOR, FEWEST_PATHS))
        best = np.argpartition(flat, take - 1)[:take]
        best = best[np.argsort(flat[best], kind="stable")]
        schedules: dict[Schedule, None] = {}
        first_exceeded: Resource | None = None
        for n in best.tolist():
            if flat[n] == float("inf") or len(schedules) >= most:
                break
            seats = self._paths.path_to(tuple(int(i) for i in np.unravel_index(n, ends.shape)))
            exceeded = self._exceeded(seats)
            if exceeded is None:
                schedules[self.schedule(seats)] = None
            elif first_exceeded is None and not schedules:
                first_exceeded = exceeded
        return PricingResult(tuple(schedules), float(flat[best[0]])), first_exceeded

    def _price_resource(self, resource: Resource, prices: Any, most: int) -> PricingResult:
        """Return the cheapest schedules when each use of an untracked resource costs more, until its limit is kept.

        The bound is credited with the price of all that the limit allows, so it stays below every schedule.
        """
        use = self._workspace.numpy.zeros(len(prices))
        use[list(resource.uses)] = list(resource.uses.values())
        bound, schedules = float("-inf"), {}
        multiplier, too_low, enough = self._multipliers.get(id(resource), FIRST_MULTIPLIER), 0.0, float("inf")
        for _ in range(MULTIPLIER_STEPS):
            result, exceeded = self._solve(prices + multiplier * use, most)
            bound = max(bound, result.lower_bound - multiplier * resource.high)
            schedules.update(dict.fromkeys(result.schedules))
            if exceeded is None:
                enough = self._multipliers[id(resource)] = multiplier
            else:
                too_low = multiplier
            multiplier = multiplier * 4 if enough == float("inf") else (too_low + enough) / 2
        price = {schedule: schedule.cost + float(prices[list(schedule.seats)].sum()) for schedule in schedules}
        return PricingResult(tuple(sorted(schedules, key=price.__getitem__)[:most]), bound)

    def _exceeded(self, seats: Sequence[int]) -> Resource | None:
        """Return an untracked resource whose limit these seats exceed."""
        for resource in self._untracked:
            if sum(resource.uses.get(v, 0) for v in seats) > resource.high:
                return resource
        return None
