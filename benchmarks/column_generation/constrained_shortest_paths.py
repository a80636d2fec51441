"""Resource-constrained shortest paths of one person over the days of the period, in arrays.

At the end of each day a person is in one state: how long their run or break has lasted, which seats may not follow the
last one, and how much of each resource is used. The cheapest way into every state is computed day by day for all
states of a day at once; paths are then read backwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import gcd, prod
from typing import Any

from benchmarks.column_generation.person_constraints import PersonConstraints, Resource

PRICE_UNITS = 1 << 10
"""Prices are rounded to whole numbers of this fraction, so that sums are exact and the least is exactly the least."""

NO_RESOURCE = Resource({}, {}, None, 0)
"""Tracked where no other is, so that arrays always have an axis for resources."""

_OFF = -1
_State = tuple[int, int]
"""(length of the run so far less one, kind of the last seat), or (_OFF, length of the break so far less one).

The run under way on the first day may end at any length, so it has the last length of its own; all breaks that are
long enough share the last length of a break."""
_Used = tuple[int, ...]
_Layer = tuple[Any, Any]
"""The cheapest way into each state of a day: at work, by length, kind and resources; off, by length and resources."""


class Workspace:
    """Memory in which all people's paths are computed, one after another: allocating it takes longer than computing."""

    def __init__(self) -> None:
        import numpy  # Comes with the solver; loading it takes a while, so only processes that solve do.

        self.numpy = numpy
        self._cells = numpy.empty(1 << 16)

    def cells(self, size: int) -> Any:
        """Return an array of at least this size with undefined content."""
        if self._cells.size < size:
            self._cells = self.numpy.empty(size)
        return self._cells


@dataclass(frozen=True, slots=True)
class _Choice:
    """Seats of one day that lead to the same states, so that only the cheapest of them matters.

    `kind` says which seats of the next day may not follow, as an index of the day's kinds; `after` which kinds of the
    day before it may follow. `uses_after_day_off` is what it uses when it follows a day off. The slices say where
    states move to and come from.
    """

    seats: tuple[int, ...]
    kind: int
    after: tuple[int, ...]
    uses: _Used
    uses_after_day_off: _Used
    continues: tuple[tuple[slice, ...], tuple[slice, ...]]
    begins: tuple[tuple[slice, ...], tuple[slice, ...]]


