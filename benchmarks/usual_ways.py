"""The two usual ways to fill a rota, to compare the engine with. Both keep every rule, seat by seat.

Self-sign-up: people choose seats in the order in which they come. Longest since last turn: each seat in turn goes to
the person who has waited longest.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from progression.duties import Duty
from rota.scheduling.roster import Plan, Roster, RosterLine, RosterPerson, RosterShift, Seating
from rota.scheduling.rules.base import Scope
from rota.scheduling.rules.book import RuleBook, breaches, check_assignment, rules_in_force
from rota.scheduling.rules.wishes import Fairness

NEVER = datetime.min.replace(tzinfo=UTC)


def self_sign_up(roster: Roster, seed: int) -> Plan:
    """Return the plan in which people come in random order and each takes every seat left that they may have.

    They take the earliest first, up to the limits they set.
    """
    people = list(roster.people)
    random.Random(seed).shuffle(people)
    table = _Table(roster)
    for person in people:
        for shift, line in table.open_to(person):
            table.seat(person, shift, line)
    return table.plan


def longest_since_last_turn(roster: Roster) -> Plan:
    """Return the plan in which each seat goes to the person whose last turn is longest ago, in order of time."""
    table = _Table(roster)
    last: dict[int, datetime] = {}
    able: dict[tuple[int, Duty], list[RosterPerson]] = {}
    for person in roster.people:
        for shift, line in table.open_to(person):
            able.setdefault((shift.id, line.duty), []).append(person)
    for shift in roster.shifts_by_start:
        for line in sorted(shift.lines, key=lambda line: not line.duty.may_supervise):
            waiting = able.get((shift.id, line.duty), [])
            for person in sorted(waiting, key=lambda person: (last.get(person.id, NEVER), person.id)):
                if table.seat(person, shift, line):
                    last[person.id] = shift.ends_at
    return table.plan


class _Table:
    """A plan that grows seat by seat."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._book: RuleBook = rules_in_force(roster.rules, roster.pairs)
        self._on_shift: dict[int, list[Seating]] = {}
        self._of_person: dict[int, list[Seating]] = {}

    @property
    def plan(self) -> Plan:
        """The plan so far."""
        return Plan(frozenset(seating for here in self._on_shift.values() for seating in here))

    def open_to(self, person: RosterPerson) -> Iterator[tuple[RosterShift, RosterLine]]:
        """Yield the lines a person is cleared and free for, earliest first; leads' and moderators' seats first."""
        rules = self._book.for_person(person).seats
        for shift in min((rule.possible_shifts(self._roster, person) for rule in rules), key=len):
            for line in sorted(shift.lines, key=lambda line: not line.duty.may_supervise):
                stint = self._roster.stint(shift, line.duty)
                if not any(rule.forbids(self._roster, person, stint) for rule in rules):
                    yield shift, line

    def seat(self, person: RosterPerson, shift: RosterShift, line: RosterLine) -> bool:
        """Give the person the seat if the line is not full and no rule is broken. Returns whether they have it."""
        here = self._on_shift.setdefault(shift.id, [])
        if sum(1 for seating in here if seating.duty is line.duty) >= line.wanted:
            return False
        theirs = self._of_person.setdefault(person.id, [])
        # Only their own seats and those on this shift matter, and a small plan is fast to check.
        if check_assignment(self._roster, Plan(frozenset((*here, *theirs))), person, shift, line.duty):
            return False
        seating = Seating(shift.id, line.duty, person.id)
        here.append(seating)
        theirs.append(seating)
        return True


def unevenness_of_nights(roster: Roster, plan: Plan) -> float:
    """Return the share of all nights that would have to change hands for an even distribution, 0 being even.

    Even means that everybody works nights in proportion to the nights they offered.
    """
    fairness = Fairness(roster.rules.fairness)
    table = _Table(roster)
    offered: dict[int, int] = {}
    had: dict[int, int] = {}
    for person in roster.people:
        times = {shift.starts_at: roster.stint(shift, line.duty) for shift, line in table.open_to(person)}
        offered[person.id] = sum(fairness.is_night(roster, stint) for stint in times.values())
        stints = roster.stints(person, plan.by_person.get(person.id, ()))
        had[person.id] = sum(fairness.is_night(roster, stint) for stint in stints if stint.shift_id is not None)
    nights, offers = sum(had.values()), sum(offered.values())
    if not nights or not offers:
        return 0.0
    return sum(abs(had[p] - nights * offered[p] / offers) for p in had) / (2 * nights)


def unsafe_shifts(roster: Roster, plan: Plan) -> int:
    """Return how many shifts with people on them are not safe.

    A person is alone, there is no experienced adult, or peers have nobody beside them.
    """
    return len({breach.shift_ids[0] for breach in breaches(roster, plan) if breach.scope is Scope.SHIFT})
