"""A first plan by walks, and small steps: one person after another takes the walk that cover needs most."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from rota.scheduling.engine.column_generation.cover_lines import Cover, Together
from rota.scheduling.engine.column_generation.individual_schedules import Walk, Walker

TIE = 1 / 64
"""Chance added to prices, so that of walks that cost the same not always the same one is found."""


def one_after_another(cover: Cover, walkers: Mapping[int, Walker], chance: random.Random) -> Together | None:
    """Everybody takes the walk that is best for what is missing yet, in an order drawn by lot.

    Missing people count the more, the fewer there are who could still come. None if somebody has no walk at all.
    """
    np = cover.np
    seats = {
        person_id: cover.line_of[[seat for on in walker.shape.days for seat in on]]
        for person_id, walker in walkers.items()
    }
    able = np.zeros(len(cover.wanted))
    for lines in seats.values():
        np.add.at(able, lines, 1)
    together = Together(cover)
    for person_id in chance.sample(sorted(walkers), len(walkers)):
        missing = np.maximum(cover.wanted - together.counts, 0)
        share = np.minimum(1.0, 0.2 + missing / np.maximum(able, 1))
        prices = np.where(missing > 0, -cover.short * share, cover.over)
        found = walkers[person_id].cheapest(cover.by_seat(prices)).walks
        if not found:
            return None
        together.put(found[0])
        np.subtract.at(able, seats[person_id], 1)
    return together


def better_one_by_one(
    together: Together,
    walkers: Mapping[int, Walker],
    chance: random.Random,
    should_stop: Callable[[], bool],
    learn: Callable[[tuple[Walk, ...]], None],
) -> None:
    """Everybody in turn takes the best walk beside all others, until nobody can better theirs."""
    cover = together.cover
    is_better = True
    while is_better and not should_stop():
        before = together.cost
        for person_id in chance.sample(sorted(walkers), len(walkers)):
            if should_stop():
                return
            _step(cover, together, walkers[person_id], chance, learn)
        is_better = together.cost < before


def _step(
    cover: Cover,
    together: Together,
    walker: Walker,
    chance: random.Random,
    learn: Callable[[tuple[Walk, ...]], None],
) -> None:
    cost = together.cost
    old = together.take(walker.person_id)
    ties = cover.np.random.default_rng(chance.randrange(1 << 30)).random(len(cover.line_of)) * TIE
    found = walker.cheapest(cover.by_seat(cover.one_more(together.counts)) + ties).walks
    learn(found)
    for walk in found:
        together.put(walk)
    if old is not None and (not found or together.cost > cost):
        together.put(old)
