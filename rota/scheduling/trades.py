"""Who could trade shifts with whom: swaps of two, rings of three, and what they would break. Pure.

A trade is only a suggestion here. `rota/exchanges` asks the people, and checks every rule again when all have said yes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from progression.duties import Duty
from rota.scheduling.roster import Plan, Roster, RosterShift, Seating, Stint
from rota.scheduling.rules.base import Breach, Scope
from rota.scheduling.rules.book import (
    breaches_of_people,
    check_assignment,
    rules_in_force,
    shift_breaches,
)
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.registry import RULE_OF

MOST_RINGS = 3
"""How many rings are looked for: enough to choose from, so few that the search ends soon."""


class Held(NamedTuple):
    """A seat that somebody has."""

    person_id: int
    shift_id: int
    duty: Duty

    @property
    def seating(self) -> Seating:
        """The same, as a plan holds it."""
        return Seating(self.shift_id, self.duty, self.person_id)


class Ring(NamedTuple):
    """A ring of three: who has `first` takes mine, who has `second` takes `first`, and I take `second`."""

    first: Held
    second: Held


MayTake = Callable[[Held, Held], bool]
"""Whether who has the first seat may have the second instead of it."""


def swaps(mine: Held, others: Iterable[Held], may_take: MayTake) -> list[Held]:
    """The seats of others that I may have for mine, and whose holders may have mine for theirs; in the order given."""
    return [
        each for each in others if each.person_id != mine.person_id and may_take(each, mine) and may_take(mine, each)
    ]


def rings(mine: Held, others: Sequence[Held], may_take: MayTake, *, most: int = MOST_RINGS) -> list[Ring]:
    """Up to `most` rings of three with my seat, each of three people, in the order in which the seats are given.

    No two rings have the same two others. Meant for when no swap is found: it does not look whether two would do.
    """
    elsewhere = [each for each in others if each.person_id != mine.person_id]
    i_may_take = [each for each in elsewhere if may_take(mine, each)]
    found: dict[tuple[int, int], Ring] = {}
    if not i_may_take:
        return []
    for first in elsewhere:
        if not may_take(first, mine):
            continue
        for second in i_may_take:
            pair = (first.person_id, second.person_id)
            if pair[0] != pair[1] and pair not in found and may_take(second, first):
                found[pair] = Ring(first, second)
                if len(found) == most:
                    return list(found.values())
    return list(found.values())


@dataclass
class Judge:
    """Says who may take which seat of a plan for their own, by every rule that stops; remembers what it found."""

    roster: Roster
    plan: Plan
    _alone: dict[tuple[int, datetime, datetime, Duty], bool] = field(default_factory=dict)
    _found: dict[tuple[Held, Held], bool] = field(default_factory=dict)

    def may_take(self, own: Held, wanted: Held) -> bool:
        """Whether who has `own` may have `wanted` instead, once its holder has left it."""
        if (own.shift_id, own.duty) == (wanted.shift_id, wanted.duty):
            return False  # nothing would change
        if (own, wanted) not in self._found:
            self._found[own, wanted] = self.could(own, wanted) and self._fits(own, wanted)
        return self._found[own, wanted]

    def could(self, own: Held, wanted: Held) -> bool:
        """Whether they might at all, were it their only shift here: the quick answer for most."""
        shift = self.roster.shift_by_id[wanted.shift_id]
        key = (own.person_id, shift.starts_at, shift.ends_at, wanted.duty)
        if key not in self._alone:
            person = self.roster.person_by_id[own.person_id]
            self._alone[key] = not check_assignment(self.roster, Plan(), person, shift, wanted.duty)
        return self._alone[key]

    def _fits(self, own: Held, wanted: Held) -> bool:
        person, shift = self.roster.person_by_id[own.person_id], self.roster.shift_by_id[wanted.shift_id]
        kept = {*self.plan.by_person.get(own.person_id, ()), *self.plan.by_shift.get(wanted.shift_id, ())}
        # Only what the rules read of this person and this shift: a whole plan would be indexed each time.
        plan = Plan(frozenset(kept - {own.seating, wanted.seating}))
        return not check_assignment(self.roster, plan, person, shift, wanted.duty)

    def broken_by(
        self, moves: Sequence[tuple[Held, int]], *, people: Collection[int] = (), after: Roster | None = None
    ) -> list[Breach]:
        """What giving each of these seats to the person beside it, all at once, would newly break.

        For these people as well, and with another roster afterwards, where they also trade seats elsewhere.
        """
        gone = [held.seating for held, _ in moves]
        come = [Seating(held.shift_id, held.duty, to) for held, to in moves]
        concerned, shifts = {*people, *(to for _, to in moves)}, {held.shift_id for held, _ in moves}
        moved = self.plan.without(*gone).adding(*come)
        before = _breaches(self.roster, self.plan, concerned, shifts)
        return newly_broken(before, _breaches(after or self.roster, moved, concerned, shifts))


def _breaches(roster: Roster, plan: Plan, people: Iterable[int], shifts: Iterable[int]) -> list[Breach]:
    book = rules_in_force(roster.rules, roster.pairs)
    of_shifts = (
        breach
        for shift_id in sorted(shifts)
        for breach in shift_breaches(roster, book, roster.shift_by_id[shift_id], plan)
        if breach.severity is not Severity.WISH
    )
    return [*breaches_of_people(roster, plan, sorted(people)), *of_shifts]


@dataclass
class Judges:
    """The same for the seats of several rotas, or of days with other rules: each shift is judged by its own roster.

    In it, what somebody has on another one is a commitment; so a seat that they give away there is one no more, and one
    that they get there becomes one.
    """

    by_shift: Mapping[int, Judge]
    _elsewhere: dict[tuple[Held, Held], bool] = field(default_factory=dict)

    def may_take(self, own: Held, wanted: Held) -> bool:
        """Whether who has `own` may have `wanted` instead, once its holder has left it."""
        judge = self.by_shift[wanted.shift_id]
        if own.shift_id in judge.roster.shift_by_id:
            return judge.may_take(own, wanted)
        if (own, wanted) not in self._elsewhere:
            self._elsewhere[own, wanted] = self._may_take_elsewhere(judge, own, wanted)
        return self._elsewhere[own, wanted]

    def _may_take_elsewhere(self, judge: Judge, own: Held, wanted: Held) -> bool:
        person = judge.roster.person_by_id[own.person_id]
        kept = self._kept(person.commitments, [own])
        if len(kept) == len(person.commitments):  # it is too far off to count
            return judge.may_take(own, wanted)
        freed = replace(person, commitments=kept)
        alone = replace(judge.roster, people=(freed,), fixed=(), current=())
        if not Judge(alone, Plan()).could(own, wanted):
            return False
        everybody = tuple(freed if each.id == freed.id else each for each in judge.roster.people)
        return Judge(replace(judge.roster, people=everybody), judge.plan).may_take(own, wanted)

    def _kept(self, commitments: Iterable[Stint], given: Sequence[Held]) -> tuple[Stint, ...]:
        """These commitments but those of seats that are given away, of which others may have some of the hours."""
        return tuple(each for each in commitments if not any(self._is_of(each, seat) for seat in given))

    def _is_of(self, stint: Stint, seat: Held) -> bool:
        shift = self._shift(seat)
        within = shift.starts_at <= stint.starts_at and stint.ends_at <= shift.ends_at
        return within and (stint.channel, stint.duty) == (shift.channel, seat.duty)

    def _shift(self, seat: Held) -> RosterShift:
        return self.by_shift[seat.shift_id].roster.shift_by_id[seat.shift_id]

    def broken_by(self, moves: Sequence[tuple[Held, int]]) -> list[Breach]:
        """What giving each of these seats to the person beside it, all at once, would newly break, on every roster."""
        judges = {id(judge): judge for judge in (self.by_shift[held.shift_id] for held, _ in moves)}
        return [breach for judge in judges.values() for breach in self._broken_on(judge, moves)]

    def _broken_on(self, judge: Judge, moves: Sequence[tuple[Held, int]]) -> list[Breach]:
        here = [move for move in moves if move[0].shift_id in judge.roster.shift_by_id]
        elsewhere = [move for move in moves if move[0].shift_id not in judge.roster.shift_by_id]
        if not elsewhere:
            return judge.broken_by(here)
        people = {to for _, to in moves}
        changed = {}
        for person_id in people:
            person = judge.roster.person_by_id[person_id]
            kept = self._kept(person.commitments, [held for held, _ in elsewhere if held.person_id == person_id])
            got = tuple(self._stint(held) for held, to in elsewhere if to == person_id)
            changed[person_id] = replace(person, commitments=(*kept, *got))
        everybody = tuple(changed.get(each.id, each) for each in judge.roster.people)
        return judge.broken_by(here, people=people, after=replace(judge.roster, people=everybody))

    def _stint(self, seat: Held) -> Stint:
        shift = self._shift(seat)
        return Stint(shift.starts_at, shift.ends_at, seat.duty, shift.channel)


def newly_broken(before: Iterable[Breach], after: Iterable[Breach]) -> list[Breach]:
    """Those breaches of `after` that are not one of `before` again.

    One counts as the same again if there are no more of its rule for the same person or shift than before and, of a
    rule that more people cannot mend, if it touches no other shift and goes no further past its limit.
    """
    earlier: dict[tuple[object, ...], list[Breach]] = defaultdict(list)
    for breach in before:
        earlier[_about(breach)].append(breach)
    later = list(after)
    has = Counter(_about(breach) for breach in later)
    return [
        breach
        for breach in later
        if breach not in earlier[_about(breach)]
        and (has[_about(breach)] > len(earlier[_about(breach)]) or not _is_again(breach, earlier[_about(breach)]))
    ]


def _is_again(breach: Breach, earlier: Sequence[Breach]) -> bool:
    if not RULE_OF[breach.rule].monotone:
        return True  # more people can mend it, and it is no further off than it was
    shifts = {shift_id for each in earlier for shift_id in each.shift_ids}
    return shifts.issuperset(breach.shift_ids) and breach.excess <= max(each.excess for each in earlier)


def _about(breach: Breach) -> tuple[object, ...]:
    """What a breach is about: who or which shift."""
    place = breach.shift_ids[:1] if breach.scope is Scope.SHIFT else ()
    return breach.rule, breach.person_id, place
