"""Bounds that are not CP-SAT's own word: the program with people allowed in parts, solved by GLOP."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TypeVar

from rota.engine.program import Program, Terms

Key = TypeVar("Key")

NEARLY = 1e-4
"""Arithmetic in fractions ends a hair beside the whole number it means; bounds give that hair away."""


class Relaxation:
    """The linear relaxation of a program as it stood when this was made."""

    def __init__(self, program: Program) -> None:
        from ortools.linear_solver import pywraplp  # Loading it takes seconds, so only who solves does.

        self._optimal = pywraplp.Solver.OPTIMAL
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        # To start from the last answer would skip the solver's own tidying up, which saves far more.
        self._afresh = pywraplp.MPSolverParameters()
        self._afresh.SetIntegerParam(self._afresh.INCREMENTALITY, self._afresh.INCREMENTALITY_OFF)
        self._ours = [solver.NumVar(low, high, "") for low, high in zip(program.lows, program.highs, strict=True)]
        for row in program.rows:
            low = -solver.infinity() if row.low is None else row.low
            constraint = solver.Constraint(low, solver.infinity() if row.high is None else row.high)
            for number, variable in row.terms:
                constraint.SetCoefficient(self._ours[variable], number)
        self.values: list[float] = []
        """The last answer, one number for each variable; empty before the first."""

    def least(self, objective: Terms, *, seconds: float) -> float | None:
        """The least value of an objective over people in parts, or None if that took too long."""
        totals: dict[int, int] = {}
        for number, variable in objective:
            totals[variable] = totals.get(variable, 0) + number
        goal = self._solver.Objective()
        goal.Clear()
        for variable, number in totals.items():
            goal.SetCoefficient(self._ours[variable], number)
        goal.SetMinimization()
        self._solver.SetTimeLimit(max(1, int(seconds * 1000)))
        if self._solver.Solve(self._afresh) != self._optimal:
            return None
        self.values = [theirs.solution_value() for theirs in self._ours]
        value: float = goal.Value()
        return value


def floor_of(total: float, weights: Mapping[Key, int], reached: Mapping[Key, int], key: Key) -> int:
    """What one part of a weighed sum cannot go below, where every other part is as `reached` says.

    `total` is what the whole sum cannot go below, so the rest of it is left for this part, whatever the
    weights.
    """
    others = sum(weight * reached[other] for other, weight in weights.items() if other != key)
    return ceil((total - others) / weights[key] - NEARLY)
