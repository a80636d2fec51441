"""A roster as an integer program: one variable for each seat that somebody may take, the rules as rows.

Seats on one line are alike, so people on a line are counted and never given a seat's number here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

from progression.duties import Duty
from rota.scheduling.engine.large_neighbourhood_search import Place
from rota.scheduling.engine.program import ONE, Program, Sum, Terms
from rota.scheduling.engine.run_length_automaton import RunsOfDays
from rota.scheduling.roster import Plan, Roster, RosterLine, RosterPerson, RosterShift, Seating
from rota.scheduling.rules.base import Member, Possible, Rule
from rota.scheduling.rules.book import RuleBook, rules_in_force
from rota.scheduling.rules.policy import Severity


class Stage(StrEnum):
    """What matters, in order: nothing later is bought with anything earlier."""

    SENIOR = "senior"
    BLEND = "blend"
    MINIMUM = "minimum"
    WANTED = "wanted"
    SHADOWS = "shadows"
    CHANGES = "changes"
    FAIRNESS = "fairness"
    COST = "cost"

    @property
    def words(self) -> str:
        """What the stage counts, fewer being better."""
        return _STAGE_WORDS[self]


_STAGE_WORDS = {
    Stage.SENIOR: "lead and on-call seats short",
    Stage.BLEND: "shifts not safe to open",
    Stage.MINIMUM: "seats short of the minimum",
    Stage.WANTED: "seats short of what is wanted",
    Stage.SHADOWS: "places to shadow left empty",
    Stage.CHANGES: "seats taken from people who hold them now",
    Stage.COST: "prices of people short, people too many and wishes missed",
    Stage.FAIRNESS: "unevenness of nights, weekends and hours",
}

SENIOR_DUTIES = frozenset({Duty.LEAD, Duty.ON_CALL})

COVER = (Stage.SENIOR, Stage.BLEND, Stage.MINIMUM, Stage.WANTED)
"""The stages about cover, which a proposal is proved by."""

WEIGHTS = {
    Stage.SENIOR: 1_000_000,
    Stage.BLEND: 200_000,
    Stage.MINIMUM: 20_000,
    Stage.WANTED: 2_000,
    Stage.SHADOWS: 1_000,
    Stage.CHANGES: 1_000,
    Stage.FAIRNESS: 1,
}
"""Only to find an opening and bounds quickly; which stage comes first never hangs on them."""


class RosterModel:
    """The program for one roster, with the price of each stage. It is what rules see as `Model`.

    `copies` says of shifts how many that are alike each stands for, with the lines of them all.
    """

    def __init__(
        self,
        roster: Roster,
        *,
        copies: Mapping[int, int] | None = None,
        is_priced: bool = False,
        has_walks: bool = True,
    ) -> None:
        self._roster = roster
        self._copies = copies or {}
        self._is_priced = is_priced
        self._run_lengths: dict[int, dict[str, int]] = {}
        self.program = Program()
        self.prices: dict[Stage, list[tuple[int, int]]] = {stage: [] for stage in Stage}
        self.seats: dict[Seating, int] = {}
        self._possible: dict[int, list[Possible]] = {person.id: [] for person in roster.people}
        self._crew: dict[int, list[Member]] = {shift.id: [] for shift in roster.shifts}
        self._open: dict[int, int] = {}
        self._needs: dict[int, list[tuple[Terms, int]]] = {}
        self._followers: list[Callable[[list[int]], None]] = []
        self._days: dict[int, Mapping[date, Terms]] = {}
        self._any_of: dict[tuple[tuple[int, int], ...], int] = {}
        self._crowds: list[set[int]] = []
        self._crowds_of: dict[int, set[int]] = {}
        self._crowds_told = 0
        book = rules_in_force(roster.rules, roster.pairs)
        self._add_seats(book)
        for person in roster.people:
            if self._possible[person.id]:
                for person_rule in book.of(person).people:
                    person_rule.constrain(self, person)
                self._tell_crowds()
                self._forget(person)
        before_shifts = len(self.program.rows)
        for shift in roster.shifts:
            for shift_rule in book.shifts:
                shift_rule.constrain(self, shift)
        self._tell_crowds()
        self.only_cover_joins = len(self.program.rows) == before_shifts
        """Whether nothing but the price of cover joins one person's seats to another's."""
        if has_walks:
            self._walk_through_runs()
        self._price_cover()
        self._price_changes()
        self.prices[Stage.COST] += self.prices[Stage.FAIRNESS]

    def _forget(self, person: RosterPerson) -> None:
        """Drop what nobody asks of again once a person's own rules are told; of many people that is a lot."""
        if person.id not in self._run_lengths:
            self._days.pop(person.id, None)
        if not self._roster.pairs:
            self._any_of.clear()
            self._crowds_of.clear()

    @property
    def roster(self) -> Roster:
        return self._roster

    @property
    def balances(self) -> set[int]:
        """The variables that only measure how even things are, and always find a value whatever the seats are."""
        seats = set(self.seats.values())
        return {v for _, v in self.prices[Stage.FAIRNESS] if v != ONE and v not in seats}

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        return self._possible[person.id]

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        return self._crew[shift.id]

    def days(self, person: RosterPerson) -> Mapping[date, Terms]:
        known = self._days.get(person.id)
        if known is None:
            begun: dict[date, list[Terms]] = {}
            for stint, works in self._possible[person.id]:
                begun.setdefault(self._roster.day_of(stint), []).append([(1, works)])
            known = self._days[person.id] = {day: self.any_of(begun[day]) for day in sorted(begun)}
        return known

    def any_of(self, sums: Sequence[Terms]) -> Terms:
        if len(sums) <= 1:
            return sums[0] if sums else []
        every = [term for terms in sums for term in terms]
        variables = {variable for _, variable in every}
        if ONE in variables:
            return [(1, ONE)]
        self._tell_crowds()
        if all(number == 1 for number, _ in every) and self._exclude_each_other(variables):
            return every
        key = tuple(sorted(every))
        known = self._any_of.get(key)
        if known is None:
            known = self._any_of[key] = self.program.variable(0, 1)
            for terms in sums:
                self.program.row([*terms, (-1, known)], high=0)
            self.program.row([*every, (-1, known)], low=0)
            whole = Sum(every)
            self._follow(known, lambda values: int(self.program.value(whole, values) > 0))
        return [(1, known)]

    def _exclude_each_other(self, variables: set[int]) -> bool:
        shared = [self._crowds_of.get(variable, set()) for variable in variables]
        return len(variables) == 1 or bool(set.intersection(*shared))

    def at_most(self, rule: Rule, terms: Terms, most: int) -> None:
        if rule.severity is Severity.WISH:
            self._price_over(rule, terms, most)
            return
        variables = {variable for _, variable in terms}
        is_crowd = most == 1 and len(variables) == len(terms) > 1 and all(number == 1 for number, _ in terms)
        if is_crowd and ONE not in variables:
            self._crowds.append(variables)
        else:
            self.program.row(terms, high=most)

    def _tell_crowds(self) -> None:
        """Tell those sets of which one at most may be that lie in no larger one: the others say nothing
        more."""
        for crowd in sorted(self._crowds, key=len, reverse=True):
            if not self._exclude_each_other(crowd):
                self._crowds_told += 1
                for variable in crowd:
                    self._crowds_of.setdefault(variable, set()).add(self._crowds_told)
                self.program.row([(1, variable) for variable in sorted(crowd)], high=1)
        self._crowds.clear()

    def at_least(self, rule: Rule, terms: Terms, least: int) -> None:
        if rule.severity is Severity.WISH:
            self._price_over(rule, [(-number, variable) for number, variable in terms], -least)
        else:
            self.program.row(terms, low=least)

    def _price_over(self, rule: Rule, terms: Terms, most: int) -> None:
        terms = Sum(terms)
        reached = sum(number for number, variable in terms if number > 0 or variable == ONE)
        units = -(-(reached - most) // rule.unit)
        if units > 0:
            over = self.program.variable(0, units)
            self.program.row([*terms, (-rule.unit, over)], high=most)
            self._follow(over, lambda values: max(0, -(-(self.program.value(terms, values) - most) // rule.unit)))
            self.price([(rule.price, over)])

    def price(self, terms: Terms, always: int = 0) -> None:
        self.prices[Stage.FAIRNESS] += [*terms, (always, ONE)]

    def price_growing(self, terms: Terms, unit: int, weights: Sequence[int]) -> None:
        terms = Sum(terms)
        most = -(-sum(number for number, _ in terms) // unit)
        if most <= 0 or not any(weights):
            return
        last = len(weights) - 1
        # The last piece takes all that goes beyond, so that a price never stands in the way of cover.
        rooms = [1 if piece < last else most - last for piece in range(min(most, last + 1))]
        held = [self.program.variable(0, room) for room in rooms]
        self.program.row([*terms, *((-unit, piece) for piece in held)], high=0)
        before = [sum(rooms[:n]) for n in range(len(rooms))]

        def units(values: Sequence[int], n: int) -> int:
            return min(rooms[n], max(0, -(-self.program.value(terms, values) // unit) - before[n]))

        for n, piece in enumerate(held):
            self._follow(piece, lambda values, n=n: units(values, n))  # type: ignore[misc]
        self.price(list(zip(weights, held, strict=False)))

    def _follow(self, variable: int, value: Callable[[Sequence[int]], int]) -> None:
        def follow(values: list[int]) -> None:
            values[variable] = value(values)

        self._followers.append(follow)

    def run_lengths(self, person: RosterPerson, **lengths: int) -> None:
        self._run_lengths.setdefault(person.id, {}).update(lengths)

    def open_shift_needs(self, shift: RosterShift, terms: Terms, least: int) -> None:
        is_open = self._open.get(shift.id)
        if is_open is None:
            copies = self._copies.get(shift.id, 1)
            is_open = self._open[shift.id] = self.program.variable(0, copies)
            # One less each open shift, from a start of one each: the constant is carried by ONE.
            self.prices[Stage.BLEND] += [(copies, ONE), (-1, is_open)]
            needs: list[tuple[Terms, int]] = []
            self._needs[shift.id] = needs
            self._follow(
                is_open,
                lambda values: min([copies, *(self.program.value(t, values) // n for t, n in needs if n > 0)]),
            )
        self._needs[shift.id].append((Sum(terms), least))
        self.program.row([*terms, (-least, is_open)], low=0)

    def nobody(self) -> list[int]:
        """The answer in which nobody is given a seat: it keeps every rule that adding people can break."""
        return self.settled(self.program.lows)

    def settled(self, values: Sequence[int]) -> list[int]:
        """The answer with these seats, and with everything that is worked out from seats at its best."""
        whole = list(values)
        for follow in self._followers:
            follow(whole)
        return whole

    def answer(self, plan: Plan) -> list[int]:
        """The answer that stands for a plan whose seats are all open or fixed here."""
        values = list(self.program.lows)
        for seating in plan.seatings:
            values[self.seats[seating]] = 1
        return self.settled(values)

    def places(self) -> list[Place]:
        """The seats that are open, by person and day."""
        return [
            Place(variable, seating.person_id, self._roster.day_of(self._roster.shift_by_id[seating.shift_id]))
            for seating, variable in self.seats.items()
            if self.program.lows[variable] < self.program.highs[variable]
        ]

    def plan(self, values: Sequence[int]) -> Plan:
        """The plan that an answer stands for."""
        return Plan(frozenset(seating for seating, variable in self.seats.items() if values[variable]))

    def _add_seats(self, book: RuleBook) -> None:
        roster = self._roster
        for seating in sorted(roster.fixed):
            self._seat(seating, ONE)
        for person in roster.people:
            mine = self._possible[person.id]
            mine += (Possible(stint, ONE) for stint in person.commitments)
            rules = book.of(person).seats
            narrowed = (rule.narrowed(roster, person) for rule in rules)
            for shift in min(narrowed, key=len, default=roster.shifts):
                for line in shift.lines:
                    seating = Seating(shift.id, line.duty, person.id)
                    stint = roster.stint(shift, line.duty)
                    if seating not in self.seats and not any(rule.blocks(roster, person, stint) for rule in rules):
                        self._seat(seating, self.program.variable(0, 1))
            mine.sort(key=lambda possible: (possible.stint.starts_at, possible.stint.ends_at))

    def _seat(self, seating: Seating, works: int) -> None:
        shift = self._roster.shift_by_id[seating.shift_id]
        person = self._roster.person_by_id[seating.person_id]
        self.seats[seating] = works
        self._possible[person.id].append(Possible(self._roster.stint(shift, seating.duty), works))
        self._crew[shift.id].append(Member(person, seating.duty, works))

    def _price_cover(self) -> None:
        for shift in self._roster.shifts:
            for line in shift.lines:
                there = Sum((1, m.works) for m in self._crew[shift.id] if m.duty is line.duty)
                if self._is_priced:
                    self._price_balance(line, there)
                    continue
                if not line.duty.counts_as_cover:
                    self.prices[Stage.SHADOWS] += self._shortfall(there, line.wanted)
                    continue
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
        self.program.row([*there, (1, short)], low=needed)
        self._follow(short, lambda values: max(0, needed - self.program.value(there, values)))
        return [(1, short)]

    def _price_balance(self, line: RosterLine, there: Terms) -> None:
        """The price of one line in a roster judged by one sum: short and too many in one row, for a tight
        relaxation."""
        settled = sum(1 for _, variable in there if variable == ONE)
        short = self.program.variable(0, max(0, line.wanted - settled))
        over = self.program.variable(0, max(0, line.most - line.wanted, settled - line.wanted))
        self.program.row([*there, (1, short), (-1, over)], low=line.wanted, high=line.wanted)
        self._follow(short, lambda values: max(0, line.wanted - self.program.value(there, values)))
        self._follow(over, lambda values: max(0, self.program.value(there, values) - line.wanted))
        self.prices[Stage.COST] += [(line.shortage_price, short), (line.surplus_price, over)]

    def _walk_through_runs(self) -> None:
        for person_id, lengths in self._run_lengths.items():
            # Only who has a shortest run or break gains by it; history before the period is left to the rules.
            person = self._roster.person_by_id[person_id]
            if {"longest", "shortest", "shortest_break"} <= set(lengths) and not person.commitments:
                runs = RunsOfDays(self.program, self._roster.days, self.days(person), **lengths)
                self._followers.append(runs.follow)

    def _price_changes(self) -> None:
        for seating in self._roster.current:
            works = self.seats.get(seating)
            # A seat that its holder may no longer have is lost whatever the engine does.
            self.prices[Stage.CHANGES] += [(1, ONE)] if works is None else [(1, ONE), (-1, works)]


def stages(roster: Roster) -> Iterator[Stage]:
    """The stages that this roster has, in order."""
    has_shadows = any(not line.duty.counts_as_cover for shift in roster.shifts for line in shift.lines)
    unused = {Stage.CHANGES: not roster.current, Stage.SHADOWS: not has_shadows, Stage.COST: True}
    yield from (stage for stage in Stage if not unused.get(stage))
