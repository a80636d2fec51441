"""Bounds that are not CP-SAT's own word: the program with people allowed in parts, solved by GLOP."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import ceil, inf
from typing import TypeVar

from rota.scheduling.engine.program import Program, Terms

Key = TypeVar("Key")

NEARLY = 1e-4
"""Arithmetic in fractions ends a hair beside the whole number it means; bounds give that hair away."""


class Relaxation:
    """The linear relaxation of a program as it stood when this was made.

    Rows with one of the variables in `without` are left out, which can only loosen it.
    """

    def __init__(self, program: Program, *, without: Collection[int] = ()) -> None:
        # This face of the solver keeps a program in a third of the room that its better known one takes.
        from ortools.linear_solver.python import model_builder_helper  # Loading it takes time, so only who solves does.

        self._solvers = model_builder_helper
        self._model = model = model_builder_helper.ModelBuilderHelper()
        for variable, (low, high) in enumerate(zip(program.lows, program.highs, strict=True)):
            model.add_var()
            model.set_var_lower_bound(variable, low)
            model.set_var_upper_bound(variable, high)
        for row in program.rows:
            if without and any(variable in without for variable in row.terms.variables):
                continue
            theirs = model.add_linear_constraint()
            model.set_constraint_lower_bound(theirs, -inf if row.low is None else row.low)
            model.set_constraint_upper_bound(theirs, inf if row.high is None else row.high)
            for number, variable in row.terms:
                model.add_term_to_constraint(theirs, variable, number)
        self.values: list[float] = []
        """The last answer, one number for each variable; empty before the first."""

    def least(self, objective: Terms, *, seconds: float) -> float | None:
        """The least value of an objective over people in parts, or None if that took too long."""
        totals: dict[int, int] = {}
        for number, variable in objective:
            totals[variable] = totals.get(variable, 0) + number
        self._model.clear_objective()
        for variable, number in totals.items():
            self._model.set_var_objective_coefficient(variable, number)
        solver = self._solvers.ModelSolverHelper("glop")
        solver.set_time_limit_in_seconds(max(0.001, seconds))
        solver.solve(self._model)
        if solver.status() != self._solvers.OPTIMAL:
            return None
        self.values = solver.variable_values().tolist()
        value: float = solver.objective_value()
        return value


def floor_of(total: float, weights: Mapping[Key, int], reached: Mapping[Key, int], key: Key) -> int:
    """What one part of a weighed sum cannot go below, where every other part is as `reached` says.

    `total` is what the whole sum cannot go below, so the rest of it is left for this part, whatever the
    weights.
    """
    others = sum(weight * reached[other] for other, weight in weights.items() if other != key)
    return ceil((total - others) / weights[key] - NEARLY)
