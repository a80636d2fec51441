"""From parts of walks to whole ones: hold a few, look for walks that fit them, hold a few more."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass

from rota.scheduling.engine.column_generation.cover_lines import Together
from rota.scheduling.engine.column_generation.individual_schedules import Walk
from rota.scheduling.engine.column_generation.pricing import Columns


@dataclass(frozen=True, slots=True)
class Care:
    """How carefully to dive: `rounds` of looking for walks that fit those held before more are held, and how much of
    a walk must be taken to hold it besides."""

    rounds: int
    whole: float


CAREFUL = Care(3, 0.999)
HASTY = Care(1, 0.9)
"""Several times faster; which of the two comes further differs from roster to roster."""


def dive(
    columns: Columns,
    start: Together | None,
    free: Collection[int],
    below: float,
    care: Care,
    chance: random.Random,
    seconds: float,
) -> Together | None:
    """Whole walks for these people, all others keeping those of `start`; None if it will not come below a cost."""
    master = columns.master
    held: dict[int, Walk] = {}
    if start is not None:
        held = {person_id: walk for person_id, walk in start.walks.items() if person_id not in free}
        columns.add(start.walks.values())
    open_people = [person_id for person_id in columns.walkers if person_id not in held]
    try:
        while open_people:
            master.hold(held.values())
            if not columns.reprice(open_people, care.rounds, seconds) or master.value >= below - 1e-3:
                return None
            heaviest: dict[int, tuple[float, Walk]] = {}
            for walk, weight in master.weights.items():
                if walk.person_id not in held and weight > heaviest.get(walk.person_id, (0.0, walk))[0]:
                    heaviest[walk.person_id] = weight, walk
            order = sorted(heaviest.values(), key=lambda best: best[0] + 0.1 * chance.random(), reverse=True)
            step = max(1, len(open_people) // 6)
            for n, (weight, walk) in enumerate(order):
                if weight >= care.whole or n < step:
                    held[walk.person_id] = walk
            open_people = [person_id for person_id in columns.walkers if person_id not in held]
        return Together(columns.cover, held.values())
    finally:
        master.hold(())
