"""The cheapest walks of one person: paths that keep every total, whether the paths follow it or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from rota.scheduling.engine.column_generation.constrained_shortest_paths import Paths, Scratch
from rota.scheduling.engine.column_generation.person_constraints import Shape, Total

MOST_STATES = 150_000
"""States of one day beyond which a further total is not followed, and each use of it is charged for instead."""

CHARGES = 5
"""How often to look for the least charge at which a total is kept."""

PATIENCE = 4
"""How often a total may be in the way before paths follow it: most are only while prices are still wild."""

FIRST_CHARGE = 2.0


@dataclass(frozen=True, slots=True)
class Walk:
    """What one person works, as the variables of their seats in order of days, and its own price: wishes missed."""

    person_id: int
    seats: tuple[int, ...]
    price: int


@dataclass(frozen=True, slots=True)
class Found:
    """The cheapest walks, cheapest first, and a price that no walk at all goes below."""

    walks: tuple[Walk, ...]
    least: float


class Walker:
    """Finds one person's cheapest walks for any prices of seats."""

    def __init__(self, shape: Shape, scratch: Scratch) -> None:
        self.shape = shape
        self.person_id = shape.person_id
        self._scratch = scratch
        followed = [t for t in shape.totals if t.low is not None or t.afresh]
        self._loose = [t for t in shape.totals if t not in followed]
        self._paths = Paths(shape, followed, scratch)
        self._in_the_way: Counter[int] = Counter()
        self._charge: dict[int, float] = {}

    def walk(self, seats: Sequence[int]) -> Walk:
        """The walk with these seats."""
        own = self.shape.prices
        return Walk(self.person_id, tuple(seats), self.shape.always + sum(own.get(v, 0) for v in seats))

    def cheapest(self, prices: Any, most: int = 1) -> Found:
        """The cheapest walks for the price of each variable, at most so many, that keep all that was told.

        The prices of seats are added to the person's own; what the person pays whatever they work is left out of
        `least`, and is in the walk's own price. No walks: there are none, or none was found among the cheapest.
        """
        while True:
            found, broken = self._try(prices, most)
            if broken is None:
                return found
            self._in_the_way[id(broken)] += 1
            is_small = self._paths.states * (broken.high // gcd(*broken.counts.values()) + 1) <= MOST_STATES
            if self._in_the_way[id(broken)] < PATIENCE or not is_small:
                charged = self._charging(broken, prices, most)
                if charged.walks or not is_small:
                    return charged
            self._loose.remove(broken)
            self._paths = Paths(self.shape, [*self._paths.totals, broken], self._scratch)

    def within(self, prices: Any, limit: float, most: int) -> list[Walk] | None:
        """Every walk that costs so much or less, with the same prices as `cheapest`; None if there are more than so
        many, some that are no walks counted among them."""
        ends = self._paths.ends(prices)
        found = self._paths.within(ends, limit, most)
        return None if found is None else [self.walk(seats) for seats in found if self._passed(seats) is None]

    def _try(self, prices: Any, most: int) -> tuple[Found, Total | None]:
        """The cheapest walks that keep every total, and the total that the very cheapest path passes, if any."""
        np, ends = self._scratch.numpy, self._paths.ends(prices)
        flat = ends.ravel()
        take = min(flat.size, max(most * 3, 12))
        best = np.argpartition(flat, take - 1)[:take]
        best = best[np.argsort(flat[best], kind="stable")]
        walks: dict[Walk, None] = {}
        broken: Total | None = None
        for n in best.tolist():
            if flat[n] == float("inf") or len(walks) >= most:
                break
            seats = self._paths.back(tuple(int(i) for i in np.unravel_index(n, ends.shape)))
            passed = self._passed(seats)
            if passed is None:
                walks[self.walk(seats)] = None
            elif broken is None and not walks:
                broken = passed
        return Found(tuple(walks), float(flat[best[0]])), broken

    def _charging(self, total: Total, prices: Any, most: int) -> Found:
        """The cheapest walks when each use of a total that is not followed costs more, until they keep it.

        What was charged is given back for all that the total allows, so that `least` stays below every walk.
        """
        use = self._scratch.numpy.zeros(len(prices))
        use[list(total.counts)] = list(total.counts.values())
        least, walks = float("-inf"), {}
        charge, too_little, enough = self._charge.get(id(total), FIRST_CHARGE), 0.0, float("inf")
        for _ in range(CHARGES):
            found, broken = self._try(prices + charge * use, most)
            least = max(least, found.least - charge * total.high)
            walks.update(dict.fromkeys(found.walks))
            if broken is None:
                enough = self._charge[id(total)] = charge
            else:
                too_little = charge
            charge = charge * 4 if enough == float("inf") else (too_little + enough) / 2
        cost = {walk: walk.price + float(prices[list(walk.seats)].sum()) for walk in walks}
        return Found(tuple(sorted(walks, key=cost.__getitem__)[:most]), least)

    def _passed(self, seats: Sequence[int]) -> Total | None:
        """A total that is not followed and that these seats pass."""
        for total in self._loose:
            if sum(total.counts.get(v, 0) for v in seats) > total.high:
                return total
        return None
