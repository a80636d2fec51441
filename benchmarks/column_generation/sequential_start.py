"""A start plan and small improvements: one person after another takes the schedule that cover needs most."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from benchmarks.column_generation.cover_constraints import CoverConstraints, ScheduleSet
from benchmarks.column_generation.individual_schedules import PricingProblem, Schedule

TIE_BREAK = 1 / 64
"""The most that chance adds to prices, so that of equally cheap schedules not always the same one is found."""

LEAST_SHARE = 0.2
"""The share of the shortage price that a missing person always counts, however many can still come."""


def sequential_start(
    cover: CoverConstraints, problems: Mapping[int, PricingProblem], random_: random.Random
) -> ScheduleSet | None:
    """Give everybody in random order the schedule that is best for the cover still missing.

    A missing person counts the more, the fewer can still come. None if a person has no schedule at all.
    """
    np = cover.np
    lines_of = {
        person_id: cover.line_of[[seat for day in problem.constraints.days for seat in day]]
        for person_id, problem in problems.items()
    }
    can_come = np.zeros(len(cover.wanted))
    for lines in lines_of.values():
        np.add.at(can_come, lines, 1)
    schedules = ScheduleSet(cover)
    for person_id in random_.sample(sorted(problems), len(problems)):
        missing = np.maximum(cover.wanted - schedules.counts, 0)
        share = np.minimum(1.0, LEAST_SHARE + missing / np.maximum(can_come, 1))
        prices = np.where(missing > 0, -cover.shortage_price * share, cover.surplus_price)
        cheapest = problems[person_id].cheapest(cover.by_seat(prices)).schedules
        if not cheapest:
            return None
        schedules.put(cheapest[0])
        np.subtract.at(can_come, lines_of[person_id], 1)
    return schedules


def improve_in_turn(
    schedules: ScheduleSet,
    problems: Mapping[int, PricingProblem],
    random_: random.Random,
    should_stop: Callable[[], bool],
    add_columns: Callable[[tuple[Schedule, ...]], None],
) -> None:
    """Give everybody in turn the best schedule beside all others', until nobody's can be improved."""
    is_better = True
    while is_better and not should_stop():
        before = schedules.cost
        for person_id in random_.sample(sorted(problems), len(problems)):
            if should_stop():
                return
            _improve(schedules, problems[person_id], random_, add_columns)
        is_better = schedules.cost < before


def _improve(
    schedules: ScheduleSet,
    problem: PricingProblem,
    random_: random.Random,
    add_columns: Callable[[tuple[Schedule, ...]], None],
) -> None:
    cover = schedules.cover
    cost = schedules.cost
    old = schedules.remove(problem.person_id)
    ties = cover.np.random.default_rng(random_.randrange(1 << 30)).random(len(cover.line_of)) * TIE_BREAK
    cheapest = problem.cheapest(cover.by_seat(cover.marginal_cost(schedules.counts)) + ties).schedules
    add_columns(cheapest)
    for schedule in cheapest:
        schedules.put(schedule)
    if old is not None and (not cheapest or schedules.cost > cost):
        schedules.put(old)
