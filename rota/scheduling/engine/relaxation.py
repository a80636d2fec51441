"""Lower bounds that do not rest on CP-SAT: the linear relaxation of a program, solved by GLOP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import ceil, inf
from typing import TypeVar

from rota.scheduling.engine.program import Program, Terms

Key = TypeVar("Key")

TOLERANCE = 1e-4
"""Floating-point sums end slightly beside the whole number they mean; bounds are loosened by this much."""


class LinearRelaxation:
    """The linear relaxation of a program as it stood when this was made.

    Constraints on a variable in `without` are left out, which can only loosen the relaxation.
    """

    def __init__(self, program: Program, *, without: Collection[int] = ()) -> None:
        # This low-level interface keeps a program in a third of the memory that the usual one takes.
        from ortools.linear_solver.python import model_builder_helper  # Slow to load, so only processes that solve do.

        self._solvers = model_builder_helper
        self._model = model = model_builder_helper.ModelBuilderHelper()
        for variable, (low, high) in enumerate(zip(program.lower, program.upper, strict=True)):
            model.add_var()
            model.set_var_lower_bound(variable, low)
            model.set_var_upper_bound(variable, high)
        for constraint in program.constraints:
            if without and any(variable in without for variable in constraint.terms.variables):
                continue
            index = model.add_linear_constraint()
            model.set_constraint_lower_bound(index, -inf if constraint.low is None else constraint.low)
            model.set_constraint_upper_bound(index, inf if constraint.high is None else constraint.high)
            for coefficient, variable in constraint.terms:
                model.add_term_to_constraint(index, variable, coefficient)
        self.values: list[float] = []
        """The last solution, one number for each variable; empty before the first."""

    def minimum(self, objective: Terms, *, seconds: float) -> float | None:
        """Return the least value of an objective over fractional solutions, or None if that took too long."""
        coefficients: dict[int, int] = {}
        for coefficient, variable in objective:
            coefficients[variable] = coefficients.get(variable, 0) + coefficient
        self._model.clear_objective()
        for variable, coefficient in coefficients.items():
            self._model.set_var_objective_coefficient(variable, coefficient)
        solver = self._solvers.ModelSolverHelper("glop")
        solver.set_time_limit_in_seconds(max(0.001, seconds))
        solver.solve(self._model)
        if solver.status() != self._solvers.OPTIMAL:
            return None
        self.values = solver.variable_values().tolist()
        value: float = solver.objective_value()
        return value


def whole_bound(minimum: float) -> int:
    """Return the least whole number that the minimum of a relaxation allows, never below zero."""
    return max(0, ceil(minimum - TOLERANCE))


def implied_bound(total: float, weights: Mapping[Key, int], reached: Mapping[Key, int], key: Key) -> int:
    """Return a lower bound of one part of a weighted sum, given the values that all other parts reached.

    `total` is a lower bound of the whole sum, so what the other parts leave of it is left for this one, whatever the
    weights.
    """
    others = sum(weight * reached[other] for other, weight in weights.items() if other != key)
    return ceil((total - others) / weights[key] - TOLERANCE)
