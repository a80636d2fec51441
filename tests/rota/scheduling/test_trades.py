"""Swaps and rings of three, compared with a search that tries every order of everybody."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from progression.duties import Duty
from rota.scheduling.rules.base import Breach, Scope
from rota.scheduling.rules.policy import Severity
from rota.scheduling.trades import Held, newly_broken, rings, swaps

MINE = Held(0, 0, Duty.MODERATOR)


def _others(people: int, each: int) -> list[Held]:
    seats = (
        Held(person, 100 * person + number, Duty.MODERATOR) for person in range(1, people) for number in range(each)
    )
    return list(seats)


def _by_trying_everything(others: list[Held], allowed: set[tuple[Held, Held]], size: int) -> set[tuple[Held, ...]]:
    """Every way to pass my seat round among so many people, each with one seat: by trying all of them."""
    ways = set()
    for some in permutations(others, size - 1):
        seats = [MINE, *some]
        takers = [*some, MINE]  # of each seat, the next one in the ring takes it
        if len({seat.person_id for seat in seats}) < size:
            continue
        if all((taker, seat) in allowed for seat, taker in zip(seats, takers, strict=True)):
            ways.add(some)
    return ways


@pytest.mark.parametrize("seed", range(40))
def test_they_find_what_trying_everything_finds(seed: int) -> None:
    rng = random.Random(seed)
    others = _others(people=6, each=2)
    everybody = [MINE, *others]
    allowed = {(one, two) for one in everybody for two in everybody if one != two and rng.random() < 0.25}

    def may_take(own: Held, wanted: Held) -> bool:
        return (own, wanted) in allowed

    assert {(each,) for each in swaps(MINE, others, may_take)} == _by_trying_everything(others, allowed, 2)
    found = rings(MINE, others, may_take, most=1000)
    possible = _by_trying_everything(others, allowed, 3)
    assert {tuple(ring) for ring in found} <= possible
    pairs = {(first.person_id, second.person_id) for first, second in possible}
    assert {(ring.first.person_id, ring.second.person_id) for ring in found} == pairs


def test_a_ring_is_found_where_no_two_can_swap() -> None:
    one, two = Held(1, 100, Duty.MODERATOR), Held(2, 200, Duty.MODERATOR)
    allowed = {(one, MINE), (two, one), (MINE, two)}
    assert swaps(MINE, [one, two], lambda own, wanted: (own, wanted) in allowed) == []
    (ring,) = rings(MINE, [one, two], lambda own, wanted: (own, wanted) in allowed)
    assert (ring.first, ring.second) == (one, two)


def _breach(rule: str, *shifts: int, excess: float = 1.0) -> Breach:
    return Breach(rule, Severity.HARD, Scope.PERSON, 1, shifts, f"{rule} {shifts} {excess}", excess=excess)


def test_what_was_broken_before_and_goes_no_further_is_not_new() -> None:
    before = [_breach("hours_in_a_week", 1, 2, 3, excess=0.3)]
    assert newly_broken(before, [_breach("hours_in_a_week", 1, 2, excess=0.1)]) == []


def test_what_goes_further_or_touches_another_shift_or_comes_beside_is_new() -> None:
    before = [_breach("overlap", 1, 2)]
    assert newly_broken(before, [_breach("overlap", 2, 3)])
    assert newly_broken([_breach("hours_in_a_week", 1, excess=0.1)], [_breach("hours_in_a_week", 1, excess=0.2)])
    assert newly_broken(before, [*before, _breach("overlap", 1, 3)]) == [_breach("overlap", 1, 3)]
