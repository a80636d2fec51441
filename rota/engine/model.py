"""A roster as an integer program: one variable for each seat that somebody may take, the rules as rows.

Seats on one line are alike, so people on a line are counted and never given a seat's number here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from progression.duties import Duty
from rota.engine.program import ONE, Program, Terms
from rota.roster import Plan, Roster, RosterPerson, RosterShift, Seating
from rota.rules.base import Member, Possible
from rota.rules.book import RuleBook, rules_in_force


class Stage(StrEnum):
    """What matters, in order: nothing later is bought with anything earlier."""

    SENIOR = "senior"
    BLEND = "blend"
    MINIMUM = "minimum"
    WANTED = "wanted"
    CHANGES = "changes"
    FAIRNESS = "fairness"

    @property
    def words(self) -> str:
        """What the stage counts, fewer being better."""
        return _STAGE_WORDS[self]


_STAGE_WORDS = {
    Stage.SENIOR: "lead and on-call seats short",
    Stage.BLEND: "shifts not safe to open",
    Stage.MINIMUM: "seats short of the minimum",
    Stage.WANTED: "seats short of what is wanted",
    Stage.CHANGES: "seats taken from people who hold them now",
    Stage.FAIRNESS: "unevenness of nights, weekends and hours",
}

SENIOR_DUTIES = frozenset({Duty.LEAD, Duty.ON_CALL})


class RosterModel:
    """The program for one roster, with the price of each stage. It is what rules see as `Model`."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self.program = Program()
        self.prices: dict[Stage, list[tuple[int, int]]] = {stage: [] for stage in Stage}
        self.seats: dict[Seating, int] = {}
        self._possible: dict[int, list[Possible]] = {person.id: [] for person in roster.people}
        self._crew: dict[int, list[Member]] = {shift.id: [] for shift in roster.shifts}
        self._open: dict[int, int] = {}
        self._shortfalls: set[int] = set()
        book = rules_in_force(roster.rules)
        self._add_seats(book)
        for person in roster.people:
            if self._possible[person.id]:
                for person_rule in book.people:
                    person_rule.constrain(self, person)
        for shift in roster.shifts:
            for shift_rule in book.shifts:
                shift_rule.constrain(self, shift)
        self._price_cover()
        self._price_changes()

    @property
    def roster(self) -> Roster:
        return self._roster

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        return self._possible[person.id]

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        return self._crew[shift.id]

    def at_most(self, terms: Terms, most: int) -> None:
        self.program.row(terms, high=most)

    def at_most_one(self, variables: Sequence[int]) -> None:
        self.program.row([(1, variable) for variable in variables], high=1)

    def open_shift_needs(self, shift: RosterShift, terms: Terms, least: int) -> None:
        is_open = self._open.get(shift.id)
        if is_open is None:
            is_open = self._open[shift.id] = self.program.variable(0, 1)
            # One less each open shift, from a start of one each: the constant is carried by ONE.
            self.prices[Stage.BLEND] += [(1, ONE), (-1, is_open)]
        self.program.row([*terms, (-least, is_open)], low=0)

    def nobody(self) -> list[int]:
        """The answer in which nobody is given a seat: it always keeps the rules, so there always is an
        answer."""
        return [
            high if variable in self._shortfalls else low
            for variable, (low, high) in enumerate(zip(self.program.lows, self.program.highs, strict=True))
        ]

    def plan(self, values: Sequence[int]) -> Plan:
        """The plan that an answer stands for."""
        return Plan(frozenset(seating for seating, variable in self.seats.items() if values[variable]))

    def _add_seats(self, book: RuleBook) -> None:
        fixed = set(self._roster.fixed)
        by_start = sorted(self._roster.shifts, key=lambda shift: shift.starts_at)
        for person in self._roster.people:
            mine = self._possible[person.id]
            mine += (Possible(stint, ONE) for stint in person.commitments)
            for shift in by_start:
                for line in shift.lines:
                    seating = Seating(shift.id, line.duty, person.id)
                    stint = self._roster.stint(shift, line.duty)
                    if seating in fixed:
                        works = ONE
                    elif any(rule.blocks(self._roster, person, stint) for rule in book.seats):
                        continue
                    else:
                        works = self.program.variable(0, 1)
                    self.seats[seating] = works
                    mine.append(Possible(stint, works))
                    self._crew[shift.id].append(Member(person, line.duty, works))
            mine.sort(key=lambda possible: (possible.stint.starts_at, possible.stint.ends_at))

    def _price_cover(self) -> None:
        for shift in self._roster.shifts:
            for line in shift.lines:
                if not line.duty.counts_as_cover:
                    continue
                there = [(1, m.works) for m in self._crew[shift.id] if m.duty is line.duty]
                short = self._shortfall(there, line.minimum)
                if line.duty in SENIOR_DUTIES:
                    self.prices[Stage.SENIOR] += short
                self.prices[Stage.MINIMUM] += short
                self.prices[Stage.WANTED] += self._shortfall(there, line.wanted)

    def _shortfall(self, there: Terms, needed: int) -> list[tuple[int, int]]:
        settled = sum(1 for _, variable in there if variable == ONE)
        if settled >= needed:
            return []
        short = self.program.variable(0, needed - settled)
        self._shortfalls.add(short)
        self.program.row([*there, (1, short)], low=needed)
        return [(1, short)]

    def _price_changes(self) -> None:
        for seating in self._roster.standing:
            works = self.seats.get(seating)
            # A seat that its holder may no longer have is lost whatever the engine does.
            self.prices[Stage.CHANGES] += [(1, ONE)] if works is None else [(1, ONE), (-1, works)]


def stages(roster: Roster) -> Iterator[Stage]:
    """The stages that this roster has, in order."""
    for stage in Stage:
        if stage is not Stage.CHANGES or roster.standing:
            yield stage
