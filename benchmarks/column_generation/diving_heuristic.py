"""Diving heuristic: hold a few schedules, generate columns that fit them, hold a few more, until all are whole."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass

from benchmarks.column_generation.cover_constraints import ScheduleSet
from benchmarks.column_generation.individual_schedules import Schedule
from benchmarks.column_generation.pricing import ColumnGeneration

COST_TOLERANCE = 1e-3
"""How much below a cost the master must be for the dive to go on."""

TIE_BREAK = 0.1
"""The most that chance adds to the weight of a schedule when schedules are ordered."""


@dataclass(frozen=True, slots=True)
class DiveSettings:
    """How careful a dive is: rounds of pricing before more schedules are held, and the weight from which a schedule is
    held besides the heaviest ones."""

    pricing_rounds: int
    whole_weight: float


CAREFUL = DiveSettings(3, 0.999)
FAST = DiveSettings(1, 0.9)
"""Several times faster; which of the two finds better plans differs from roster to roster."""


def dive(
    columns: ColumnGeneration,
    start: ScheduleSet | None,
    free: Collection[int],
    below: float,
    settings: DiveSettings,
    random_: random.Random,
    seconds: float,
) -> ScheduleSet | None:
    """Return whole schedules for the free people beside those of the others; None if not cheaper than `below`."""
    master = columns.master
    held: dict[int, Schedule] = {}
    if start is not None:
        held = {person_id: schedule for person_id, schedule in start.schedules.items() if person_id not in free}
        columns.add(start.schedules.values())
    open_people = [person_id for person_id in columns.problems if person_id not in held]
    try:
        while open_people:
            master.hold(held.values())
            is_priced = columns.reprice(open_people, settings.pricing_rounds, seconds)
            if not is_priced or master.value >= below - COST_TOLERANCE:
                return None
            order = _by_weight(columns, held, random_)
            step = max(1, len(open_people) // 6)
            for n, (weight, schedule) in enumerate(order):
                if weight >= settings.whole_weight or n < step:
                    held[schedule.person_id] = schedule
            open_people = [person_id for person_id in columns.problems if person_id not in held]
        return ScheduleSet(columns.cover, held.values())
    finally:
        master.hold(())


def _by_weight(
    columns: ColumnGeneration, held: Collection[int], random_: random.Random
) -> list[tuple[float, Schedule]]:
    """Return the heaviest schedule of each person who has none held, heaviest first, ties broken by chance."""
    heaviest: dict[int, tuple[float, Schedule]] = {}
    for schedule, weight in columns.master.weights.items():
        person_id = schedule.person_id
        if person_id not in held and weight > heaviest.get(person_id, (0.0, schedule))[0]:
            heaviest[person_id] = weight, schedule
    return sorted(heaviest.values(), key=lambda best: best[0] + TIE_BREAK * random_.random(), reverse=True)
