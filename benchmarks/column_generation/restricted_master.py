"""The restricted master problem: a linear program over the schedules generated so far.

People may take fractions of several schedules. Its dual values say what one more person on each line is worth.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from benchmarks.column_generation.cover_constraints import CoverConstraints
from benchmarks.column_generation.individual_schedules import Schedule

LEAST_WEIGHT = 1e-6
"""A smaller fraction of a schedule than this counts as none."""


class RestrictedMaster:
    """The linear program. Every person needs a schedule in it before it is solved."""

    def __init__(self, cover: CoverConstraints, people: Iterable[int]) -> None:
        # Loading it takes seconds, so only processes that solve do.
        from ortools.linear_solver import pywraplp  # type: ignore[attr-defined]  # Its stubs leave this module out.

        self._lp = pywraplp
        self._cover = cover
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self._parameters = pywraplp.MPSolverParameters()
        # Presolving would be done again with each column that is added.
        self._parameters.SetIntegerParam(self._parameters.PRESOLVE, self._parameters.PRESOLVE_OFF)
        self._lines: list[Any] = []
        for wanted, shortage_price, surplus_price in cover.lines():
            constraint = solver.Constraint(wanted, wanted)
            for coefficient, price in ((1, shortage_price), (-1, surplus_price)):
                slack = solver.NumVar(0, solver.infinity(), "")
                constraint.SetCoefficient(slack, coefficient)
                solver.Objective().SetCoefficient(slack, price)
            self._lines.append(constraint)
        solver.Objective().SetMinimization()
        self._one_each = {person_id: solver.Constraint(1, 1) for person_id in people}
        self.columns: dict[Schedule, Any] = {}
        self._held: set[Schedule] = set()
        self.value = 0.0
        self.duals: Any = None
        self.person_duals: dict[int, float] = {}
        self.weights: dict[Schedule, float] = {}

    def add(self, schedule: Schedule) -> bool:
        """Add a column. Returns whether it is new."""
        if schedule in self.columns:
            return False
        column = self._solver.NumVar(0, self._solver.infinity(), "")
        self._one_each[schedule.person_id].SetCoefficient(column, 1)
        for line in self._cover.line_of[list(schedule.seats)].tolist():
            self._lines[line].SetCoefficient(column, 1)
        self._solver.Objective().SetCoefficient(column, schedule.cost)
        self.columns[schedule] = column
        return True

    def solve(self, seconds: float) -> bool:
        """Solve the linear program. Returns False if that took too long."""
        self._solver.SetTimeLimit(max(1, int(seconds * 1000)))
        if self._solver.Solve(self._parameters) != self._lp.Solver.OPTIMAL:
            return False
        self.value = self._solver.Objective().Value()
        self.duals = self._cover.np.array([constraint.dual_value() for constraint in self._lines])
        self.person_duals = {person_id: constraint.dual_value() for person_id, constraint in self._one_each.items()}
        self.weights = {
            schedule: weight
            for schedule, column in self.columns.items()
            if (weight := column.solution_value()) > LEAST_WEIGHT
        }
        return True

    def hold(self, schedules: Iterable[Schedule]) -> None:
        """Fix these schedules to be taken whole, and release all others."""
        held = set(schedules)
        for schedule in self._held ^ held:
            self.columns[schedule].SetLb(1 if schedule in held else 0)
        self._held = held
