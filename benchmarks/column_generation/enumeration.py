"""Enumeration: all schedules that a better plan could hold, and an integer program that chooses one of them for each.

At the duals that proved the bound, no plan below a cost holds a schedule whose reduced cost exceeds the person's least
by more than the gap between that cost and the bound (reduced-cost fixing). Where few enough schedules remain, an
integer program over them finds a plan below the cost or proves that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.column_generation.cover_constraints import ScheduleSet
from benchmarks.column_generation.individual_schedules import Schedule
from benchmarks.column_generation.pricing import ColumnGeneration

MOST_SCHEDULES = 20_000
"""Schedules in the integer program: more take longer than they are worth."""


@dataclass(frozen=True, slots=True)
class EnumerationResult:
    """A set of schedules below the cost, or None, and whether that is certain."""

    schedules: ScheduleSet | None
    is_certain: bool


def schedules_below(columns: ColumnGeneration, cost: int, most: int = MOST_SCHEDULES) -> list[Schedule] | None:
    """Return every schedule that a plan cheaper than this could hold; None if there are too many, or no bound yet."""
    if columns.best_duals is None:
        return None
    prices = -columns.cover.by_seat(columns.best_duals)
    gap = cost - 1 - columns.bound
    schedules: list[Schedule] = []
    for person_id, problem in columns.problems.items():
        near = problem.within(prices, columns.least[person_id] + gap, most - len(schedules))
        if near is None or columns.should_stop():
            return None
        schedules += near
    return schedules


def generated_schedules_below(columns: ColumnGeneration, cost: int) -> list[Schedule]:
    """Return the schedules generated so far that a plan cheaper than this could hold."""
    if columns.best_duals is None:
        return []
    prices = -columns.cover.by_seat(columns.best_duals)
    gap = cost - 1 - columns.bound
    most = {
        person_id: least + columns.problems[person_id].constraints.fixed_cost + gap
        for person_id, least in columns.least.items()
    }
    return [s for s in columns.master.columns if s.cost + prices[list(s.seats)].sum() <= most[s.person_id]]


def cheapest_set(
    columns: ColumnGeneration, schedules: Sequence[Schedule], cost: int, seconds: float
) -> EnumerationResult:
    """Return a plan of these schedules that costs less than `cost`, if there is one."""
    # Loading it takes seconds, so only processes that solve do.
    from ortools.linear_solver import pywraplp  # type: ignore[attr-defined]  # Its stubs leave this module out.

    cover = columns.cover
    solver = pywraplp.Solver.CreateSolver("SCIP")
    solver.SetTimeLimit(max(1, int(seconds * 1000)))
    objective = solver.Objective()
    objective.SetMinimization()
    below = solver.Constraint(-solver.infinity(), cost - 1)

    def set_price(variable: Any, price: int) -> None:
        objective.SetCoefficient(variable, price)
        below.SetCoefficient(variable, price)

    lines = []
    for wanted, shortage_price, surplus_price in cover.lines():
        lines.append(constraint := solver.Constraint(wanted, wanted))
        for coefficient, price in ((1, shortage_price), (-1, surplus_price)):
            # Schedules are whole, so the slack is whole without being an integer variable.
            slack = solver.NumVar(0, solver.infinity(), "")
            constraint.SetCoefficient(slack, coefficient)
            set_price(slack, price)
    one_each = {person_id: solver.Constraint(1, 1) for person_id in columns.problems}
    taken = [solver.BoolVar("") for _ in schedules]
    for schedule, variable in zip(schedules, taken, strict=True):
        one_each[schedule.person_id].SetCoefficient(variable, 1)
        set_price(variable, schedule.cost)
        for line in cover.line_of[list(schedule.seats)].tolist():
            lines[line].SetCoefficient(variable, 1)
    status = solver.Solve()
    if status in (solver.OPTIMAL, solver.FEASIBLE):
        chosen = [s for s, variable in zip(schedules, taken, strict=True) if variable.solution_value() > 0.5]
        return EnumerationResult(ScheduleSet(cover, chosen), status == solver.OPTIMAL)
    return EnumerationResult(None, status == solver.INFEASIBLE)
