"""Minimise an objective over an integer program, or over some of its variables, by CP-SAT."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

from rota.scheduling.engine.program import Program, Terms

BOUND_TOLERANCE = 1e-6
"""The solver's bound is a float: this much above a whole number still counts as that number."""

STOP_POLL_SECONDS = 0.1
"""How often a running search asks whether it should stop."""

WALL_SECONDS_PER_STEP_SECOND = 20
"""Wall-clock limit of a deterministic search for each second of it, unless the caller gives a limit."""


@dataclass(frozen=True, slots=True)
class SolveResult:
    """What the solver returned. `values` is None if it found no solution; no solution has a lower objective than
    `bound`."""

    values: list[int] | None
    objective: int | None
    bound: int
    is_optimal: bool
    is_infeasible: bool


@dataclass(frozen=True, slots=True)
class SolverSettings:
    """How long and how to search. A deterministic search counts the solver's own steps, measured in seconds, and
    gives the same result each time."""

    seconds: float
    seed: int = 0
    workers: int = 2
    deterministic: bool = False
    use_relaxation: bool = False
    """Whether to lean on the linear relaxation: slower to good solutions, and the only way that proves them."""
    target: int | None = None
    """An independent lower bound of the objective: reaching it ends the search."""
    wall_seconds: float | None = None
    """Seconds of wall-clock time after which even a deterministic search ends."""


@dataclass(frozen=True, slots=True)
class SolverCallbacks:
    """Functions called during a search: for each better solution with its objective, for each better bound, and
    regularly to ask whether to stop."""

    on_better: Callable[[Sequence[int], int], None] | None = None
    on_bound: Callable[[int], None] | None = None
    should_stop: Callable[[], bool] | None = None


def optimise(
    program: Program,
    objective: Terms,
    settings: SolverSettings,
    *,
    hint: Sequence[int] | None = None,
    free: Collection[int] | None = None,
    callbacks: SolverCallbacks | None = None,
) -> SolveResult:
    """Return the solution with the least value of the objective found by CP-SAT.

    With `free`, only these variables may change and all others keep their value in `hint`, which must be feasible.
    """
    from ortools.sat.python import cp_model  # Loading it takes seconds and 80 MiB, so only processes that solve do.

    callbacks = callbacks or SolverCallbacks()
    model = _Model(cp_model, program, hint, free)
    model.minimise(objective)
    solver = _solver(cp_model, settings)
    if (on_bound := callbacks.on_bound) is not None:
        solver.best_bound_callback = lambda bound: on_bound(ceil(bound - BOUND_TOLERANCE))
    watch = _solution_watch(cp_model, model, settings, callbacks)
    with _stopping_when_asked(solver, callbacks.should_stop):
        status = solver.solve(model.cp, watch)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return SolveResult(None, None, program.lower_bound(objective), False, status == cp_model.INFEASIBLE)
    values = model.values(solver.value)
    reached = program.evaluate(objective, values)
    bound = ceil(solver.best_objective_bound - BOUND_TOLERANCE)
    if settings.target is not None and reached <= settings.target:
        bound = reached
    is_optimal = status == cp_model.OPTIMAL or bound >= reached
    return SolveResult(values, reached, min(bound, reached), is_optimal, False)


class _Model:
    """A CP-SAT model of the whole program, or of the free variables with all others held at the hint."""

    def __init__(
        self, cp_model: Any, program: Program, hint: Sequence[int] | None, free: Collection[int] | None
    ) -> None:
        self._cp_model, self._program, self._hint = cp_model, program, hint
        self.cp = cp_model.CpModel()
        indices = range(len(program.lower)) if free is None else sorted(free)
        self._variables: dict[int, Any] = {
            v: self.cp.new_int_var(program.lower[v], program.upper[v], "") for v in indices
        }
        for constraint in program.constraints if free is None else program.constraints_on(indices):
            variables, coefficients, constant = self._split(constraint.terms)
            low = cp_model.INT32_MIN if constraint.low is None else constraint.low - constant
            high = cp_model.INT32_MAX if constraint.high is None else constraint.high - constant
            if constraint.is_at_most_one and high == 1:
                self.cp.add_at_most_one(variables)
            else:
                expression = cp_model.LinearExpr.weighted_sum(variables, coefficients)
                self.cp.add_linear_constraint(expression, low, high)

    def minimise(self, objective: Terms) -> None:
        """Set the objective, and hint at the solution given."""
        variables, coefficients, constant = self._split(objective)
        self.cp.minimize(self._cp_model.LinearExpr.weighted_sum(variables, coefficients) + constant)
        if self._hint is not None:
            for index, variable in self._variables.items():
                self.cp.add_hint(variable, self._hint[index])

    def _split(self, terms: Iterable[tuple[int, int]]) -> tuple[list[Any], list[int], int]:
        """Return the free variables of an expression, their coefficients, and the sum of the terms that are held."""
        variables, coefficients, constant = [], [], 0
        for coefficient, index in terms:
            variable = self._variables.get(index)
            if variable is not None:
                coefficients.append(coefficient)
                variables.append(variable)
            elif self._hint is not None:
                constant += coefficient * self._hint[index]
        return variables, coefficients, constant

    def values(self, value_of: Callable[[Any], int]) -> list[int]:
        """Return a value for every variable of the program, held ones included."""
        values = list(self._program.lower if self._hint is None else self._hint)
        for index, variable in self._variables.items():
            values[index] = value_of(variable)
        return values


def _solver(cp_model: Any, settings: SolverSettings) -> Any:
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.num_workers = settings.workers
    parameters.max_time_in_seconds = max(0.01, settings.seconds)
    parameters.random_seed = settings.seed
    if settings.use_relaxation and settings.workers == 1:
        parameters.linearization_level = 2
    elif settings.use_relaxation:
        parameters.subsolvers.append("max_lp")
    if settings.deterministic:
        wall = settings.wall_seconds
        wall = settings.seconds * WALL_SECONDS_PER_STEP_SECOND if wall is None else wall
        parameters.interleave_search = settings.workers > 1
        parameters.max_deterministic_time = max(0.01, settings.seconds)
        parameters.max_time_in_seconds = max(0.01, wall)
    return solver


def _solution_watch(cp_model: Any, model: _Model, settings: SolverSettings, callbacks: SolverCallbacks) -> Any:
    """Return the solver's callback that passes better solutions on and ends the search at the target."""

    class Watch(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]  # The base class is known at run time only.
        def on_solution_callback(self) -> None:
            objective = round(self.objective_value)
            if callbacks.on_better is not None:
                callbacks.on_better(model.values(self.value), objective)
            if settings.target is not None and objective <= settings.target:
                self.stop_search()

    return Watch()


@contextmanager
def _stopping_when_asked(solver: Any, should_stop: Callable[[], bool] | None) -> Iterator[None]:
    """Ask beside the search whether to stop, and end the search if so."""
    is_done = threading.Event()

    def poll() -> None:
        while should_stop is not None and not is_done.wait(STOP_POLL_SECONDS):
            if should_stop():
                solver.stop_search()

    thread = threading.Thread(target=poll, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()
