"""Finding the walks that are worth having: prices from the master, the cheapest walks for them, and again.

Prices jump while few walks are known, so walks are looked for at prices half-way to the best so far. At any prices
the cheapest walks of all people, and what the lines are worth, come to less than any plan costs: that is the bound.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from math import ceil
from typing import Any

from rota.scheduling.engine.column_generation.constrained_shortest_paths import PARTS
from rota.scheduling.engine.column_generation.cover_lines import Cover
from rota.scheduling.engine.column_generation.individual_schedules import Walk, Walker
from rota.scheduling.engine.column_generation.restricted_master import Master
from rota.scheduling.engine.relaxation import NEARLY

EACH = 3
"""Walks of one person to take at a time."""

MANY = 30
"""People asked at the same prices, while walks are still easy to find."""

SMOOTHING = 0.5
"""How much of the prices is kept from the best ones so far."""


class Columns:
    """The walks known so far and the bound they have proved."""

    def __init__(self, cover: Cover, walkers: Mapping[int, Walker], should_stop: Callable[[], bool]) -> None:
        self.cover, self.walkers = cover, walkers
        self.master = Master(cover, walkers)
        self.should_stop = should_stop
        self.bound = float("-inf")
        self.best_worth: Any = None
        self.least: dict[int, float] = {}
        """What no walk of each person goes below at `best_worth`, apart from what they pay whatever they work."""

    @property
    def floor(self) -> int:
        """What no plan goes below: prices are whole, so the bound is the next whole number."""
        return 0 if self.bound < 0 else ceil(self.bound - NEARLY)

    def add(self, walks: Iterable[Walk]) -> None:
        """Make walks known."""
        for walk in walks:
            self.master.add(walk)

    def close(self, seconds: float) -> bool:
        """Find walks until none is missing; False if that took too long."""
        ends = time.monotonic() + seconds

        def is_late() -> bool:
            return self.should_stop() or time.monotonic() >= ends

        everybody = sorted(self.walkers)
        added = len(everybody)
        while len(everybody) > MANY and added >= len(everybody):
            # Among many people prices change with each few who found better walks, so those are asked in turn.
            added = 0
            for first in range(0, len(everybody), MANY):
                if is_late() or not self.master.solve(seconds):
                    return False
                added += self._round(self._rounded(0.0), everybody[first : first + MANY])
        while not is_late() and self.master.solve(seconds):
            found = self._round(self._rounded(SMOOTHING), None) or self._round(self._rounded(0.0), None)
            if self.should_stop():
                return False
            if not found or self.master.value - self.bound < NEARLY:
                return True
        return False

    def reprice(self, people: Collection[int], rounds: int, seconds: float) -> bool:
        """Find walks for these people, all others being held; False if that took too long."""
        for n in range(rounds + 1):
            if not self.master.solve(seconds) or self.should_stop():
                return False
            if n == rounds or not self._round(self._rounded(0.0), people):
                break
        return True

    def _rounded(self, smoothing: float) -> Any:
        np, cover = self.cover.np, self.cover
        worth = np.clip(self.master.worth, -cover.over, cover.short)
        if self.best_worth is not None and smoothing:
            worth = smoothing * self.best_worth + (1 - smoothing) * worth
        return np.rint(worth * PARTS) / PARTS

    def _round(self, worth: Any, people: Collection[int] | None) -> int:
        """Look for walks at these prices once: how many new ones there are. For all people it proves a bound."""
        cover, master = self.cover, self.master
        prices = -cover.by_seat(worth)
        real = -cover.by_seat(master.worth)
        total = float((worth * cover.wanted).sum())
        added = 0
        least: dict[int, float] = {}
        for person_id in self.walkers if people is None else people:
            walker = self.walkers[person_id]
            found = walker.cheapest(prices, EACH)
            least[person_id] = found.least
            total += found.least + walker.shape.always
            for walk in found.walks:
                if walk.price + real[list(walk.seats)].sum() < master.pays[person_id] - NEARLY:
                    added += master.add(walk)
            if self.should_stop():
                return 0
        if people is None and total > self.bound:
            self.bound, self.best_worth, self.least = total, worth, least
        return added
