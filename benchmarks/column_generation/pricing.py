"""Column generation: dual values from the restricted master problem, the cheapest schedules for them, and again.

Duals jump while few columns are known, so schedules are priced half-way between them and the duals of the best bound
so far. At any duals, the cheapest schedules of all people plus the value of the cover constraints are a lower bound of
the cost of every plan (the Lagrangian bound).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from math import ceil
from typing import Any

from benchmarks.column_generation.constrained_shortest_paths import PRICE_UNITS
from benchmarks.column_generation.cover_constraints import CoverConstraints
from benchmarks.column_generation.individual_schedules import PricingProblem, Schedule
from benchmarks.column_generation.restricted_master import RestrictedMaster
from rota.scheduling.engine.relaxation import TOLERANCE

SCHEDULES_PER_PERSON = 3
"""Schedules of one person to add at a time."""

BATCH_PEOPLE = 30
"""People priced at the same duals while better schedules are still easy to find."""

SMOOTHING = 0.5
"""The share of the best duals so far in the duals that are priced."""


class ColumnGeneration:
    """The schedules generated so far, and the lower bound they have proved."""

    def __init__(
        self, cover: CoverConstraints, problems: Mapping[int, PricingProblem], should_stop: Callable[[], bool]
    ) -> None:
        self.cover, self.problems = cover, problems
        self.master = RestrictedMaster(cover, problems)
        self.should_stop = should_stop
        self.bound = float("-inf")
        self.best_duals: Any = None
        self.least: dict[int, float] = {}
        """The lower bound of each person's schedules at `best_duals`, without their fixed cost."""

    @property
    def whole_bound(self) -> int:
        """The lower bound of every plan: costs are whole, so the next whole number."""
        return 0 if self.bound < 0 else ceil(self.bound - TOLERANCE)

    def add(self, schedules: Iterable[Schedule]) -> None:
        """Add columns to the master."""
        for schedule in schedules:
            self.master.add(schedule)

    def close(self, seconds: float) -> bool:
        """Generate columns until none with negative reduced cost is missing. Returns False if that took too long."""
        ends = time.monotonic() + seconds

        def is_late() -> bool:
            return self.should_stop() or time.monotonic() >= ends

        everybody = sorted(self.problems)
        added = len(everybody)
        while len(everybody) > BATCH_PEOPLE and added >= len(everybody):
            # With many people the duals change after each few that got better schedules, so they are priced in turn.
            added = 0
            for first in range(0, len(everybody), BATCH_PEOPLE):
                if is_late() or not self.master.solve(seconds):
                    return False
                added += self._price(self._duals(0.0), everybody[first : first + BATCH_PEOPLE])
        while not is_late() and self.master.solve(seconds):
            added = self._price(self._duals(SMOOTHING), None) or self._price(self._duals(0.0), None)
            if self.should_stop():
                return False
            if not added or self.master.value - self.bound < TOLERANCE:
                return True
        return False

    def reprice(self, people: Collection[int], rounds: int, seconds: float) -> bool:
        """Generate columns for these people only. Returns False if that took too long."""
        for n in range(rounds + 1):
            if not self.master.solve(seconds) or self.should_stop():
                return False
            if n == rounds or not self._price(self._duals(0.0), people):
                break
        return True

    def _duals(self, smoothing: float) -> Any:
        """Return the duals of the cover constraints, smoothed and rounded so that sums of them are exact."""
        np, cover = self.cover.np, self.cover
        duals = np.clip(self.master.duals, -cover.surplus_price, cover.shortage_price)
        if self.best_duals is not None and smoothing:
            duals = smoothing * self.best_duals + (1 - smoothing) * duals
        return np.rint(duals * PRICE_UNITS) / PRICE_UNITS

    def _price(self, duals: Any, people: Collection[int] | None) -> int:
        """Solve the pricing problems once and return how many columns were added. With all people it proves a bound."""
        cover, master = self.cover, self.master
        prices = -cover.by_seat(duals)
        master_prices = -cover.by_seat(master.duals)
        total = float((duals * cover.wanted).sum())
        added = 0
        least: dict[int, float] = {}
        for person_id in self.problems if people is None else people:
            problem = self.problems[person_id]
            result = problem.cheapest(prices, SCHEDULES_PER_PERSON)
            least[person_id] = result.lower_bound
            total += result.lower_bound + problem.constraints.fixed_cost
            for schedule in result.schedules:
                reduced_cost = (
                    schedule.cost + master_prices[list(schedule.seats)].sum() - master.person_duals[person_id]
                )
                if reduced_cost < -TOLERANCE:
                    added += master.add(schedule)
            if self.should_stop():
                return 0
        if people is None and total > self.bound:
            self.bound, self.best_duals, self.least = total, duals, least
        return added
