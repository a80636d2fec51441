"""Lexicographic search: minimise one objective after another, each frozen before the next, with independent bounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from progression.duties import Duty
from rota.scheduling.engine.cp_sat import SolverCallbacks, SolverSettings, optimise
from rota.scheduling.engine.greedy_start import greedy_start
from rota.scheduling.engine.large_neighbourhood_search import LargeNeighbourhoodSearch
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import COVER_OBJECTIVES, CREW_OBJECTIVES, WEIGHTS, Objective, objectives
from rota.scheduling.engine.program import ONE
from rota.scheduling.engine.relaxation import TOLERANCE, LinearRelaxation, implied_bound, whole_bound
from rota.scheduling.engine.symmetry import AggregatedRoster, aggregate_symmetric_shifts, crew_objective_values
from rota.scheduling.roster import Plan, Roster, filled_seats
from rota.scheduling.rules.base import Breach
from rota.scheduling.rules.book import breaches

RESERVED_SHARE = 0.08
"""The share of the time kept for distributing aggregated shifts and checking the plan, so that it is ready on time."""

ROUNDING_SECONDS = 5.0
"""The most that completing the rounded relaxation to a start plan may take."""

MOST_SEATS_FOR_FAIRNESS = 2_000
"""Seats up to which CP-SAT is given the whole model for the last objective."""

MOST_SEATS_FOR_COVER = 40_000
"""Seats beyond which the whole model would exceed a gigabyte with the rest: then neighbourhoods only."""

LONGEST_WITH_STEPS = 3600.0
"""Seconds of the clock after which even a search ends that counts its steps: far more than any takes."""

FAIRNESS_GAP = 0.01
"""Fairness within 1 % of its lower bound is good enough: nobody would wait for the rest."""

Report = Callable[[dict[str, Any]], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    """How one objective ended: `value` was reached, and no plan goes below `bound`."""

    objective: Objective
    value: int
    bound: int

    @property
    def is_proved(self) -> bool:
        """Whether no plan is better here without being worse in an earlier objective."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan, and what is known about it.

    `filled` of the `seats` wanted are filled; no plan that keeps the rules fills more than `bound`. `proved` says that
    no plan is better in the cover objectives, down to the seats wanted.
    """

    plan: Plan
    seats: int
    filled: int
    bound: int
    proved: bool
    objectives: tuple[ObjectiveResult, ...]
    seconds: float
    breaches: tuple[Breach, ...]


def solve_lexicographic(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    counts_steps: bool = False,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> Proposal:
    """Return the best plan found for a roster that is small enough to be solved as a whole."""
    limits = _SearchLimits(time.monotonic(), seconds * (1 - RESERVED_SHARE), seed, counts_steps, should_stop)
    separate: set[int] = set()
    while True:
        aggregated = aggregate_symmetric_shifts(roster, separate)
        search = _LexicographicSearch(aggregated, limits, report)
        values, results = search.run()
        plan, worse = aggregated.disaggregate(search.model.plan_of(values))
        if not worse or not (search.is_cut_short or search.has_time_to_restart):
            break
        separate |= worse
    if worse:
        results = _recounted(results, crew_objective_values(roster, plan))
    filled = filled_seats(roster, plan)
    return Proposal(
        plan=plan,
        seats=roster.seats,
        filled=filled,
        bound=max(search.progress.bound, filled),
        proved=all(r.is_proved for r in results if r.objective in COVER_OBJECTIVES),
        objectives=tuple(results),
        seconds=limits.passed,
        breaches=tuple(breaches(roster, plan)),
    )


def _recounted(results: Sequence[ObjectiveResult], values: Mapping[Objective, int]) -> list[ObjectiveResult]:
    """Return the results as the distributed plan reaches them. Bounds hold only until an objective falls short."""
    recounted: list[ObjectiveResult] = []
    for r in results:
        value = max(values[r.objective], r.value) if r.objective in CREW_OBJECTIVES else r.value
        holds = all(new.value == old.value for new, old in zip(recounted, results, strict=False))
        recounted.append(ObjectiveResult(r.objective, value, r.bound if holds else 0))
    return recounted


@dataclass(frozen=True, slots=True)
class _SearchLimits:
    """What ends the search, and the seed that makes it repeatable.

    With `counts_steps` the clock ends nothing: `seconds` are then the solver's own, for each part of the search.
    """

    started: float
    seconds: float
    seed: int | None
    counts_steps: bool
    should_stop: ShouldStop | None

    @property
    def passed(self) -> float:
        return time.monotonic() - self.started

    @property
    def left(self) -> float:
        return self.seconds if self.counts_steps else max(0.0, self.seconds - self.passed)

    @property
    def clock_left(self) -> float:
        return LONGEST_WITH_STEPS if self.counts_steps else self.left

    @property
    def is_stopped(self) -> bool:
        return self.should_stop is not None and self.should_stop()

    def settings(self, seconds: float, target: int | None = None) -> SolverSettings:
        """Return the settings of one run of the solver."""
        deterministic = self.counts_steps or self.seed is not None
        return SolverSettings(
            seconds, self.seed or 0, deterministic=deterministic, target=target, wall_seconds=self.clock_left
        )


class _LexicographicSearch:
    """One search: the relaxation, start plans (greedy, and rounded from the relaxation), then each objective."""

    def __init__(self, aggregated: AggregatedRoster, limits: _SearchLimits, report: Report | None) -> None:
        self.limits = limits
        self.aggregated = aggregated
        self.is_cut_short = False
        """Whether the last objective was left out because some shifts must be planned separately first."""
        roster = aggregated.roster
        self.model = RosterModel(roster, copies=aggregated.copies)
        self.program = self.model.program
        self.objectives = list(objectives(roster))
        cover = [objective for objective in self.objectives if objective is not Objective.FAIRNESS]
        self._cover_weights: Mapping[Objective, int] = {
            objective: WEIGHTS[objective] // WEIGHTS[cover[-1]] for objective in cover
        }
        self.progress = _Progress(roster, self.model, limits.started, report)
        # Fairness never stands in the way of cover, so the relaxation of the cover objectives leaves it out.
        self.relaxation: LinearRelaxation | None = LinearRelaxation(self.program, without=self.model.fairness_variables)
        self._relaxed: dict[tuple[tuple[Objective, int], ...], float | None] = {}
        short = self._relaxed_minimum({Objective.WANTED: 1})
        if short is not None:
            self.progress.bound = roster.seats - whole_bound(short)
        self.progress.report()

    @property
    def has_time_to_restart(self) -> bool:
        """Whether there is time to search again with more shifts separate, if some could not be distributed."""
        return not self.limits.is_stopped and self.limits.clock_left > self.limits.passed

    def run(self) -> tuple[list[int], list[ObjectiveResult]]:
        """Return the best solution and how each objective ended, the last left out if the search must restart."""
        values = greedy_start(self.model)
        self.progress.record(values)
        values = self._better_of(values, self._rounded_relaxation())
        values = self._better_of(values, self._cover_improved(values))
        reached: dict[Objective, int] = {}
        results: list[ObjectiveResult] = []
        for objective in self.objectives:
            is_last = objective is self.objectives[-1]
            self.is_cut_short = is_last and self.has_time_to_restart and not self._can_be_distributed(values)
            if self.is_cut_short:
                break
            terms = self.model.objective_terms[objective]
            bound = self._lower_bound(objective, values, reached)
            values, bound = self._minimise(objective, values, bound)
            reached[objective] = self.program.evaluate(terms, values)
            results.append(ObjectiveResult(objective, reached[objective], min(bound, reached[objective])))
            self.progress.record(values)
            self.program.add_constraint(terms, high=reached[objective], is_objective_limit=True)
        return values, results

    def _better_of(self, first: list[int], second: list[int]) -> list[int]:
        values = min(first, second, key=self._objective_values)
        self.progress.record(values)
        return values

    def _can_be_distributed(self, values: Sequence[int]) -> bool:
        return not self.aggregated.disaggregate(self.model.plan_of(values))[1]

    def _objective_values(self, values: Sequence[int]) -> list[int]:
        return [self.program.evaluate(self.model.objective_terms[objective], values) for objective in self.objectives]

    def _lower_bound(self, objective: Objective, values: Sequence[int], reached: Mapping[Objective, int]) -> int:
        """Return a lower bound of an objective with all earlier ones frozen at the values reached."""
        terms = self.model.objective_terms[objective]
        if objective is Objective.FAIRNESS:
            self.relaxation = None  # Freed before the next is made: each takes much memory.
            if len(self.model.seats) <= MOST_SEATS_FOR_COVER:
                self.relaxation = LinearRelaxation(self.program)
        trivial = self.program.lower_bound(terms)
        if self.program.evaluate(terms, values) <= trivial:
            return trivial
        # The relaxation of fairness was made with all earlier objectives frozen. That of cover was made before them, so
        # a weighted sum takes the place of freezing.
        earlier = () if objective is Objective.FAIRNESS else reached
        weights = {o: WEIGHTS[o] // WEIGHTS[objective] for o in (*earlier, objective)}
        total = self._relaxed_minimum(weights)
        if total is None:
            return trivial
        return max(trivial, implied_bound(total, weights, {**reached, objective: 0}, objective))

    def _relaxed_minimum(self, weights: Mapping[Objective, int]) -> float | None:
        """Return the minimum of a weighted sum of objectives in the relaxation, computed once for each sum."""
        key = tuple(weights.items())
        if key not in self._relaxed:
            if self.relaxation is None:
                return None
            self._relaxed[key] = self.relaxation.minimum(self._weighted(weights), seconds=self.limits.clock_left / 2)
        return self._relaxed[key]

    def _weighted(self, weights: Mapping[Objective, int]) -> list[tuple[int, int]]:
        terms = self.model.objective_terms
        return [(weight * n, v) for objective, weight in weights.items() for n, v in terms[objective]]

    def _rounded_relaxation(self) -> list[int]:
        """Return a start plan rounded from the relaxation of cover: whole seats are kept, CP-SAT decides the rest.

        All but a few seats of the relaxation are whole, so little is left to decide.
        """
        if self._relaxed_minimum(self._cover_weights) is None or self.relaxation is None:
            return self.model.empty_solution()
        kept = {v for v in self.model.seats.values() if self.relaxation.values[v] > 1 - TOLERANCE}
        values = self.model.with_derived([int(v in kept) or low for v, low in enumerate(self.program.lower)])
        result = optimise(
            self.program,
            self._weighted(self._cover_weights),
            self.limits.settings(min(self.limits.left / 3, ROUNDING_SECONDS)),
            hint=values,
            free=set(range(len(values))) - kept - self._other_seats_on_full_lines(kept),
            callbacks=SolverCallbacks(should_stop=self.limits.should_stop),
        )
        return self.model.empty_solution() if result.values is None else self.model.with_derived(result.values)

    def _other_seats_on_full_lines(self, kept: set[int]) -> set[int]:
        """Return the variables of the seats that are not kept, on lines that have all the people they want."""
        lines: dict[tuple[int, Duty], list[int]] = {}
        for seating, variable in self.model.seats.items():
            lines.setdefault((seating.shift_id, seating.duty), []).append(variable)
        others: set[int] = set()
        for (shift_id, duty), variables in lines.items():
            line = self.model.roster.shift_by_id[shift_id].line(duty)
            on_line = kept.intersection(variables)
            if line is not None and len(on_line) >= line.wanted:
                others.update(set(variables) - on_line - {ONE})
        return others

    def _cover_improved(self, values: list[int]) -> list[int]:
        """Return a plan better in the weighted sum of the cover objectives, so that none is far from its best."""
        total, terms = self._relaxed_minimum(self._cover_weights), self._weighted(self._cover_weights)
        bound = None if total is None else ceil(total - TOLERANCE)
        is_optimal = bound is not None and self.program.evaluate(terms, values) <= bound
        if is_optimal or self.limits.is_stopped or len(self.model.seats) > MOST_SEATS_FOR_COVER:
            return values
        result = optimise(
            self.program,
            terms,
            self.limits.settings(self.limits.left / 4, target=bound),
            hint=values,
            callbacks=self._callbacks(),
        )
        return values if result.values is None else self.model.with_derived(result.values)

    def _minimise(self, objective: Objective, values: list[int], bound: int) -> tuple[list[int], int]:
        """Return the best solution found for an objective, and the best lower bound: CP-SAT, then neighbourhoods."""
        terms = self.model.objective_terms[objective]
        is_last = objective is self.objectives[-1]
        target = bound + int(bound * FAIRNESS_GAP) if objective is Objective.FAIRNESS else bound
        if self.program.evaluate(terms, values) <= target or self.limits.is_stopped:
            return values, bound
        if len(self.model.seats) <= (MOST_SEATS_FOR_FAIRNESS if is_last else MOST_SEATS_FOR_COVER):
            settings = self.limits.settings(self.limits.left / 2, target=target)
            result = optimise(self.program, terms, settings, hint=values, callbacks=self._callbacks())
            bound = max(bound, result.bound)
            values = values if result.values is None else self.model.with_derived(result.values)
        neighbourhoods = LargeNeighbourhoodSearch(
            self.program,
            self.model.open_seats(),
            terms,
            seed=self.limits.seed,
            on_better=self.progress.record,
            is_acceptable=self._can_be_distributed if is_last and self.aggregated.groups else None,
            should_stop=self.limits.should_stop,
        )
        seconds = self.limits.left if is_last else self.limits.left / 4
        return (
            neighbourhoods.improve(
                values, lower_bound=max(bound, target), seconds=seconds, counts_steps=self.limits.counts_steps
            ),
            bound,
        )

    def _callbacks(self) -> SolverCallbacks:
        return SolverCallbacks(
            on_better=lambda values, _: self.progress.record(values), should_stop=self.limits.should_stop
        )


class _Progress:
    """Reports the seats filled and their bound whenever one of them is better than before."""

    def __init__(self, roster: Roster, model: RosterModel, started: float, report: Report | None) -> None:
        self._roster, self._model, self._started, self._report = roster, model, started, report
        self.bound = roster.seats
        self._filled = 0

    def record(self, values: Sequence[int]) -> None:
        """Count the seats of a solution, and report if it fills more."""
        filled = filled_seats(self._roster, self._model.plan_of(values))
        if filled > self._filled:
            self._filled = filled
            self.report()

    def report(self) -> None:
        """Report the state of the search."""
        if self._report is not None:
            state = {
                "filled": self._filled,
                "bound": self.bound,
                "seats": self._roster.seats,
                "seconds": round(time.monotonic() - self._started, 1),
            }
            self._report(state)
