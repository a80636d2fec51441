"""A roster as an integer program: a binary variable for each seat that a person may take, the rules as constraints.

The seats of one line are interchangeable, so the people on a line are counted and seats are not numbered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from rota.scheduling.engine.large_neighbourhood_search import SeatVariable
from rota.scheduling.engine.objectives import SENIOR_DUTIES, Objective
from rota.scheduling.engine.program import ONE, CompactTerms, Program, Terms
from rota.scheduling.engine.run_length_automaton import RunLengthAutomaton
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Seating
from rota.scheduling.rules.base import Member, Possible, Rule
from rota.scheduling.rules.book import RuleBook, rules_in_force
from rota.scheduling.rules.policy import Severity


class RosterModel:
    """The program of one roster with the terms of each objective. Rules see it as their constraint model.

    Besides seats it has derived variables (shortfalls, totals, states of runs), whose best values follow from the
    seats. `copies` says how many identical shifts an aggregated shift stands for; its lines count them all.
    """

    def __init__(self, roster: Roster, *, copies: Mapping[int, int] | None = None) -> None:
        self._roster = roster
        self._copies = copies or {}
        self.program = Program()
        self.objective_terms: dict[Objective, list[tuple[int, int]]] = {objective: [] for objective in Objective}
        self.seats: dict[Seating, int] = {}
        self._possible: dict[int, list[Possible]] = {person.id: [] for person in roster.people}
        self._crew: dict[int, list[Member]] = {shift.id: [] for shift in roster.shifts}
        self._run_lengths: dict[int, dict[str, int]] = {}
        self._open_shifts: dict[int, int] = {}
        self._needs_to_open: dict[int, list[tuple[Terms, int]]] = {}
        self._derivations: list[Callable[[list[int]], None]] = []
        self._days: dict[int, Mapping[date, Terms]] = {}
        self._any_of: dict[tuple[tuple[int, int], ...], int] = {}
        self._pending_cliques: list[set[int]] = []
        self._cliques_of: dict[int, set[int]] = {}
        self._cliques_added = 0
        book = rules_in_force(roster.rules, roster.pairs)
        self._add_seats(book)
        self._add_person_constraints(book)
        self._add_shift_constraints(book)
        self._add_run_length_automata()
        self._add_cover_objectives()
        self._add_changes_objective()

    def _add_person_constraints(self, book: RuleBook) -> None:
        for person in self._roster.people:
            if self._possible[person.id]:
                for person_rule in book.for_person(person).people:
                    person_rule.constrain(self, person)
                self._add_maximal_cliques()
                self._free_memory_of(person)

    def _add_shift_constraints(self, book: RuleBook) -> None:
        for shift in self._roster.shifts:
            for shift_rule in book.shifts:
                shift_rule.constrain(self, shift)
        self._add_maximal_cliques()

    def _free_memory_of(self, person: RosterPerson) -> None:
        """Drop what is not needed once a person's own rules are stated; for many people that is a lot."""
        if person.id not in self._run_lengths:
            self._days.pop(person.id, None)
        if not self._roster.pairs:
            self._any_of.clear()
            self._cliques_of.clear()

    @property
    def roster(self) -> Roster:
        return self._roster

    @property
    def fairness_variables(self) -> set[int]:
        """The derived variables that only measure fairness: they have a value for any seats."""
        seats = set(self.seats.values())
        return {v for _, v in self.objective_terms[Objective.FAIRNESS] if v != ONE and v not in seats}

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        return self._possible[person.id]

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        return self._crew[shift.id]

    def days(self, person: RosterPerson) -> Mapping[date, Terms]:
        days = self._days.get(person.id)
        if days is None:
            starting: dict[date, list[Terms]] = {}
            for stint, works in self._possible[person.id]:
                starting.setdefault(self._roster.day_of(stint), []).append([(1, works)])
            days = self._days[person.id] = {day: self.any_of(starting[day]) for day in sorted(starting)}
        return days

    def any_of(self, sums: Sequence[Terms]) -> Terms:
        if len(sums) <= 1:
            return sums[0] if sums else []
        terms = [term for each in sums for term in each]
        variables = {variable for _, variable in terms}
        if ONE in variables:
            return [(1, ONE)]
        self._add_maximal_cliques()
        if all(coefficient == 1 for coefficient, _ in terms) and self._is_in_one_clique(variables):
            return terms
        key = tuple(sorted(terms))
        variable = self._any_of.get(key)
        if variable is None:
            variable = self._any_of[key] = self.program.add_variable(0, 1)
            for each in sums:
                self.program.add_constraint([*each, (-1, variable)], high=0)
            self.program.add_constraint([*terms, (-1, variable)], low=0)
            compact = CompactTerms(terms)
            self._derive(variable, lambda values: int(self.program.evaluate(compact, values) > 0))
        return [(1, variable)]

    def _is_in_one_clique(self, variables: set[int]) -> bool:
        """Whether at most one of the variables can be one, by a constraint already added."""
        cliques = [self._cliques_of.get(variable, set()) for variable in variables]
        return len(variables) == 1 or bool(set.intersection(*cliques))

    def at_most(self, rule: Rule, terms: Terms, most: int) -> None:
        if rule.severity is Severity.WISH:
            self._price_excess(rule, terms, most)
            return
        variables = {variable for _, variable in terms}
        is_clique = most == 1 and len(variables) == len(terms) > 1 and all(number == 1 for number, _ in terms)
        if is_clique and ONE not in variables:
            self._pending_cliques.append(variables)
        else:
            self.program.add_constraint(terms, high=most)

    def _add_maximal_cliques(self) -> None:
        """Add at-most-one constraints for the maximal cliques only; the others are implied."""
        for clique in sorted(self._pending_cliques, key=len, reverse=True):
            if not self._is_in_one_clique(clique):
                self._cliques_added += 1
                for variable in clique:
                    self._cliques_of.setdefault(variable, set()).add(self._cliques_added)
                self.program.add_constraint([(1, variable) for variable in sorted(clique)], high=1)
        self._pending_cliques.clear()

    def at_least(self, rule: Rule, terms: Terms, least: int) -> None:
        if rule.severity is Severity.WISH:
            self._price_excess(rule, [(-number, variable) for number, variable in terms], -least)
        else:
            self.program.add_constraint(terms, low=least)

    def _price_excess(self, rule: Rule, terms: Terms, most: int) -> None:
        """Price each unit by which a sum passes the limit of a rule that is a wish, by a slack variable."""
        terms = CompactTerms(terms)
        highest = sum(number for number, variable in terms if number > 0 or variable == ONE)
        units = -(-(highest - most) // rule.unit)
        if units > 0:
            slack = self.program.add_variable(0, units)
            self.program.add_constraint([*terms, (-rule.unit, slack)], high=most)
            self._derive(slack, lambda values: max(0, -(-(self.program.evaluate(terms, values) - most) // rule.unit)))
            self.price([(rule.price, slack)])

    def price(self, terms: Terms, always: int = 0) -> None:
        self.objective_terms[Objective.FAIRNESS] += [*terms, (always, ONE)]

    def price_growing(self, terms: Terms, unit: int, weights: Sequence[int]) -> None:
        terms = CompactTerms(terms)
        most = -(-sum(number for number, _ in terms) // unit)
        if most <= 0 or not any(weights):
            return
        last = len(weights) - 1
        # The last piece holds all that exceeds the others, so that a price never stands in the way of cover.
        capacities = [1 if piece < last else most - last for piece in range(min(most, last + 1))]
        pieces = [self.program.add_variable(0, capacity) for capacity in capacities]
        self.program.add_constraint([*terms, *((-unit, piece) for piece in pieces)], high=0)
        for n, piece in enumerate(pieces):
            self._derive(piece, self._units_in_piece(terms, unit, sum(capacities[:n]), capacities[n]))
        self.price(list(zip(weights, pieces, strict=False)))

    def _units_in_piece(self, terms: Terms, unit: int, before: int, capacity: int) -> Callable[[Sequence[int]], int]:
        """Return how many units of a sum fall into one piece of a piecewise linear price."""
        return lambda values: min(capacity, max(0, -(-self.program.evaluate(terms, values) // unit) - before))

    def _derive(self, variable: int, value: Callable[[Sequence[int]], int]) -> None:
        def derive(values: list[int]) -> None:
            values[variable] = value(values)

        self._derivations.append(derive)

    def run_lengths(self, person: RosterPerson, **lengths: int) -> None:
        self._run_lengths.setdefault(person.id, {}).update(lengths)

    def open_shift_needs(self, shift: RosterShift, terms: Terms, least: int) -> None:
        is_open = self._open_shifts.get(shift.id)
        if is_open is None:
            copies = self._copies.get(shift.id, 1)
            is_open = self._open_shifts[shift.id] = self.program.add_variable(0, copies)
            # The objective counts shifts that are not open: the constant number of copies, less those that are.
            self.objective_terms[Objective.BLEND] += [(copies, ONE), (-1, is_open)]
            needs: list[tuple[Terms, int]] = []
            self._needs_to_open[shift.id] = needs
            self._derive(
                is_open,
                lambda values: min([copies, *(self.program.evaluate(t, values) // n for t, n in needs if n > 0)]),
            )
        self._needs_to_open[shift.id].append((CompactTerms(terms), least))
        self.program.add_constraint([*terms, (-least, is_open)], low=0)

    def empty_solution(self) -> list[int]:
        """Return the solution with the fixed seats only: it keeps every rule that adding people can break."""
        return self.with_derived(self.program.lower)

    def with_derived(self, values: Sequence[int]) -> list[int]:
        """Return the solution with these seats and the best value of every derived variable."""
        solution = list(values)
        for derive in self._derivations:
            derive(solution)
        return solution

    def solution_of(self, plan: Plan) -> list[int]:
        """Return the solution of a plan, all of whose seats must be possible or fixed here."""
        values = list(self.program.lower)
        for seating in plan.seatings:
            values[self.seats[seating]] = 1
        return self.with_derived(values)

    def plan_of(self, values: Sequence[int]) -> Plan:
        """Return the plan of a solution."""
        return Plan(frozenset(seating for seating, variable in self.seats.items() if values[variable]))

    def open_seats(self) -> list[SeatVariable]:
        """Return the seats whose variables are not fixed."""
        return [
            SeatVariable(variable, seating.person_id, self._roster.day_of(self._roster.shift_by_id[seating.shift_id]))
            for seating, variable in self.seats.items()
            if self.program.lower[variable] < self.program.upper[variable]
        ]

    def _add_seats(self, book: RuleBook) -> None:
        roster = self._roster
        for seating in sorted(roster.fixed):
            self._add_seat(seating, ONE)
        for person in roster.people:
            mine = self._possible[person.id]
            mine += (Possible(stint, ONE) for stint in person.commitments)
            rules = book.for_person(person).seats
            possible_shifts = (rule.possible_shifts(roster, person) for rule in rules)
            for shift in min(possible_shifts, key=len, default=roster.shifts):
                for line in shift.lines:
                    seating = Seating(shift.id, line.duty, person.id)
                    stint = roster.stint(shift, line.duty)
                    if seating not in self.seats and not any(rule.forbids(roster, person, stint) for rule in rules):
                        self._add_seat(seating, self.program.add_variable(0, 1))
            mine.sort(key=lambda possible: (possible.stint.starts_at, possible.stint.ends_at))

    def _add_seat(self, seating: Seating, works: int) -> None:
        shift = self._roster.shift_by_id[seating.shift_id]
        person = self._roster.person_by_id[seating.person_id]
        self.seats[seating] = works
        self._possible[person.id].append(Possible(self._roster.stint(shift, seating.duty), works))
        self._crew[shift.id].append(Member(person, seating.duty, works))

    def _add_cover_objectives(self) -> None:
        for shift in self._roster.shifts:
            for line in shift.lines:
                on_line = CompactTerms((1, m.works) for m in self._crew[shift.id] if m.duty is line.duty)
                if not line.duty.counts_as_cover:
                    self.objective_terms[Objective.SHADOWS] += self._shortfall(on_line, line.wanted)
                    continue
                short = self._shortfall(on_line, line.minimum)
                if line.duty in SENIOR_DUTIES:
                    self.objective_terms[Objective.SENIOR] += short
                self.objective_terms[Objective.MINIMUM] += short
                self.objective_terms[Objective.WANTED] += self._shortfall(on_line, line.wanted)

    def _shortfall(self, on_line: Terms, needed: int) -> list[tuple[int, int]]:
        """Return the terms of a slack variable: how many people a line is short of the number needed."""
        fixed = sum(1 for _, variable in on_line if variable == ONE)
        if fixed >= needed:
            return []
        short = self.program.add_variable(0, needed - fixed)
        self.program.add_constraint([*on_line, (1, short)], low=needed)
        self._derive(short, lambda values: max(0, needed - self.program.evaluate(on_line, values)))
        return [(1, short)]

    def _add_run_length_automata(self) -> None:
        for person_id, lengths in self._run_lengths.items():
            # Only people with a shortest run or break gain by it; history before the period is left to the rules.
            person = self._roster.person_by_id[person_id]
            if {"longest", "shortest", "shortest_break"} <= set(lengths) and not person.commitments:
                automaton = RunLengthAutomaton(self.program, self._roster.days, self.days(person), **lengths)
                self._derivations.append(automaton.set_states)

    def _add_changes_objective(self) -> None:
        for seating in self._roster.current:
            works = self.seats.get(seating)
            # A seat that its holder may not keep is lost whatever the engine does.
            self.objective_terms[Objective.CHANGES] += [(1, ONE)] if works is None else [(1, ONE), (-1, works)]
