"""The fewest people to invite: never more than the smallest set that trying all of them finds."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest

from progression.duties import Duty
from progression.intervals import Interval
from rota.scheduling.cover_ahead import Ahead, AheadLine, AheadShift
from rota.scheduling.renewals_ahead import invitations
from tests.rota.scheduling.test_cover_ahead import DAY, MONDAY, REFRESHER, evening, lapsing, person

SECONDS = 5  # as the solver counts them; these need a hundredth of one
GREEDY_ASKS_ONE_TOO_MANY = 236


def crowd(seed: int) -> Ahead:
    """Three days of shifts, and seven people of whom most have a refresher that lapses; a few have seats already."""
    chance = random.Random(seed)
    shifts = tuple(
        evening(day, AheadLine(Duty.MODERATOR, 1, chance.randint(1, 2)), AheadLine(Duty.LEAD, 0, 1), hour=hour)
        for day in range(3)
        for hour in chance.sample((8, 14, 22), chance.randint(1, 2))
    )
    people = []
    for number in range(1, 8):
        in_order = sorted(shifts, key=lambda each: each.starts_at)
        able = tuple(Interval(shift.starts_at, shift.ends_at) for shift in in_order if chance.random() < 0.4)
        duties = chance.sample((Duty.MODERATOR, Duty.LEAD), chance.randint(1, 2))
        lapses = (lapsing(REFRESHER, MONDAY + chance.randint(0, 2) * DAY),) if chance.random() < 0.8 else ()
        one = person(number, *lapses, duties=duties, able=able)
        people.append(replace(one, shifts_a_week=chance.choice((None, 1, 2))))

    def with_holders(shift: AheadShift) -> AheadShift:
        lines = []
        for line in shift.lines:
            has = [each.id for each in people if line.duty in each.duties and chance.random() < 0.15]
            lines.append(replace(line, holders=tuple(has[: line.wanted])))
        return replace(shift, lines=tuple(lines))

    held = tuple(map(with_holders, shifts)) if seed % 2 else shifts
    return Ahead(held, tuple(people))


@pytest.mark.parametrize("seed", [GREEDY_ASKS_ONE_TOO_MANY, *range(24)])
def test_nobody_is_invited_who_could_be_spared_by_inviting_others(seed: int) -> None:
    ahead = crowd(seed)
    everything = {each.id: frozenset(each.lapses) for each in ahead.people if each.lapses}
    all_together = worth(ahead, everything)
    found = {each.person_id: frozenset(each.lapses) for each in invitations(ahead, seconds=SECONDS)}
    assert worth(ahead, found) == all_together
    for fewer in combinations(everything, max(0, len(found) - 1)):
        assert not found or worth(ahead, {each: everything[each] for each in fewer}) != all_together


def test_one_after_another_alone_would_ask_one_person_too_many() -> None:
    ahead = crowd(GREEDY_ASKS_ONE_TOO_MANY)
    assert (len(invitations(ahead)), len(invitations(ahead, seconds=SECONDS))) == (4, 3)


def worth(ahead: Ahead, renewed: dict[int, frozenset[str]]) -> tuple[int, int]:
    """How many seats are filled that a safe mix needs, and how many in all."""
    seats = ahead.filled(renewed)
    return sum(not seat.is_beyond_safe for seat in seats), len(seats)
