"""The last step: of all walks that a better plan could hold, a plan is chosen whole, or there is none.

At the prices that proved the bound, no plan below a cost holds a walk that is dearer than the cheapest by more than
what lies between the bound and that cost. Where few enough walks remain, an integer program over them finds a plan
below that cost, or proves that none is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rota.scheduling.engine.column_generation.cover_lines import Together
from rota.scheduling.engine.column_generation.individual_schedules import Walk
from rota.scheduling.engine.column_generation.pricing import Columns

MOST_WALKS = 20_000
"""Walks in the integer program: more take longer than they are worth."""


@dataclass(frozen=True, slots=True)
class Finish:
    """How it ended: a plan below the cost, or none, and whether that is certain."""

    together: Together | None
    is_certain: bool


def every_walk_below(columns: Columns, cost: int, most: int = MOST_WALKS) -> list[Walk] | None:
    """Every walk that a plan cheaper than this could hold; None if there are too many, or no bound yet."""
    if columns.best_worth is None:
        return None
    prices = -columns.cover.by_seat(columns.best_worth)
    room = cost - 1 - columns.bound
    walks: list[Walk] = []
    for person_id, walker in columns.walkers.items():
        near = walker.within(prices, columns.least[person_id] + room, most - len(walks))
        if near is None or columns.should_stop():
            return None
        walks += near
    return walks


def known_walks_below(columns: Columns, cost: int) -> list[Walk]:
    """Those of the walks found so far that a plan cheaper than this could hold."""
    if columns.best_worth is None:
        return []
    prices = -columns.cover.by_seat(columns.best_worth)
    room = cost - 1 - columns.bound
    dearest = {
        person_id: least + columns.walkers[person_id].shape.always + room for person_id, least in columns.least.items()
    }
    return [w for w in columns.master.parts if w.price + prices[list(w.seats)].sum() <= dearest[w.person_id]]


def plan_below(columns: Columns, walks: Sequence[Walk], cost: int, seconds: float) -> Finish:
    """A plan of these walks that costs less than this, if there is one."""
    # Loading it takes seconds, so only who solves does.
    from ortools.linear_solver import pywraplp  # type: ignore[attr-defined]

    cover = columns.cover
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(max(1, int(seconds * 1000)))
    objective = solver.Objective()
    objective.SetMinimization()
    below = solver.Constraint(-solver.infinity(), cost - 1)

    def priced(variable: Any, price: int) -> None:
        objective.SetCoefficient(variable, price)
        below.SetCoefficient(variable, price)

    lines = []
    for wanted, short, over in zip(cover.wanted.tolist(), cover.short.tolist(), cover.over.tolist(), strict=True):
        lines.append(row := solver.Constraint(wanted, wanted))
        for number, price in ((1, short), (-1, over)):
            # Walks are whole, so what is missing and what is too much comes out whole by itself.
            slack = solver.NumVar(0, solver.infinity(), "")
            row.SetCoefficient(slack, number)
            priced(slack, price)
    each = {person_id: solver.Constraint(1, 1) for person_id in columns.walkers}
    taken = [solver.BoolVar("") for _ in walks]
    for walk, variable in zip(walks, taken, strict=True):
        each[walk.person_id].SetCoefficient(variable, 1)
        priced(variable, walk.price)
        for line in cover.line_of[list(walk.seats)].tolist():
            lines[line].SetCoefficient(variable, 1)
    status = solver.Solve()
    if status in (solver.OPTIMAL, solver.FEASIBLE):
        chosen = [walk for walk, variable in zip(walks, taken, strict=True) if variable.solution_value() > 0.5]
        return Finish(Together(cover, chosen), status == solver.OPTIMAL)
    return Finish(None, status == solver.INFEASIBLE)
