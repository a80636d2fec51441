"""A roster judged by one sum of prices: one whole search that leans on the relaxation, and small steps beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rota.engine.model import RosterModel, Stage
from rota.engine.neighbourhoods import improve
from rota.engine.program import Effort, optimise
from rota.roster import Plan, Roster

SMALL = 5_000
"""Seats times days off and on up to which one whole search with both cores proves more than small steps find."""

FIRST_SECONDS = 0.4
"""The share of the time after which even a poor first plan must be there."""


@dataclass(frozen=True, slots=True)
class Priced:
    """The cheapest plan found, or None where the rules leave none that was found in time."""

    plan: Plan | None
    cost: int | None
    bound: int
    seconds: float

    @property
    def is_proved(self) -> bool:
        """Whether no plan is cheaper."""
        return self.cost is not None and self.cost <= self.bound


def cheapest(
    roster: Roster,
    *,
    seconds: float,
    seed: int = 0,
    should_stop: Callable[[], bool] | None = None,
    small: int = SMALL,
) -> Priced:
    """The plan with the least sum of its prices, with the bound that was proved."""
    started = time.monotonic()
    search = _Search(RosterModel(roster, is_priced=True), started + seconds, seed, should_stop)
    if len(search.model.seats) <= small:
        search.whole(workers=2, values=None)
    else:
        search.first()
        if search.values is not None:
            beside = threading.Thread(target=search.steps)
            beside.start()
            search.whole(workers=1, values=search.values)
            beside.join()
    plan = None if search.values is None else search.model.plan(search.values)
    return Priced(plan, search.cost, search.bound, time.monotonic() - started)


class _Search:
    """What several searches found between them."""

    def __init__(self, model: RosterModel, ends: float, seed: int, should_stop: Callable[[], bool] | None) -> None:
        self.model = model
        self.objective = model.prices[Stage.COST]
        self.values: list[int] | None = None
        self.cost: int | None = None
        self.bound = 0
        self._ends, self._seed, self._asked = ends, seed, should_stop
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        proved = self.cost is not None and self.cost <= self.bound
        return proved or self.left <= 0 or (self._asked is not None and self._asked())

    def keep(self, values: Sequence[int]) -> None:
        """Keep an answer if it is the cheapest so far."""
        values = self.model.settled(values)
        cost = self.model.program.value(self.objective, values)
        with self._lock:
            if self.cost is None or cost < self.cost:
                self.values, self.cost = values, cost

    def _raise(self, bound: int) -> None:
        with self._lock:
            self.bound = max(self.bound, bound)

    def first(self) -> None:
        """Any answer at all, to start from."""
        effort = Effort(self.left * FIRST_SECONDS, self._seed, workers=2, stop_at=1 << 40)
        answer = optimise(self.model.program, self.objective, effort, should_stop=self.is_over)
        if answer.values is not None:
            self.keep(answer.values)

    def whole(self, *, workers: int, values: list[int] | None) -> None:
        """The whole program at once."""
        answer = optimise(
            self.model.program,
            self.objective,
            Effort(self.left, self._seed, workers=workers, by_relaxation=True),
            hint=values,
            on_better=lambda found, _: self.keep(found),
            on_bound=self._raise,
            should_stop=self.is_over,
        )
        if answer.values is not None:
            self.keep(answer.values)
        self._raise(answer.bound)

    def steps(self) -> None:
        """Small parts again and again."""
        assert self.values is not None
        improve(
            self.model.program,
            self.model.places(),
            self.objective,
            self.values,
            floor=self.bound,
            seconds=self.left,
            seed=None,
            on_better=self.keep,
            should_stop=self.is_over,
        )
