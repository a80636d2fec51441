"""Propose a plan: stage by stage, each closed before the next is traded, against a bound that is not the
solver's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from progression.duties import Duty
from rota.scheduling.engine.greedy_start import seat_by_seat
from rota.scheduling.engine.large_neighbourhood_search import improve
from rota.scheduling.engine.model import COVER, WEIGHTS, RosterModel, Stage, stages
from rota.scheduling.engine.program import ONE, Effort, optimise
from rota.scheduling.engine.relaxation import NEARLY, Relaxation, floor_of
from rota.scheduling.engine.symmetry import DEALT, Alike, alike, cover_values
from rota.scheduling.roster import Plan, Roster, filled_seats
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import breaches

Report = Callable[[dict[str, Any]], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class StageResult:
    """How one stage ended: `value` was reached, `bound` cannot be bettered, both counting what one wants less
    of."""

    stage: Stage
    value: int
    bound: int

    @property
    def is_proved(self) -> bool:
        """Whether no plan does better at this stage without doing worse at an earlier one."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and what is known of it.

    `filled` of the `seats` wanted have somebody; no plan at all that keeps the rules fills more than `bound`.
    `proved` says that the cover stages, down to what is wanted, cannot be bettered.
    """

    plan: Plan
    seats: int
    filled: int
    bound: int
    proved: bool
    stages: tuple[StageResult, ...]
    seconds: float
    breaches: tuple[Breach, ...]


KEPT_FOR_THE_END = 0.08
"""The share of the time in which a plan is dealt out and checked, so that whoever waits has it when they were told."""


def solve_whole(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Proposal:
    """`solve` for a roster that is small enough to be looked at as a whole."""
    limits = _Limits(time.monotonic(), seconds * (1 - KEPT_FOR_THE_END), seed, should_stop)
    apart: set[int] = set()
    while True:
        joined = alike(roster, apart)
        search = _Search(joined, limits, report)
        values, results = search.run()
        plan, lost = joined.dealt(search.model.plan(values))
        if not lost or not (search.is_cut_short or search.may_begin_again):
            break
        apart |= lost
    if lost:
        results = _counted_again(results, cover_values(roster, plan))
    filled = filled_seats(roster, plan)
    return Proposal(
        plan=plan,
        seats=roster.seats,
        filled=filled,
        bound=max(search.progress.bound, filled),
        proved=all(r.is_proved for r in results if r.stage in COVER),
        stages=tuple(results),
        seconds=limits.passed,
        breaches=tuple(breaches(roster, plan)),
    )


def _counted_again(results: Sequence[StageResult], values: Mapping[Stage, int]) -> list[StageResult]:
    """The stages as the plan dealt out reaches them. After one that fell short, later bounds no longer say anything."""
    counted: list[StageResult] = []
    for r in results:
        value = max(values[r.stage], r.value) if r.stage in DEALT else r.value
        holds = all(before.value == was.value for before, was in zip(counted, results, strict=False))
        counted.append(StageResult(r.stage, value, r.bound if holds else 0))
    return counted


@dataclass(frozen=True, slots=True)
class _Limits:
    """What ends the search."""

    started: float
    seconds: float
    seed: int | None
    should_stop: ShouldStop | None

    @property
    def passed(self) -> float:
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        return max(0.0, self.seconds - self.passed)

    @property
    def is_stopped(self) -> bool:
        return self.should_stop is not None and self.should_stop()


class _Search:
    """One search: the relaxation, an opening made from its answer, then each stage in turn."""

    def __init__(self, joined: Alike, limits: _Limits, report: Report | None) -> None:
        self.limits = limits
        self.joined = joined
        self.is_cut_short = False
        """Whether the last stage waits because some shifts have to be told apart first."""
        roster = joined.roster
        self.model = RosterModel(roster, copies=joined.copies)
        self.program = self.model.program
        self.stages = list(stages(roster))
        self.progress = _Progress(roster, self.model, limits.started, report)
        # How even things are never stands in the way of cover, so the relaxation about cover knows nothing of it.
        self.relaxation: Relaxation | None = Relaxation(self.program, without=self.model.balances)
        self._totals: dict[tuple[tuple[Stage, int], ...], float | None] = {}
        short = self._total({Stage.WANTED: 1})
        if short is not None:
            self.progress.bound = roster.seats - max(0, ceil(short - NEARLY))
        self.progress.tell()

    @property
    def may_begin_again(self) -> bool:
        """Whether there is time to tell more shifts apart, where some could not be dealt out."""
        return not self.limits.is_stopped and self.limits.left > self.limits.passed

    def _is_dealt(self, values: Sequence[int]) -> bool:
        return not self.joined.dealt(self.model.plan(values))[1]

    def run(self) -> tuple[list[int], list[StageResult]]:
        """The best answer, and how each stage ended; without the last stage where all has to begin again."""
        values = seat_by_seat(self.model)
        self.progress.keep(values)
        values = min(values, self._put_together(), key=self._stage_values)
        self.progress.keep(values)
        values = min(values, self._mended(values), key=self._stage_values)
        self.progress.keep(values)
        reached: dict[Stage, int] = {}
        results: list[StageResult] = []
        for stage in self.stages:
            self.is_cut_short = stage is self.stages[-1] and self.may_begin_again and not self._is_dealt(values)
            if self.is_cut_short:
                break
            objective = self.model.prices[stage]
            bound = self._floor(stage, values, reached)
            values, bound = self._close(stage, values, bound)
            reached[stage] = self.program.value(objective, values)
            results.append(StageResult(stage, reached[stage], min(bound, reached[stage])))
            self.progress.keep(values)
            self.program.row(objective, high=reached[stage], is_ceiling=True)
        return values, results

    def _floor(self, stage: Stage, values: Sequence[int], reached: Mapping[Stage, int]) -> int:
        """What the stage cannot go below while all before it stay where they are."""
        objective = self.model.prices[stage]
        if stage is Stage.FAIRNESS:
            self.relaxation = None  # One at a time, for each takes much room.
            self.relaxation = Relaxation(self.program) if len(self.model.seats) <= LARGE else None
        lows, highs = self.program.lows, self.program.highs
        nothing = sum(n * (lows[v] if n > 0 else highs[v]) for n, v in objective)
        if self.program.value(objective, values) <= nothing:
            return nothing
        weights = {s: WEIGHTS[s] // WEIGHTS[stage] for s in (*reached, stage)}
        total = self._total(weights)
        return nothing if total is None else max(nothing, floor_of(total, weights, {**reached, stage: 0}, stage))

    def _total(self, weights: Mapping[Stage, int]) -> float | None:
        """What the weighed sum of some stages cannot go below, asked once."""
        key = tuple(weights.items())
        if key not in self._totals:
            if self.relaxation is None:
                return None
            self._totals[key] = self.relaxation.least(self._weighed(weights), seconds=self.limits.left / 2)
        return self._totals[key]

    def _stage_values(self, values: Sequence[int]) -> list[int]:
        return [self.program.value(self.model.prices[stage], values) for stage in self.stages]

    def _put_together(self) -> list[int]:
        """The relaxation's answer for cover, with those it cut in parts put together again.

        All but a few seats come out whole, so what is left to decide is small.
        """
        cover = [stage for stage in self.stages if stage is not Stage.FAIRNESS]
        weights: dict[Stage, int] = {stage: WEIGHTS[stage] // WEIGHTS[cover[-1]] for stage in cover}
        if self._total(weights) is None or self.relaxation is None:
            return self.model.nobody()
        settled = {v for v in self.model.seats.values() if self.relaxation.values[v] > 1 - NEARLY}
        values = self.model.settled([int(v in settled) or low for v, low in enumerate(self.program.lows)])
        answer = optimise(
            self.program,
            self._weighed(weights),
            self._effort(min(self.limits.left / 3, OPENING_SECONDS)),
            hint=values,
            free=set(range(len(values))) - settled - self._full(settled),
            should_stop=self.limits.should_stop,
        )
        return self.model.nobody() if answer.values is None else self.model.settled(answer.values)

    def _mended(self, values: list[int]) -> list[int]:
        """Better in all stages about cover at once, so that closing one of them seldom tears the others apart."""
        cover = [stage for stage in self.stages if stage is not Stage.FAIRNESS]
        weights: dict[Stage, int] = {stage: WEIGHTS[stage] // WEIGHTS[cover[-1]] for stage in cover}
        total, prices = self._total(weights), self._weighed(weights)
        floor = None if total is None else ceil(total - NEARLY)
        is_done = floor is not None and self.program.value(prices, values) <= floor
        if is_done or self.limits.is_stopped or len(self.model.seats) > LARGE:
            return values
        answer = optimise(
            self.program,
            prices,
            self._effort(self.limits.left / 4, stop_at=floor),
            hint=values,
            on_better=lambda found, _: self.progress.keep(found),
            should_stop=self.limits.should_stop,
        )
        return values if answer.values is None else self.model.settled(answer.values)

    def _weighed(self, weights: Mapping[Stage, int]) -> list[tuple[int, int]]:
        return [(weight * n, v) for stage, weight in weights.items() for n, v in self.model.prices[stage]]

    def _full(self, settled: set[int]) -> set[int]:
        """The other seats on lines that have all they want."""
        lines: dict[tuple[int, Duty], list[int]] = {}
        for seating, variable in self.model.seats.items():
            lines.setdefault((seating.shift_id, seating.duty), []).append(variable)
        full: set[int] = set()
        for (shift_id, duty), variables in lines.items():
            line = self.model.roster.shift_by_id[shift_id].line(duty)
            here = settled.intersection(variables)
            if line is not None and len(here) >= line.wanted:
                full.update(set(variables) - here - {ONE})
        return full

    def _close(self, stage: Stage, values: list[int], bound: int) -> tuple[list[int], int]:
        """The best answer for a stage, and what no answer goes below."""
        objective = self.model.prices[stage]
        is_last = stage is self.stages[-1]
        enough = bound + int(bound * GOOD_ENOUGH) if stage is Stage.FAIRNESS else bound
        if self.program.value(objective, values) <= enough or self.limits.is_stopped:
            return values, bound
        if len(self.model.seats) <= (SMALL if is_last else LARGE):
            answer = optimise(
                self.program,
                objective,
                self._effort(self.limits.left / 2, stop_at=enough),
                hint=values,
                on_better=lambda found, _: self.progress.keep(found),
                should_stop=self.limits.should_stop,
            )
            bound = max(bound, answer.bound)
            values = values if answer.values is None else self.model.settled(answer.values)
        values = improve(
            self.program,
            self.model.places(),
            objective,
            values,
            floor=max(bound, enough),
            seconds=self.limits.left if is_last else self.limits.left / 4,
            seed=self.limits.seed,
            on_better=self.progress.keep,
            is_fit=self._is_dealt if is_last and self.joined.groups else None,
            should_stop=self.limits.should_stop,
        )
        return values, bound

    def _effort(self, seconds: float, stop_at: int | None = None) -> Effort:
        seed = self.limits.seed
        return Effort(seconds, seed or 0, in_steps=seed is not None, stop_at=stop_at, at_most=self.limits.left)


OPENING_SECONDS = 5.0
SMALL = 2_000
"""Seats up to which CP-SAT is asked for the whole fair share at once."""
LARGE = 40_000
"""Seats beyond which the whole program no longer fits beside the rest in a gigabyte: then small parts alone."""
GOOD_ENOUGH = 0.01
"""A hundredth above the bound on unevenness is not worth anybody's waiting."""


class _Progress:
    """Tells how far the search is, whenever there is news."""

    def __init__(self, roster: Roster, model: RosterModel, started: float, report: Report | None) -> None:
        self._roster, self._model, self._started, self._report = roster, model, started, report
        self.bound = roster.seats
        self._filled = 0

    def keep(self, values: Sequence[int]) -> None:
        """Count the seats of an answer."""
        filled = filled_seats(self._roster, self._model.plan(values))
        if filled > self._filled:
            self._filled = filled
            self.tell()

    def tell(self) -> None:
        """Report."""
        if self._report is not None:
            seconds = round(time.monotonic() - self._started, 1)
            news = {
                "filled": self._filled,
                "bound": self.bound,
                "seats": self._roster.seats,
                "seconds": seconds,
            }
            self._report(news)
