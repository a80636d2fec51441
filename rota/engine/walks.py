"""The cheapest walks of one person: a shortest path over days, in arrays.

At the end of each day somebody is in one state: how long their run of days or their break has lasted, which seats
may not follow the one they had, and how much of each total is used up. The cheapest way into every state is worked
out day by day, for all states of a day at once; the walk is then read backwards.

Prices are rounded to whole parts of a power of two, so that sums are exact and what is called least is least.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import gcd
from typing import Any

from rota.engine.told import Shape, Total

MOST_STATES = 150_000
"""States of one day beyond which a further total is not followed: its walks are then only checked at the end."""

CHARGES = 8
"""How often to look for the least charge at which a total is kept."""

PARTS = 1 << 10
"""Prices are whole numbers of these parts."""


NOTHING = Total({}, {}, None, 0)
"""Followed where nothing else is, so that arrays always have an axis for totals."""


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


@dataclass(frozen=True, slots=True)
class _Choice:
    """Seats of one day that lead to the same states, so that only the cheapest of them matters."""

    seats: tuple[int, ...]
    kind: int
    """Which seats of the next day may not follow, as a number among those of the day."""
    after: tuple[int, ...]
    """The kinds of the day before that it may follow."""
    uses: tuple[int, ...]
    afresh: tuple[int, ...]


_OFF = -1
_State = tuple[int, int]
"""(length of the run so far, kind of the last seat), or (_OFF, length of the break so far)."""
_Layer = tuple[Any, Any]
"""The cheapest way into each state of a day at work, by length, kind and totals, and off, by length and totals."""


class Walker:
    """Finds one person's cheapest walks for any prices of seats."""

    def __init__(self, shape: Shape) -> None:
        import numpy  # Comes with the solver; loading it takes a while, so only who solves does.

        self._np = numpy
        self.shape = shape
        self.person_id = shape.person_id
        self._kinds = [sorted({shape.not_after[v] for v in on}, key=sorted) for on in shape.days]
        must = [t for t in shape.totals if t.low is not None or t.afresh]
        self._loose = [t for t in shape.totals if t not in must]
        self._follow(must or [NOTHING])

    def _follow(self, totals: list[Total]) -> None:
        """Keep account of these totals, and lay out the choices of each day for it."""
        np = self._np
        self._totals = totals
        self._units = [gcd(*t.counts.values(), *t.afresh.values()) or 1 for t in totals]
        rooms = [t.high // unit for t, unit in zip(totals, self._units, strict=True)]
        self._sizes = tuple(room + 1 for room in rooms)
        self._choices: list[list[_Choice]] = []
        for day, on in enumerate(self.shape.days):
            choices: dict[tuple[int, tuple[int, ...], tuple[int, ...]], list[int]] = {}
            for seat in on:
                kind = self._kinds[day].index(self.shape.not_after[seat])
                before = self._kinds[day - 1] if day else []
                after = tuple(n for n, barred in enumerate(before) if seat not in barred)
                uses = tuple(t.counts.get(seat, 0) // u for t, u in zip(totals, self._units, strict=True))
                choices.setdefault((kind, after, uses), []).append(seat)
            more = tuple(t.afresh.get(day, 0) // u for t, u in zip(totals, self._units, strict=True))
            self._choices.append(
                [
                    _Choice(tuple(seats), kind, after, uses, tuple(a + b for a, b in zip(uses, more, strict=True)))
                    for (kind, after, uses), seats in choices.items()
                ]
            )
        every = [choice for choices in self._choices for choice in choices]
        self._seats = np.array([seat for choice in every for seat in choice.seats], dtype=np.int64)
        starts = np.cumsum([0, *(len(choice.seats) for choice in every)])
        self._starts = starts[:-1].astype(np.int64)
        self._numbers = [0, *accumulate(map(len, self._choices))]
        lows = [-(-(t.low or 0) // u) for t, u in zip(totals, self._units, strict=True)]
        self._enough = tuple(slice(low, None) for low in lows)

    def cheapest(self, prices: Any, most: int = 1) -> Found:
        """The cheapest walks for the price of each variable, at most so many, that keep all that was told.

        The prices of seats are added to the person's own; what the person pays whatever they work is left out of
        `least`, and is in the walk's own price. No walks: there are none, or none was found among the cheapest.
        """
        while True:
            found, broken = self._try(prices, most)
            if broken is None:
                return found
            if not self._is_room_for(broken):
                return self._charging(broken, prices, most)
            self._loose.remove(broken)
            self._follow([*self._totals, broken])

    def _try(self, prices: Any, most: int) -> tuple[Found, Total | None]:
        """The cheapest walks that keep every total, and the total that the very cheapest passes, if any."""
        np = self._np
        layers, ends = self._forward(prices)
        flat = ends.ravel()
        take = min(flat.size, max(most * 3, 12))
        best = np.argpartition(flat, take - 1)[:take]
        best = best[np.argsort(flat[best], kind="stable")]
        walks: dict[Walk, None] = {}
        broken: Total | None = None
        for n in best.tolist():
            if flat[n] == float("inf") or len(walks) >= most:
                break
            seats = self._back(layers, tuple(int(i) for i in np.unravel_index(n, ends.shape)))
            passed = self._passed(seats)
            if passed is None:
                walks[self.walk(seats)] = None
            elif broken is None and not walks:
                broken = passed
        return Found(tuple(walks), float(flat[best[0]])), broken

    def walk(self, seats: Sequence[int]) -> Walk:
        """The walk with these seats."""
        own = self.shape.prices
        return Walk(self.person_id, tuple(seats), self.shape.always + sum(own.get(v, 0) for v in seats))

    def _charging(self, total: Total, prices: Any, most: int) -> Found:
        """The cheapest walks when each use of a total that is not followed costs more, until they keep it.

        What was charged is given back for all that the total allows, so that `least` stays below every walk.
        """
        np, high = self._np, total.high
        use = np.zeros(len(prices))
        use[list(total.counts)] = list(total.counts.values())
        least, walks = float("-inf"), {}
        charge, too_little, enough = 2.0, 0.0, float("inf")
        for _ in range(CHARGES):
            found, broken = self._try(prices + charge * use, most)
            least = max(least, found.least - charge * high)
            walks.update(dict.fromkeys(found.walks))
            if broken is None:
                enough = charge
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

    def _is_room_for(self, total: Total) -> bool:
        size = (self.shape.longest + 1) * max(map(len, self._kinds), default=1)
        for n in self._sizes:
            size *= n
        return size * (total.high // gcd(*total.counts.values()) + 1) <= MOST_STATES

    def _forward(self, prices: Any) -> tuple[list[_Layer], Any]:
        """For each day the cheapest way into each state at work and off, and into each end."""
        np, shape = self._np, self.shape
        infinity = float("inf")
        longest, last_off = shape.longest, shape.shortest_break - 1
        self._price = self._cheapest_of_each(prices)
        layers: list[_Layer] = []
        number = 0
        for day, choices in enumerate(self._choices):
            at_work = np.full((longest + 1, len(self._kinds[day]), *self._sizes), infinity)
            off = np.full((shape.shortest_break, *self._sizes), infinity)
            if day == 0:
                off[(last_off, *(0 for _ in self._sizes))] = 0.0
            else:
                before, off_before = layers[-1]
                if before.shape[1]:
                    # The run under way on the first day may end at any length.
                    off[0] = before[longest].min(axis=0)
                    if shape.shortest <= longest:
                        np.minimum(off[0], before[shape.shortest - 1 : longest].min(axis=(0, 1)), out=off[0])
                for n in range(1, shape.shortest_break):
                    off[n] = off_before[n - 1]
                np.minimum(off[last_off], off_before[last_off], out=off[last_off])
            joined: dict[tuple[int, ...], Any] = {}
            for choice in choices:
                price = self._price[number]
                number += 1
                into, come = self._shift(choice.uses)
                if day == 0:
                    here = (longest, choice.kind, *choice.uses)
                    if all(u < size for u, size in zip(choice.uses, self._sizes, strict=True)):
                        at_work[here] = min(at_work[here], price)
                    continue
                before, off_before = layers[-1]
                begins, rested = self._shift(choice.afresh)
                target = at_work[(0, choice.kind, *begins)]
                np.minimum(target, off_before[(last_off, *rested)] + price, out=target)
                if not choice.after:
                    continue
                ran = joined.get(choice.after)
                if ran is None:
                    whole = len(choice.after) == before.shape[1]
                    ran = before.min(axis=1) if whole else before[:, choice.after].min(axis=1)
                    joined[choice.after] = ran
                target = at_work[(slice(1, longest), choice.kind, *into)]
                np.minimum(target, ran[(slice(0, longest - 1), *come)] + price, out=target)
                if day < longest:
                    target = at_work[(longest, choice.kind, *into)]
                    np.minimum(target, ran[(longest, *come)] + price, out=target)
            layers.append((at_work, off))
        at_work, off = layers[-1]
        ends = off.min(axis=0)
        if at_work.shape[1]:
            ends = np.minimum(ends, at_work.min(axis=(0, 1)))
        enough = np.full(ends.shape, infinity)
        enough[self._enough] = ends[self._enough]
        return layers, enough

    def _cheapest_of_each(self, prices: Any) -> list[float]:
        if not self._seats.size:
            return []
        np = self._np
        own = np.array([self.shape.prices.get(int(seat), 0) for seat in self._seats], dtype=float)
        self._seat_prices = np.rint((prices[self._seats] + own) * PARTS) / PARTS
        least: list[float] = np.minimum.reduceat(self._seat_prices, self._starts).tolist()
        return least

    def _shift(self, uses: Sequence[int]) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """Where states come to lie and where they come from when so much more of each total is used."""
        into = tuple(slice(n, None) for n in uses)
        come = tuple(slice(0, max(0, size - n)) for n, size in zip(uses, self._sizes, strict=True))
        return into, come

    def _back(self, layers: list[_Layer], at: tuple[int, ...]) -> tuple[int, ...]:
        """The seats on the cheapest way to an end that has used so much of each total."""
        at_work, off = layers[-1]
        states = [(_OFF, n) for n in range(off.shape[0])] + list(_pairs(at_work))
        state = min(states, key=lambda s: float(_value(layers[-1], s, at)))
        seats: list[int] = []
        for day in range(len(layers) - 1, -1, -1):
            value = _value(layers[day], state, at)
            if state[0] == _OFF:
                if day:
                    state = next(
                        s for s in self._before_off(layers[day - 1], state) if _value(layers[day - 1], s, at) == value
                    )
                continue
            for number, choice in enumerate(self._choices[day], self._numbers[day]):
                uses = choice.afresh if state[0] == 0 else choice.uses
                left = tuple(n - used for n, used in zip(at, uses, strict=True))
                if choice.kind != state[1] or min(left, default=0) < 0:
                    continue
                price = self._price[number]
                came = None
                if day:
                    before = layers[day - 1]
                    came = next(
                        (s for s in self._before(choice, state) if _value(before, s, left) + price == value), None
                    )
                if came is not None or (day == 0 and not any(left) and price == value):
                    begins, ends = self._starts[number], self._starts[number] + len(choice.seats)
                    seats.append(choice.seats[int(self._seat_prices[begins:ends].argmin())])
                    state, at = came or state, left
                    break
        return tuple(reversed(seats))

    def _before_off(self, before: _Layer, state: _State) -> Iterator[_State]:
        """The states of the day before that lead to this state of being off."""
        last_off = self.shape.shortest_break - 1
        if state[1] == last_off:
            yield _OFF, last_off
        if state[1] > 0:
            yield _OFF, state[1] - 1
        else:
            yield from (s for s in _pairs(before[0]) if s[0] >= self.shape.shortest - 1)

    def _before(self, choice: _Choice, state: _State) -> Iterator[_State]:
        """The states of the day before from which this choice leads to this state at work."""
        if state[0] == 0:
            yield _OFF, self.shape.shortest_break - 1
        else:
            length = state[0] if state[0] == self.shape.longest else state[0] - 1
            yield from ((length, kind) for kind in choice.after)


def _pairs(at_work: Any) -> Iterator[_State]:
    return ((n, kind) for n in range(at_work.shape[0]) for kind in range(at_work.shape[1]))


def _value(layer: _Layer, state: _State, at: tuple[int, ...]) -> Any:
    return layer[1][(state[1], *at)] if state[0] == _OFF else layer[0][(*state, *at)]
