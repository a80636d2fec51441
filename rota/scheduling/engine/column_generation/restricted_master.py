"""The walks found so far, weighed against each other by a linear program: people may take parts of several walks.

Its prices say what one more on each line is worth. Walks that are cheap at these prices are found and added, until
none is missing; and prices with the cheapest walks for them give a bound that no plan goes below, at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rota.scheduling.engine.column_generation.cover_lines import Cover
from rota.scheduling.engine.column_generation.individual_schedules import Walk

LITTLE = 1e-6
"""Less of a walk than this is nothing."""


class Master:
    """The linear program over walks. Everybody needs a walk in it before it is solved."""

    def __init__(self, cover: Cover, people: Iterable[int]) -> None:
        # Loading it takes seconds, so only who solves does.
        from ortools.linear_solver import pywraplp  # type: ignore[attr-defined]

        self._lp = pywraplp
        self._cover = cover
        self._solver = solver = pywraplp.Solver.CreateSolver("GLOP")
        self._given = pywraplp.MPSolverParameters()
        # What the solver would tidy up beforehand, it would tidy up again with each walk that is added.
        self._given.SetIntegerParam(self._given.PRESOLVE, self._given.PRESOLVE_OFF)
        self._lines: list[Any] = []
        for wanted, short, over in zip(cover.wanted.tolist(), cover.short.tolist(), cover.over.tolist(), strict=True):
            row = solver.Constraint(wanted, wanted)
            for number, price in ((1, short), (-1, over)):
                slack = solver.NumVar(0, solver.infinity(), "")
                row.SetCoefficient(slack, number)
                solver.Objective().SetCoefficient(slack, price)
            self._lines.append(row)
        solver.Objective().SetMinimization()
        self._one_each = {person_id: solver.Constraint(1, 1) for person_id in people}
        self.parts: dict[Walk, Any] = {}
        self._held: set[Walk] = set()
        self.value = 0.0
        self.worth: Any = None
        self.pays: dict[int, float] = {}
        self.weights: dict[Walk, float] = {}

    def add(self, walk: Walk) -> bool:
        """Whether the walk is new here."""
        if walk in self.parts:
            return False
        part = self._solver.NumVar(0, self._solver.infinity(), "")
        self._one_each[walk.person_id].SetCoefficient(part, 1)
        for line in self._cover.line_of[list(walk.seats)].tolist():
            self._lines[line].SetCoefficient(part, 1)
        self._solver.Objective().SetCoefficient(part, walk.price)
        self.parts[walk] = part
        return True

    def solve(self, seconds: float) -> bool:
        """Weigh the walks; False if that took too long."""
        self._solver.SetTimeLimit(max(1, int(seconds * 1000)))
        if self._solver.Solve(self._given) != self._lp.Solver.OPTIMAL:
            return False
        self.value = self._solver.Objective().Value()
        self.worth = self._cover.np.array([row.dual_value() for row in self._lines])
        self.pays = {person_id: row.dual_value() for person_id, row in self._one_each.items()}
        self.weights = {walk: taken for walk, part in self.parts.items() if (taken := part.solution_value()) > LITTLE}
        return True

    def hold(self, walks: Iterable[Walk]) -> None:
        """Let these walks be taken whole, and no others be held."""
        held = set(walks)
        for walk in self._held ^ held:
            self.parts[walk].SetLb(1 if walk in held else 0)
        self._held = held
