"""The search by walks: a first plan, then columns for the bound, and dives for plans near it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence

from rota.scheduling.engine.column_generation.constrained_shortest_paths import Scratch
from rota.scheduling.engine.column_generation.cover_lines import Cover, Together
from rota.scheduling.engine.column_generation.diving_heuristic import CAREFUL, HASTY, dive
from rota.scheduling.engine.column_generation.enumeration import every_walk_below, known_walks_below, plan_below
from rota.scheduling.engine.column_generation.individual_schedules import Walker
from rota.scheduling.engine.column_generation.person_constraints import shape_of
from rota.scheduling.engine.column_generation.pricing import Columns
from rota.scheduling.engine.column_generation.sequential_start import better_one_by_one, one_after_another
from rota.scheduling.engine.model import RosterModel

WHOLE_DIVES = 6
"""Of so many dives one begins anew; the others let some people go and hold the rest of the best plan."""

CLOSE_SHARE = 0.6
"""The share of the time after which plans are looked for though walks are still missing."""

CHOOSE_EVERY = 6
"""Dives before a whole plan is chosen among the walks they found."""

CHOOSE_SECONDS = 10.0
"""Time for such a choice."""

FINISH_SECONDS = 30.0
"""Time for one integer program of the last step."""

FEWEST = 6
"""People let go in a dive, at least."""


def walkers_of(model: RosterModel) -> dict[int, Walker] | None:
    """Who finds each person's walks, or None where the rules say something that walks do not know."""
    if not model.only_cover_joins:
        return None
    walkers: dict[int, Walker] = {}
    scratch = Scratch()
    for person in model.roster.people:
        if model.possible(person):
            shape = shape_of(model, person)
            if shape is None:
                return None
            walkers[person.id] = Walker(shape, scratch)
    return walkers


class ByWalks:
    """One search by walks over a roster where only cover joins people.

    `keep` is given the seats of each better plan, `best` gives the values of the best plan so far, whoever found it,
    and `prove` is told of a better bound.
    """

    def __init__(
        self,
        model: RosterModel,
        walkers: Mapping[int, Walker],
        seed: int,
        *,
        keep: Callable[[Sequence[int]], None],
        best: Callable[[], Sequence[int] | None],
        prove: Callable[[int], None],
        should_stop: Callable[[], bool],
        left: Callable[[], float],
    ) -> None:
        self._model, self._walkers = model, walkers
        self._chance = random.Random(seed)  # noqa: S311 - the draw picks an order, it guards nothing
        self._cover = Cover(model)
        self._columns = Columns(self._cover, walkers, should_stop)
        self._keep, self._best, self._prove = keep, best, prove
        self._should_stop, self._left = should_stop, left
        self._floor = 0

    def first(self) -> bool:
        """Whether a first plan was found. Where there is none, somebody has no walk that keeps the rules."""
        together = one_after_another(self._cover, self._walkers, self._chance)
        if together is None:
            return False
        self._keep(together.values(self._model.program.lows))
        self._better(together)
        return True

    def run(self) -> None:
        """Bounds and better plans until the time is over."""
        start = self._start()
        self._columns.add(start.walks.values())
        is_closed = self._columns.close(self._left() * CLOSE_SHARE)
        self._raise(self._columns.floor)
        may_finish = True
        for number, people in enumerate(self._parts()):
            if self._should_stop():
                return
            if is_closed and number and number % CHOOSE_EVERY == 0:
                self._choose()
                may_finish = may_finish and self._finish()
            if number == 0 and not is_closed:
                continue
            start = self._start()
            care = self._chance.choice((CAREFUL, HASTY)) if number else CAREFUL
            held = start if number else None
            found = dive(self._columns, held, people, start.cost, care, self._chance, self._left())
            if found is not None:
                self._better(found)

    def _raise(self, floor: int) -> None:
        self._floor = max(self._floor, floor)
        self._prove(self._floor)

    def _choose(self) -> None:
        """Look for a better plan among the walks found so far."""
        cost = self._start().cost
        walks = known_walks_below(self._columns, cost)
        found = plan_below(self._columns, walks, cost, min(self._left(), CHOOSE_SECONDS)).together
        if found is not None:
            self._better(found)

    def _finish(self) -> bool:
        """Look for a plan at the bound, or prove that there is none; False where that is beyond reach."""
        while not self._should_stop():
            walks = every_walk_below(self._columns, self._floor + 1)
            if walks is None:
                return False
            finish = plan_below(self._columns, walks, self._floor + 1, min(self._left(), FINISH_SECONDS))
            if finish.together is not None:
                self._keep(finish.together.values(self._model.program.lows))
            if not finish.is_certain or finish.together is not None:
                return False
            self._raise(self._floor + 1)
        return False

    def _parts(self) -> Iterator[set[int]]:
        """Whom to let go, for one dive after another."""
        everybody = sorted(self._walkers)
        while True:
            yield set(everybody)
            for _ in range(WHOLE_DIVES - 1):
                most = max(FEWEST, 2 * len(everybody) // 3)
                several = self._chance.randint(min(FEWEST, len(everybody)), min(most, len(everybody)))
                yield set(self._chance.sample(everybody, several))

    def _start(self) -> Together:
        """The best plan so far, as walks."""
        values = self._best()
        assert values is not None
        return Together(
            self._cover,
            (
                walker.walk([seat for on in walker.shape.days for seat in on if values[seat]])
                for walker in self._walkers.values()
            ),
        )

    def _better(self, together: Together) -> None:
        better_one_by_one(together, self._walkers, self._chance, self._should_stop, self._columns.add)
        self._keep(together.values(self._model.program.lows))
