"""The constraints on one person's schedule, collected from the rules in the form that shortest paths need.

The rules state themselves to a collector as they do to any constraint model, so nothing about them is written twice. A
constraint that fits none of the forms below makes the collector return None, and the roster is left to CP-SAT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks.column_generation.weighted_sum_model import WeightedSumModel
from rota.scheduling.engine.program import ONE, Terms
from rota.scheduling.roster import Roster, RosterPerson, RosterShift
from rota.scheduling.rules.base import Member, Possible, Rule
from rota.scheduling.rules.book import rules_in_force
from rota.scheduling.rules.policy import Severity


@dataclass(frozen=True, slots=True)
class Resource:
    """Something a schedule uses up: so much for each seat, and so much more for a seat that follows a day off, on the
    days in `after_day_off`."""

    uses: Mapping[int, int]
    after_day_off: Mapping[int, int]
    low: int | None
    high: int


@dataclass(frozen=True, slots=True)
class PersonConstraints:
    """All that limits and prices one person's schedule. Days are counted from the first of the period.

    `days` holds the open seats of each day, at most one of which is worked; `not_after` the seats of the next day that
    may not follow a seat. A run or break that touches the first or last day may be shorter than its least.
    """

    person_id: int
    days: tuple[tuple[int, ...], ...]
    not_after: Mapping[int, frozenset[int]]
    longest: int
    shortest: int
    shortest_break: int
    resources: tuple[Resource, ...]
    prices: Mapping[int, int]
    fixed_cost: int


def person_constraints(model: WeightedSumModel, person: RosterPerson) -> PersonConstraints | None:
    """Return the constraints that the rules in force put on a person, or None where one has an unknown form."""
    collector = _Collector(model, person)
    for rule in rules_in_force(model.roster.rules, model.roster.pairs).people:
        collector.current_rule = rule
        rule.constrain(collector, person)
    return collector.result()


class _Collector:
    """What the rules about one person see as their constraint model."""

    def __init__(self, model: WeightedSumModel, person: RosterPerson) -> None:
        self._model, self._person = model, person
        self._first = model.roster.days[0]
        self._day = {p.works: (model.roster.day_of(p.stint) - self._first).days for p in model.possible(person)}
        self._is_known_form = ONE not in self._day
        self._length = (model.roster.days[1] - self._first).days + 1
        self._seats_on: list[list[int]] = [[] for _ in range(self._length)]
        for works, day in self._day.items():
            if not 0 <= day < self._length or model.program.lower[works] == 1:
                self._is_known_form = False
            elif model.program.upper[works] == 1:
                self._seats_on[day].append(works)
        self._not_with: dict[int, set[int]] = {works: set() for works in self._day}
        self._lengths: dict[str, int] = {}
        self.current_rule: Rule | None = None
        self._run_rules: list[Rule] = []
        self._day_pairs: dict[int, tuple[int, ...]] = {}
        self._limits: dict[tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]], list[int | None]] = {}
        self._prices: dict[int, int] = {}
        self._fixed_cost = 0

    @property
    def roster(self) -> Roster:
        return self._model.roster

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        return self._model.possible(person)

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        return self._model.crew(shift)

    def days(self, person: RosterPerson) -> Mapping[date, Terms]:
        starting: dict[date, list[tuple[int, int]]] = {}
        for works, day in self._day.items():
            starting.setdefault(self._first + timedelta(days=day), []).append((1, works))
        return {day: starting[day] for day in sorted(starting)}

    def any_of(self, sums: Sequence[Terms]) -> Terms:
        terms = [term for each in sums for term in each]
        are_seats = {variable for _, variable in terms} <= self._day.keys()
        days = sorted({self._day[variable] for _, variable in terms}) if are_seats else []
        if are_seats and len(days) <= 1:
            return terms
        if not are_seats or len(days) != 2 or days[1] - days[0] != 1 or not self._are_all_seats_of(days, terms):
            self._is_known_form = False
            return terms
        # "At work on either of two days in a row" is a new variable, numbered below zero.
        pair = -1 - len(self._day_pairs)
        self._day_pairs[pair] = tuple(days)
        return [(1, pair)]

    def _are_all_seats_of(self, days: Iterable[int], terms: Terms) -> bool:
        return {v for _, v in terms} == {v for v, day in self._day.items() if day in set(days)}

    def at_most(self, rule: Rule, terms: Terms, most: int) -> None:
        if rule not in self._run_rules:
            self._limit(rule, terms, None, most)

    def at_least(self, rule: Rule, terms: Terms, least: int) -> None:
        self._limit(rule, terms, least, None)

    def _limit(self, rule: Rule, terms: Terms, low: int | None, high: int | None) -> None:
        uses: dict[int, int] = {}
        for number, variable in terms:
            uses[variable] = uses.get(variable, 0) + number
        if rule.severity is Severity.WISH or any(n < 0 for n in uses.values()) or ONE in uses:
            self._is_known_form = False
        elif low is None and high == 1 and self._is_within_two_days(uses):
            for variable in uses:
                self._not_with[variable] |= uses.keys() - {variable}
        else:
            self._limit_resource(uses, low, high)

    def _is_within_two_days(self, uses: Mapping[int, int]) -> bool:
        """Whether this is a plain sum of seats on one day or on two days in a row."""
        if set(uses.values()) != {1} or min(uses) < 0:
            return False
        days = {self._day[v] for v in uses}
        return max(days) - min(days) <= 1

    def _limit_resource(self, uses: Mapping[int, int], low: int | None, high: int | None) -> None:
        seats = {v: n for v, n in uses.items() if v >= 0}
        after_day_off: dict[int, int] = {}
        for pair, number in ((v, n) for v, n in uses.items() if v < 0):
            first, second = self._day_pairs[pair]
            after_day_off[second] = after_day_off.get(second, 0) + number
            for variable in (v for v, day in self._day.items() if day == first):
                seats[variable] = seats.get(variable, 0) + number
        key = tuple(sorted((v, n) for v, n in seats.items() if n)), tuple(sorted(after_day_off.items()))
        limits = self._limits.setdefault(key, [None, None])
        if low is not None:
            limits[0] = low if limits[0] is None else max(low, limits[0])
        if high is not None:
            limits[1] = high if limits[1] is None else min(high, limits[1])

    def price(self, terms: Terms, always: int = 0) -> None:
        self._fixed_cost += always
        for number, variable in terms:
            if variable not in self._day:
                self._is_known_form = False
            self._prices[variable] = self._prices.get(variable, 0) + number

    def price_growing(self, terms: Terms, unit: int, weights: Sequence[int]) -> None:
        if terms and any(weights):
            self._is_known_form = False

    def run_lengths(self, person: RosterPerson, **lengths: int) -> None:
        # The rule that states its lengths as a whole needs no constraints besides.
        self._lengths.update(lengths)
        if self.current_rule is not None:
            self._run_rules.append(self.current_rule)

    def open_shift_needs(self, shift: RosterShift, terms: Terms, least: int) -> None:
        self._is_known_form = False

    def result(self) -> PersonConstraints | None:
        """Return what was collected, or None if some of it had an unknown form."""
        for seats in self._seats_on:
            for one in seats:
                if not set(seats) - {one} <= self._not_with[one]:
                    self._is_known_form = False
        if not self._is_known_form:
            return None
        day = self._day
        return PersonConstraints(
            person_id=self._person.id,
            days=tuple(tuple(seats) for seats in self._seats_on),
            not_after={v: frozenset(w for w in others if day[w] == day[v] + 1) for v, others in self._not_with.items()},
            longest=min(self._length, self._lengths.get("longest", self._length)),
            shortest=max(1, self._lengths.get("shortest", 1)),
            shortest_break=max(1, self._lengths.get("shortest_break", 1)),
            resources=tuple(self._binding_resources()),
            prices=self._prices,
            fixed_cost=self._fixed_cost,
        )

    def _binding_resources(self) -> Iterable[Resource]:
        """Yield the resources whose limits some choice of seats could break."""
        for (uses, after_day_off), (low, high) in self._limits.items():
            of_seat, extra = dict(uses), dict(after_day_off)
            most = sum(max((of_seat.get(v, 0) for v in on), default=0) for on in self._seats_on) + sum(extra.values())
            least = low if low is not None and low > 0 else None
            if least is not None or (high is not None and most > high):
                yield Resource(of_seat, extra, least, most if high is None else min(most, high))
