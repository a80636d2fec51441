"""Shortest paths of one person over days, in arrays.

At the end of each day somebody is in one state: how long their run of days or their break has lasted, which seats
may not follow the one they had, and how much of each total is used up. The cheapest way into every state is worked
out day by day, for all states of a day at once; paths are then read backwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import gcd, prod
from typing import Any

from rota.scheduling.engine.column_generation.person_constraints import Shape, Total

PARTS = 1 << 10
"""Prices are rounded to whole numbers of these parts, so that sums are exact and what is called least is least."""

NOTHING = Total({}, {}, None, 0)
"""Followed where nothing else is, so that arrays always have an axis for totals."""

_OFF = -1
_State = tuple[int, int]
"""(length of the run so far less one, kind of the last seat), or (_OFF, length of the break so far less one).

The run under way on the first day, which may end at any length, stands at the longest length, whatever its own; so do
all breaks that are long enough at the shortest that is."""
_Used = tuple[int, ...]
_Layer = tuple[Any, Any]
"""The cheapest way into each state of a day at work, by length, kind and totals, and off, by length and totals."""


class Scratch:
    """Memory that all people's paths are worked out in, one after another: to ask for it anew each time costs more
    than the work itself."""

    def __init__(self) -> None:
        import numpy  # Comes with the solver; loading it takes a while, so only who solves does.

        self.numpy = numpy
        self._cells = numpy.empty(1 << 16)

    def cells(self, size: int) -> Any:
        """So many numbers, holding anything."""
        if self._cells.size < size:
            self._cells = self.numpy.empty(size)
        return self._cells


@dataclass(frozen=True, slots=True)
class _Choice:
    """Seats of one day that lead to the same states, so that only the cheapest of them matters."""

    seats: tuple[int, ...]
    kind: int
    """Which seats of the next day may not follow, as a number among those of the day."""
    after: tuple[int, ...]
    """The kinds of the day before that it may follow."""
    uses: _Used
    afresh: _Used
    """What it uses when it follows a day off."""
    runs_on: tuple[tuple[slice, ...], tuple[slice, ...]]
    begins: tuple[tuple[slice, ...], tuple[slice, ...]]
    """Where states come to lie, and where they come from."""


class Paths:
    """All paths of one person that keep what was told of days, runs and these totals."""

    def __init__(self, shape: Shape, totals: Sequence[Total], scratch: Scratch) -> None:
        self._scratch, self._np = scratch, scratch.numpy
        self.shape = shape
        self.totals = list(totals) or [NOTHING]
        self._units = [gcd(*t.counts.values(), *t.afresh.values()) or 1 for t in self.totals]
        self._sizes = tuple(t.high // unit + 1 for t, unit in zip(self.totals, self._units, strict=True))
        self._enough = tuple(slice(-(-(t.low or 0) // u), None) for t, u in zip(self.totals, self._units, strict=True))
        self._kinds = [sorted({shape.not_after[v] for v in on}, key=sorted) for on in shape.days]
        self._choices = [list(self._lay_out(day)) for day in range(len(shape.days))]
        every = [choice for choices in self._choices for choice in choices]
        np = self._np
        self._seats = np.array([seat for choice in every for seat in choice.seats], dtype=np.int64)
        self._own = np.array([shape.prices.get(seat, 0) for choice in every for seat in choice.seats], dtype=float)
        self._starts = [0, *accumulate(len(choice.seats) for choice in every)]
        self._numbers = [0, *accumulate(map(len, self._choices))]
        self._layers: list[_Layer] = []
        self._cells: Any = None
        self._prices: Any = None
        self._least: list[float] = []

    @property
    def states(self) -> int:
        """States of a day, at most."""
        return (self.shape.longest + 1) * max(map(len, self._kinds), default=1) * prod(self._sizes)

    def _lay_out(self, day: int) -> Iterator[_Choice]:
        choices: dict[tuple[int, tuple[int, ...], _Used], list[int]] = {}
        before = self._kinds[day - 1] if day else []
        for seat in self.shape.days[day]:
            kind = self._kinds[day].index(self.shape.not_after[seat])
            after = tuple(n for n, barred in enumerate(before) if seat not in barred)
            uses = tuple(t.counts.get(seat, 0) // u for t, u in zip(self.totals, self._units, strict=True))
            choices.setdefault((kind, after, uses), []).append(seat)
        more = [t.afresh.get(day, 0) // u for t, u in zip(self.totals, self._units, strict=True)]
        for (kind, after, uses), seats in choices.items():
            afresh = tuple(a + b for a, b in zip(uses, more, strict=True))
            yield _Choice(tuple(seats), kind, after, uses, afresh, self._shift(uses), self._shift(afresh))

    def _shift(self, uses: _Used) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        into = tuple(slice(n, None) for n in uses)
        come = tuple(slice(0, max(0, size - n)) for n, size in zip(uses, self._sizes, strict=True))
        return into, come

    def ends(self, prices: Any) -> Any:
        """The price of the cheapest path to each end, by how much of each total it uses; infinite where none is."""
        np = self._np
        self._prices = np.rint((prices[self._seats] + self._own) * PARTS) / PARTS
        begins = np.array(self._starts[:-1], dtype=np.int64)
        self._least = np.minimum.reduceat(self._prices, begins).tolist() if begins.size else []
        self._make_room()
        for day in range(len(self._choices)):
            self._walk_off(day)
            self._walk_on(day)
        at_work, off = self._layers[-1]
        ends = off.min(axis=0)
        if at_work.shape[1]:
            ends = np.minimum(ends, at_work.min(axis=(0, 1)))
        enough = np.full(ends.shape, np.inf)
        enough[self._enough] = ends[self._enough]
        return enough

    def _make_room(self) -> None:
        shapes = [
            ((self.shape.longest + 1, len(kinds), *self._sizes), (self.shape.shortest_break, *self._sizes))
            for kinds in self._kinds
        ]
        cells = self._scratch.cells(sum(prod(at_work) + prod(off) for at_work, off in shapes))
        if cells is not self._cells:
            self._cells, self._layers, start = cells, [], 0
            for at_work, off in shapes:
                middle, end = start + prod(at_work), start + prod(at_work) + prod(off)
                self._layers.append((cells[start:middle].reshape(at_work), cells[middle:end].reshape(off)))
                start = end

    def _walk_off(self, day: int) -> None:
        """The cheapest ways into being off on this day."""
        np, shape = self._np, self.shape
        off, last = self._layers[day][1], shape.shortest_break - 1
        if day == 0:
            off.fill(np.inf)
            off[(last, *(0 for _ in self._sizes))] = 0.0
            return
        before, off_before = self._layers[day - 1]
        off[0].fill(np.inf)
        if before.shape[1]:
            before[min(shape.shortest - 1, shape.longest) :].min(axis=(0, 1), out=off[0])
        off[1:] = off_before[:last]
        np.minimum(off[last], off_before[last], out=off[last])

    def _walk_on(self, day: int) -> None:
        """The cheapest ways into being at work on this day."""
        np, longest = self._np, self.shape.longest
        at_work, rows = self._layers[day][0], {}
        at_work.fill(np.inf)
        for number, choice in enumerate(self._choices[day], self._numbers[day]):
            price = self._least[number]
            if day == 0:
                here = (longest, choice.kind, *choice.uses)
                if all(n < size for n, size in zip(choice.uses, self._sizes, strict=True)):
                    at_work[here] = min(at_work[here], price)
                continue
            if choice.after not in rows:
                rows[choice.after] = self._come_from(day, choice.after)
            come_from = rows[choice.after]
            if choice.uses == choice.afresh:
                into, come = choice.runs_on
                target = at_work[(slice(None), choice.kind, *into)]
                np.minimum(target, come_from[(slice(None), *come)] + price, out=target)
                continue
            for (into, come), lengths in ((choice.begins, slice(0, 1)), (choice.runs_on, slice(1, None))):
                target = at_work[(lengths, choice.kind, *into)]
                np.minimum(target, come_from[(lengths, *come)] + price, out=target)

    def _come_from(self, day: int, after: tuple[int, ...]) -> Any:
        """For each length of a run today the cheapest way into the states it goes on from."""
        np, longest = self._np, self.shape.longest
        before, off_before = self._layers[day - 1]
        rows = np.empty((longest + 1, *self._sizes))
        rows[0] = off_before[-1]
        if not after:
            rows[1:] = np.inf
            return rows
        if len(after) == before.shape[1]:
            before[: longest - 1].min(axis=1, out=rows[1:longest])
            before[longest].min(axis=0, out=rows[longest])
        else:
            before[: longest - 1, after].min(axis=1, out=rows[1:longest])
            before[longest, after].min(axis=0, out=rows[longest])
        if day >= longest:
            rows[longest] = np.inf
        return rows

    def back(self, used: _Used) -> tuple[int, ...]:
        """The seats on the cheapest path to the end that uses so much, after `ends`."""
        day = len(self._layers) - 1
        state = min(self._all(day), key=lambda s: self._value(day, s, used))
        seats: list[int] = []
        while day >= 0:
            value = self._value(day, state, used)
            for number, came, left in self._steps(day, state, used):
                price = 0.0 if number is None else self._least[number]
                if self._value(day - 1, came, left) + price == value:
                    break
            if number is not None:
                seats.append(min(self._priced(number), key=lambda priced: priced[1])[0])
            day, state, used = day - 1, came, left
        return tuple(reversed(seats))

    def within(self, ends: Any, limit: float, most: int) -> list[tuple[int, ...]] | None:
        """The seats of every path that costs so much or less, after `ends`; None if there are more than so many."""
        found: list[tuple[int, ...]] = []

        def go_back(day: int, state: _State, used: _Used, rest: float, seats: tuple[int, ...]) -> None:
            if len(found) > most:
                return
            if day < 0:
                found.append(seats)
                return
            for number, came, left in self._steps(day, state, used):
                least = self._value(day - 1, came, left)
                if number is None and least <= rest:
                    go_back(day - 1, came, left, rest, seats)
                elif number is not None and least + self._least[number] <= rest:
                    for seat, price in self._priced(number):
                        if least + price <= rest:
                            go_back(day - 1, came, left, rest - price, (seat, *seats))

        last = len(self._layers) - 1
        for place in self._np.argwhere(ends <= limit).tolist():
            for state in self._all(last):
                if self._value(last, state, tuple(place)) <= limit:
                    go_back(last, state, tuple(place), limit, ())
        return found if len(found) <= most else None

    def _priced(self, number: int) -> Iterator[tuple[int, float]]:
        """The seats of a choice, each with its price."""
        here = slice(self._starts[number], self._starts[number + 1])
        return zip(self._seats[here].tolist(), self._prices[here].tolist(), strict=True)

    def _all(self, day: int) -> list[_State]:
        """All states of a day."""
        lengths = range(self.shape.longest + 1)
        off = [(_OFF, n) for n in range(self.shape.shortest_break)]
        return off + [(n, kind) for n in lengths for kind in range(len(self._kinds[day]))]

    def _value(self, day: int, state: _State, used: _Used) -> float:
        """The price of the cheapest way into a state."""
        if day < 0:
            return 0.0
        at_work, off = self._layers[day]
        return float(off[(state[1], *used)] if state[0] == _OFF else at_work[(*state, *used)])

    def _steps(self, day: int, state: _State, used: _Used) -> Iterator[tuple[int | None, _State, _Used]]:
        """How one may come into a state: the choice of the day, the state before, and what was used by then."""
        longest, last = self.shape.longest, self.shape.shortest_break - 1
        if state[0] == _OFF:
            if state[1] == last and (day or not any(used)):
                yield None, (_OFF, last), used
            if state[1] > 0 and day:
                yield None, (_OFF, state[1] - 1), used
            elif day:
                ended = (s for s in self._all(day - 1) if s[0] >= min(self.shape.shortest - 1, longest))
                yield from ((None, s, used) for s in ended)
            return
        for number, choice in enumerate(self._choices[day], self._numbers[day]):
            uses = choice.afresh if state[0] == 0 else choice.uses
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