class ConstrainedShortestPaths:
    """All paths of one person that keep the constraints on days and runs, and the limits of the tracked resources."""

    def __init__(self, constraints: PersonConstraints, resources: Sequence[Resource], workspace: Workspace) -> None:
        self._workspace, self._np = workspace, workspace.numpy
        self.constraints = constraints
        self.resources = list(resources) or [NO_RESOURCE]
        self._units = [gcd(*r.uses.values(), *r.after_day_off.values()) or 1 for r in self.resources]
        self._sizes = tuple(r.high // unit + 1 for r, unit in zip(self.resources, self._units, strict=True))
        self._enough = tuple(
            slice(-(-(r.low or 0) // unit), None) for r, unit in zip(self.resources, self._units, strict=True)
        )
        self._kinds = [sorted({constraints.not_after[v] for v in on}, key=sorted) for on in constraints.days]
        self._choices = [list(self._choices_of(day)) for day in range(len(constraints.days))]
        every = [choice for choices in self._choices for choice in choices]
        np = self._np
        self._seats = np.array([seat for choice in every for seat in choice.seats], dtype=np.int64)
        own = [constraints.prices.get(seat, 0) for choice in every for seat in choice.seats]
        self._own_prices = np.array(own, dtype=float)
        self._starts = [0, *accumulate(len(choice.seats) for choice in every)]
        self._numbers = [0, *accumulate(map(len, self._choices))]
        self._layers: list[_Layer] = []
        self._cells: Any = None
        self._prices: Any = None
        self._least: list[float] = []

    @property
    def states(self) -> int:
        """The most states that a day has."""
        return (self.constraints.longest + 1) * max(map(len, self._kinds), default=1) * prod(self._sizes)

    def _choices_of(self, day: int) -> Iterator[_Choice]:
        choices: dict[tuple[int, tuple[int, ...], _Used], list[int]] = {}
        before = self._kinds[day - 1] if day else []
        for seat in self.constraints.days[day]:
            kind = self._kinds[day].index(self.constraints.not_after[seat])
            after = tuple(n for n, forbidden in enumerate(before) if seat not in forbidden)
            uses = tuple(r.uses.get(seat, 0) // u for r, u in zip(self.resources, self._units, strict=True))
            choices.setdefault((kind, after, uses), []).append(seat)
        extra = [r.after_day_off.get(day, 0) // u for r, u in zip(self.resources, self._units, strict=True)]
        for (kind, after, uses), seats in choices.items():
            with_extra = tuple(a + b for a, b in zip(uses, extra, strict=True))
            yield _Choice(tuple(seats), kind, after, uses, with_extra, self._shift(uses), self._shift(with_extra))

    def _shift(self, uses: _Used) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        target = tuple(slice(n, None) for n in uses)
        source = tuple(slice(0, max(0, size - n)) for n, size in zip(uses, self._sizes, strict=True))
        return target, source

    def ends(self, prices: Any) -> Any:
        """Return the price of the cheapest path to each end, by resources used; infinite where there is none."""
        np = self._np
        self._prices = np.rint((prices[self._seats] + self._own_prices) * PRICE_UNITS) / PRICE_UNITS
        begins = np.array(self._starts[:-1], dtype=np.int64)
        self._least = np.minimum.reduceat(self._prices, begins).tolist() if begins.size else []
        self._allocate_layers()
        for day in range(len(self._choices)):
            self._extend_off(day)
            self._extend_at_work(day)
        at_work, off = self._layers[-1]
        ends = off.min(axis=0)
        if at_work.shape[1]:
            ends = np.minimum(ends, at_work.min(axis=(0, 1)))
        enough = np.full(ends.shape, np.inf)
        enough[self._enough] = ends[self._enough]
        return enough

    def _allocate_layers(self) -> None:
        longest, shortest_break = self.constraints.longest, self.constraints.shortest_break
        shapes = [((longest + 1, len(kinds), *self._sizes), (shortest_break, *self._sizes)) for kinds in self._kinds]
        cells = self._workspace.cells(sum(prod(at_work) + prod(off) for at_work, off in shapes))
        if cells is not self._cells:
            self._cells, self._layers, start = cells, [], 0
            for at_work, off in shapes:
                middle, end = start + prod(at_work), start + prod(at_work) + prod(off)
                self._layers.append((cells[start:middle].reshape(at_work), cells[middle:end].reshape(off)))
                start = end

    def _extend_off(self, day: int) -> None:
        """Compute the cheapest ways into being off on this day."""
        np, constraints = self._np, self.constraints
        off, last = self._layers[day][1], constraints.shortest_break - 1
        if day == 0:
            off.fill(np.inf)
            off[(last, *(0 for _ in self._sizes))] = 0.0
            return
        before, off_before = self._layers[day - 1]
        off[0].fill(np.inf)
        if before.shape[1]:
            before[min(constraints.shortest - 1, constraints.longest) :].min(axis=(0, 1), out=off[0])
        off[1:] = off_before[:last]
        np.minimum(off[last], off_before[last], out=off[last])

    def _extend_at_work(self, day: int) -> None:
        """Compute the cheapest ways into being at work on this day."""
        np, longest = self._np, self.constraints.longest
        at_work, sources = self._layers[day][0], {}
        at_work.fill(np.inf)
        for number, choice in enumerate(self._choices[day], self._numbers[day]):
            price = self._least[number]
            if day == 0:
                state = (longest, choice.kind, *choice.uses)
                if all(n < size for n, size in zip(choice.uses, self._sizes, strict=True)):
                    at_work[state] = min(at_work[state], price)
                continue
            if choice.after not in sources:
                sources[choice.after] = self._sources(day, choice.after)
            source = sources[choice.after]
            if choice.uses == choice.uses_after_day_off:
                target_slices, source_slices = choice.continues
                target = at_work[(slice(None), choice.kind, *target_slices)]
                np.minimum(target, source[(slice(None), *source_slices)] + price, out=target)
                continue
            for (target_slices, source_slices), lengths in (
                (choice.begins, slice(0, 1)),
                (choice.continues, slice(1, None)),
            ):
                target = at_work[(lengths, choice.kind, *target_slices)]
                np.minimum(target, source[(lengths, *source_slices)] + price, out=target)

    def _sources(self, day: int, after: tuple[int, ...]) -> Any:
        """Return for each length of a run today the cheapest way into the states it comes from."""
        np, longest = self._np, self.constraints.longest
        before, off_before = self._layers[day - 1]
        sources = np.empty((longest + 1, *self._sizes))
        sources[0] = off_before[-1]
        if not after:
            sources[1:] = np.inf
            return sources
        if len(after) == before.shape[1]:
            before[: longest - 1].min(axis=1, out=sources[1:longest])
            before[longest].min(axis=0, out=sources[longest])
        else:
            before[: longest - 1, after].min(axis=1, out=sources[1:longest])
            before[longest, after].min(axis=0, out=sources[longest])
        if day >= longest:
            sources[longest] = np.inf
        return sources

    def path_to(self, used: _Used) -> tuple[int, ...]:
        """Return the seats on the cheapest path to the end that uses so much, after `ends`."""
        day = len(self._layers) - 1
        state = min(self._states_of(day), key=lambda s: self._value(day, s, used))
        seats: list[int] = []
        while day >= 0:
            value = self._value(day, state, used)
            for number, previous, left in self._predecessors(day, state, used):
                price = 0.0 if number is None else self._least[number]
                if self._value(day - 1, previous, left) + price == value:
                    break
            if number is not None:
                seats.append(min(self._priced_seats(number), key=lambda priced: priced[1])[0])
            day, state, used = day - 1, previous, left
        return tuple(reversed(seats))

    def within(self, ends: Any, limit: float, most: int) -> list[tuple[int, ...]] | None:
        """Return the seats of every path with a price up to a limit, after `ends`; None if more than `most`."""
        paths: list[tuple[int, ...]] = []
        last = len(self._layers) - 1
        for index in self._np.argwhere(ends <= limit).tolist():
            for state in self._states_of(last):
                if self._value(last, state, tuple(index)) <= limit:
                    for path in self._paths_to(last, state, tuple(index), limit):
                        paths.append(path)
                        if len(paths) > most:
                            return None
        return paths

    def _paths_to(self, day: int, state: _State, used: _Used, rest: float) -> Iterator[tuple[int, ...]]:
        """Yield the seats of every path into a state with a price up to `rest`."""
        if day < 0:
            yield ()
            return
        for number, previous, left in self._predecessors(day, state, used):
            least = self._value(day - 1, previous, left)
            if number is None:
                if least <= rest:
                    yield from self._paths_to(day - 1, previous, left, rest)
            elif least + self._least[number] <= rest:
                for seat, price in self._priced_seats(number):
                    if least + price <= rest:
                        for path in self._paths_to(day - 1, previous, left, rest - price):
                            yield (*path, seat)

    def _priced_seats(self, number: int) -> Iterator[tuple[int, float]]:
        """Return the seats of a choice, each with its price."""
        seats = slice(self._starts[number], self._starts[number + 1])
        return zip(self._seats[seats].tolist(), self._prices[seats].tolist(), strict=True)

    def _states_of(self, day: int) -> list[_State]:
        """Return all states of a day."""
        lengths = range(self.constraints.longest + 1)
        off = [(_OFF, n) for n in range(self.constraints.shortest_break)]
        return off + [(n, kind) for n in lengths for kind in range(len(self._kinds[day]))]

    def _value(self, day: int, state: _State, used: _Used) -> float:
        """Return the price of the cheapest way into a state."""
        if day < 0:
            return 0.0
        at_work, off = self._layers[day]
        return float(off[(state[1], *used)] if state[0] == _OFF else at_work[(*state, *used)])

    def _predecessors_of_day_off(
        self, day: int, state: _State, used: _Used
    ) -> Iterator[tuple[int | None, _State, _Used]]:
        longest, last = self.constraints.longest, self.constraints.shortest_break - 1
        if state[1] == last and (day or not any(used)):
            yield None, (_OFF, last), used
        if state[1] > 0 and day:
            yield None, (_OFF, state[1] - 1), used
        elif day:
            ended = (s for s in self._states_of(day - 1) if s[0] >= min(self.constraints.shortest - 1, longest))
            yield from ((None, s, used) for s in ended)

    def _predecessors(self, day: int, state: _State, used: _Used) -> Iterator[tuple[int | None, _State, _Used]]:
        """Yield how a state can be reached: the choice of the day, the state before, and the resources used by then."""
        if state[0] == _OFF:
            yield from self._predecessors_of_day_off(day, state, used)
            return
        longest, last = self.constraints.longest, self.constraints.shortest_break - 1
        for number, choice in enumerate(self._choices[day], self._numbers[day]):
            uses = choice.uses_after_day_off if state[0] == 0 else choice.uses
            left = tuple(n - more for n, more in zip(used, uses, strict=True))
            if choice.kind != state[1] or min(left) < 0:
                continue
            if day == 0:
                if state[0] == longest and not any(left):
                    yield number, state, left
            elif state[0] == 0:
                yield number, (_OFF, last), left
            elif state[0] < longest or day < longest:
                length = longest if state[0] == longest else state[0] - 1
                yield from ((number, (length, kind), left) for kind in choice.after)
