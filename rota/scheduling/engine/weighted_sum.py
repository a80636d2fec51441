"""A roster judged by one sum of prices: one whole search that leans on the relaxation, and small steps beside it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rota.scheduling.engine.column_generation.solve import ByWalks, walkers_of
from rota.scheduling.engine.large_neighbourhood_search import improve
from rota.scheduling.engine.model import RosterModel, Stage
from rota.scheduling.engine.program import Effort, optimise
from rota.scheduling.roster import Plan, Roster
from rota.scheduling.rules.book import breaches

SMALL = 1_600
"""Seats up to which one whole search with both cores proves more than small steps beside it would find."""

FIRST_SHARE = 0.4
"""The share of the time that a first plan, however poor, may take."""

SLICE_SECONDS = 5.0
"""How long small steps go on with one plan before they look for a better one."""

ANY_COST = 1 << 40
"""More than any plan costs: whatever is found first will do."""


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
    """The plan with the least sum of its prices, with the bound that was proved.

    A seed repeats each draw, but two searches give each other what they find: which of them is first is not repeated.
    """
    started = time.monotonic()
    search = _Search(roster, started + seconds, seed, should_stop)
    is_small = len(search.light.seats) <= small
    walks = search.by_walks()
    if walks is not None and not (walks.first() and search.plan is not None):
        walks = None
    if walks is None and is_small:
        search.whole(workers=2)
    elif walks is not None:
        _both(walks.run, search.whole_beside if is_small else search.steps)
    else:
        search.first()
        if search.plan is not None:
            _both(search.whole_beside, search.steps)
    return Priced(search.plan, search.cost, search.bound, time.monotonic() - started)


def _both(one: Callable[[], None], other: Callable[[], None]) -> None:
    """Two searches beside each other: solvers and large arrays leave the interpreter to the other one."""
    beside = threading.Thread(target=other)
    beside.start()
    one()
    beside.join()


class _Search:
    """What several searches found between them.

    The tight model, made when it is asked for, proves; the light one, without runs of days as a walk through states,
    is quicker to cut parts from.
    """

    def __init__(self, roster: Roster, ends: float, seed: int, should_stop: Callable[[], bool] | None) -> None:
        self.light = RosterModel(roster, is_priced=True, has_walks=False)
        self._roster = roster
        self.plan: Plan | None = None
        self.cost: int | None = None
        self.bound = 0
        self._ends, self._seed, self._asked = ends, seed, should_stop
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        return max(0.0, self._ends - time.monotonic())

    @cached_property
    def tight(self) -> RosterModel:
        return RosterModel(self._roster, is_priced=True)

    def by_walks(self) -> ByWalks | None:
        """The search by walks, where it knows all that the rules say."""
        walkers = walkers_of(self.light)
        if walkers is None:
            return None
        return ByWalks(
            self.light,
            walkers,
            self._seed,
            keep=self._keep_walks,
            best=lambda: None if self.plan is None else self.light.answer(self.plan),
            prove=self._raise,
            should_stop=self.is_over,
            left=lambda: self.left,
        )

    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        proved = self.cost is not None and self.cost <= self.bound
        return proved or self.left <= 0 or (self._asked is not None and self._asked())

    def keep(self, model: RosterModel, values: Sequence[int]) -> None:
        """Keep an answer if it is the cheapest so far."""
        cost = model.program.value(model.prices[Stage.COST], model.settled(values))
        with self._lock:
            if self.cost is None or cost < self.cost:
                self.plan, self.cost = model.plan(values), cost

    def _keep_walks(self, values: Sequence[int]) -> None:
        """Keep a plan put together from walks, if the rules' own checking face finds nothing in it."""
        if all(breach.person_id is None for breach in breaches(self._roster, self.light.plan(values))):
            self.keep(self.light, values)

    def _raise(self, bound: int) -> None:
        with self._lock:
            self.bound = max(self.bound, bound)

    def first(self) -> None:
        """Any answer at all, to start from."""
        effort = Effort(self.left * FIRST_SHARE, self._seed, workers=2, stop_at=ANY_COST)
        light = self.light
        answer = optimise(light.program, light.prices[Stage.COST], effort, should_stop=self.is_over)
        if answer.values is not None:
            self.keep(light, answer.values)

    def whole(self, *, workers: int) -> None:
        """The whole program at once."""
        tight = self.tight
        answer = optimise(
            tight.program,
            tight.prices[Stage.COST],
            Effort(self.left, self._seed, workers=workers, by_relaxation=True),
            hint=None if self.plan is None else tight.answer(self.plan),
            on_better=lambda found, _: self.keep(tight, found),
            on_bound=self._raise,
            should_stop=self.is_over,
        )
        if answer.values is not None:
            self.keep(tight, answer.values)
        self._raise(answer.bound)

    def whole_beside(self) -> None:
        """The whole program on one core."""
        self.whole(workers=1)

    def steps(self) -> None:
        """Small parts again and again, each time of the best plan so far, whoever found it."""
        light = self.light
        chance = random.Random(self._seed)  # noqa: S311 - the draw picks a part to solve, it guards nothing
        while not self.is_over():
            assert self.plan is not None
            improve(
                light.program,
                light.places(),
                light.prices[Stage.COST],
                light.answer(self.plan),
                floor=self.bound,
                seconds=min(self.left, SLICE_SECONDS),
                seed=None,
                on_better=lambda found: self.keep(light, found),
                should_stop=self.is_over,
                chance=chance,
            )
