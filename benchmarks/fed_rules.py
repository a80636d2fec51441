"""What a charity's people ask for, in realistic proportions, so that every rule of a benchmark's roster has its data.

Of 100 people 25 set a limit of their own besides their hours a week, 40 have wishes, 8 have the same seat every week,
5 wish for a partner, 4 are in a pair that is kept apart and 2 in one that belongs together; 10 did shifts elsewhere
just before the period, a few of them hard ones. Newcomers and recent nights are in the roster already.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import time, timedelta

from progression.duties import Duty
from progression.intervals import covers
from progression.stages import Stage
from rota.scheduling.roster import Limits, Pair, Roster, RosterPerson, RosterShift, Stint, Wish
from rota.scheduling.standing_slots import StandingSlot


def with_every_rule_fed(roster: Roster, seed: int) -> Roster:
    """Return the roster with limits, wishes, standing seats, pairs and earlier work; the same for the same seed."""
    chance = random.Random(seed)
    people = tuple(_asking(person, roster, chance) for person in roster.people)
    return replace(roster, people=people, pairs=tuple(_pairs(people, chance)))


def _asking(person: RosterPerson, roster: Roster, chance: random.Random) -> RosterPerson:
    return replace(
        person,
        limits=_limits(person.limits, chance),
        wishes=tuple(_wishes(roster, chance)) if chance.random() < 0.4 else (),
        slots=tuple(_slots(person, roster, chance)) if chance.random() < 0.08 else (),
        commitments=(_shift_before(roster, chance),) if chance.random() < 0.1 else (),
        stage=_stage(person),
    )


def _stage(person: RosterPerson) -> Stage:
    if Duty.ON_CALL in person.clearances:
        return Stage.STAFF
    return Stage.PEER if Duty.HOST in person.clearances else Stage.VOLUNTEER


def _limits(limits: Limits, chance: random.Random) -> Limits:
    kind = chance.random()
    if kind < 0.1:
        return replace(limits, most_shifts_a_month=chance.randint(2, 8))
    if kind < 0.18:
        return replace(limits, most_nights_a_week=chance.randint(0, 2))
    if kind < 0.22:
        return replace(limits, least_shifts=chance.randint(1, 3))
    if kind < 0.25:
        return replace(limits, longest_run=chance.randint(2, 4), shortest_run=1)
    return limits


def _wishes(roster: Roster, chance: random.Random) -> Iterator[Wish]:
    price = roster.rules.wishes.price
    for _ in range(chance.randint(1, 2)):
        weekdays = frozenset(chance.sample(range(7), 2))
        match chance.randrange(3):
            case 0:
                yield Wish(wanted=True, price=price, channel=chance.choice(roster.shifts).channel)
            case 1:
                yield Wish(wanted=True, price=price, weekdays=weekdays, starts=time(16), ends=time(0))
            case _:
                yield Wish(wanted=False, price=price, weekdays=weekdays)


def _slots(person: RosterPerson, roster: Roster, chance: random.Random) -> Iterator[StandingSlot]:
    """One seat that they are cleared for and offer in the first week, if there is one."""
    able = [(shift, line.duty) for shift in roster.shifts_by_start for line in shift.lines if line.wanted]
    offered = [
        (shift, duty)
        for shift, duty in able
        if shift.starts_at < roster.shifts_by_start[0].starts_at + timedelta(days=7)
        and duty in person.clearances
        and covers(person.availability, shift.starts_at, shift.ends_at)
    ]
    if offered:
        shift, duty = chance.choice(offered)
        starts = shift.starts_at.astimezone(roster.zone)
        yield StandingSlot(starts.weekday(), starts.time(), shift.channel, duty)


def _shift_before(roster: Roster, chance: random.Random) -> Stint:
    first: RosterShift = roster.shifts_by_start[0]
    ends_at = first.starts_at - timedelta(hours=chance.randrange(4, 72))
    return Stint(ends_at - timedelta(hours=4), ends_at, Duty.MODERATOR, "Elsewhere", was_hard=chance.random() < 0.2)


def _pairs(people: Sequence[RosterPerson], chance: random.Random) -> Iterator[Pair]:
    for share, together, is_wish in ((0.02, False, False), (0.01, True, False), (0.05, True, True)):
        for _ in range(round(len(people) * share)):
            first, second = chance.sample(people, 2)
            yield Pair(first.id, second.id, together=together, is_wish=is_wish)
