"""What the rules tell of one person's walk through the period, sorted so that cheapest walks can be found.

A walk is all that one person works from the first day to the last. The rules speak here as they speak to any
model; nothing about them is known beforehand. Whatever does not fit the sorts below is not understood, and then
nobody may rely on what was sorted: such rosters are left to the solver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.program import ONE, Terms
from rota.scheduling.roster import Roster, RosterPerson, RosterShift
from rota.scheduling.rules.base import Member, Possible, Rule
from rota.scheduling.rules.book import rules_in_force
from rota.scheduling.rules.policy import Severity


@dataclass(frozen=True, slots=True)
class Total:
    """Something that is counted along the walk: so much for each seat, and so much more for a seat on one of the
    days in `afresh` that follows a day off."""

    counts: Mapping[int, int]
    afresh: Mapping[int, int]
    low: int | None
    high: int


@dataclass(frozen=True, slots=True)
class Shape:
    """All that may be and all that counts in one person's walk. Days are counted from the first of the period.

    `days` holds the open seats of each day, one of which at most is worked; `not_after` the seats of the next day
    that may not follow a seat. A run or break that touches the first or the last day may be shorter than its least.
    """

    person_id: int
    days: tuple[tuple[int, ...], ...]
    not_after: Mapping[int, frozenset[int]]
    longest: int
    shortest: int
    shortest_break: int
    totals: tuple[Total, ...]
    prices: Mapping[int, int]
    always: int


def shape_of(model: RosterModel, person: RosterPerson) -> Shape | None:
    """What the rules in force tell of a person's walk, or None where some of it is not understood."""
    listener = _Listener(model, person)
    for rule in rules_in_force(model.roster.rules, model.roster.pairs).people:
        listener.speaking = rule
        rule.constrain(listener, person)
    return listener.shape()


class _Listener:
    """What rules see as `Model` when they speak of one person."""

    def __init__(self, model: RosterModel, person: RosterPerson) -> None:
        self._model, self._person = model, person
        self._first = model.roster.days[0]
        self._day = {p.works: (model.roster.day_of(p.stint) - self._first).days for p in model.possible(person)}
        self._is_understood = ONE not in self._day
        self._length = (model.roster.days[1] - self._first).days + 1
        self._on: list[list[int]] = [[] for _ in range(self._length)]
        for works, day in self._day.items():
            if not 0 <= day < self._length or model.program.lows[works] == 1:
                self._is_understood = False
            elif model.program.highs[works] == 1:
                self._on[day].append(works)
        self._not_with: dict[int, set[int]] = {works: set() for works in self._day}
        self._lengths: dict[str, int] = {}
        self.speaking: Rule | None = None
        self._of_runs: list[Rule] = []
        self._spells: dict[int, tuple[int, ...]] = {}
        self._totals: dict[tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]], list[int | None]] = {}
        self._prices: dict[int, int] = {}
        self._always = 0

    @property
    def roster(self) -> Roster:
        return self._model.roster

    def possible(self, person: RosterPerson) -> Sequence[Possible]:
        return self._model.possible(person)

    def crew(self, shift: RosterShift) -> Sequence[Member]:
        return self._model.crew(shift)

    def days(self, person: RosterPerson) -> Mapping[date, Terms]:
        begun: dict[date, list[tuple[int, int]]] = {}
        for works, day in self._day.items():
            begun.setdefault(self._first + timedelta(days=day), []).append((1, works))
        return {day: begun[day] for day in sorted(begun)}

    def any_of(self, sums: Sequence[Terms]) -> Terms:
        every = [term for terms in sums for term in terms]
        known = {variable for _, variable in every} <= self._day.keys()
        days = sorted({self._day[variable] for _, variable in every}) if known else []
        if known and len(days) <= 1:
            return every
        if not known or len(days) != 2 or days[1] - days[0] != 1 or not self._are_all_on(days, every):
            self._is_understood = False
            return every
        spell = -1 - len(self._spells)
        self._spells[spell] = tuple(days)
        return [(1, spell)]

    def _are_all_on(self, days: Iterable[int], terms: Terms) -> bool:
        return {v for _, v in terms} == {v for v, day in self._day.items() if day in set(days)}

    def at_most(self, rule: Rule, terms: Terms, most: int) -> None:
        if rule not in self._of_runs:
            self._limit(rule, terms, None, most)

    def at_least(self, rule: Rule, terms: Terms, least: int) -> None:
        self._limit(rule, terms, least, None)

    def _limit(self, rule: Rule, terms: Terms, low: int | None, high: int | None) -> None:
        counts: dict[int, int] = {}
        for number, variable in terms:
            counts[variable] = counts.get(variable, 0) + number
        if rule.severity is Severity.WISH or any(n < 0 for n in counts.values()) or ONE in counts:
            self._is_understood = False
            return
        days = {self._day[v] for v in counts if v >= 0}
        if (
            low is None
            and high == 1
            and set(counts.values()) == {1}
            and min(counts) >= 0
            and max(days) - min(days) <= 1
        ):
            for variable in counts:
                self._not_with[variable] |= counts.keys() - {variable}
            return
        seats = {v: n for v, n in counts.items() if v >= 0}
        afresh: dict[int, int] = {}
        for spell, number in ((v, n) for v, n in counts.items() if v < 0):
            first, second = self._spells[spell]
            afresh[second] = afresh.get(second, 0) + number
            for variable in (v for v, day in self._day.items() if day == first):
                seats[variable] = seats.get(variable, 0) + number
        key = tuple(sorted((v, n) for v, n in seats.items() if n)), tuple(sorted(afresh.items()))
        limits = self._totals.setdefault(key, [None, None])
        if low is not None:
            limits[0] = low if limits[0] is None else max(low, limits[0])
        if high is not None:
            limits[1] = high if limits[1] is None else min(high, limits[1])

    def price(self, terms: Terms, always: int = 0) -> None:
        self._always += always
        for number, variable in terms:
            if variable not in self._day:
                self._is_understood = False
            self._prices[variable] = self._prices.get(variable, 0) + number

    def price_growing(self, terms: Terms, unit: int, weights: Sequence[int]) -> None:
        if terms and any(weights):
            self._is_understood = False

    def run_lengths(self, person: RosterPerson, **lengths: int) -> None:
        # A rule that says this means its own rows, once more and whole: they need not be sorted besides.
        self._lengths.update(lengths)
        if self.speaking is not None:
            self._of_runs.append(self.speaking)

    def open_shift_needs(self, shift: RosterShift, terms: Terms, least: int) -> None:
        self._is_understood = False

    def shape(self) -> Shape | None:
        """All that was told, or None if some of it was not understood."""
        for works in self._on:
            for one in works:
                if not set(works) - {one} <= self._not_with[one]:
                    self._is_understood = False
        if not self._is_understood:
            return None
        day = self._day
        return Shape(
            person_id=self._person.id,
            days=tuple(tuple(works) for works in self._on),
            not_after={v: frozenset(w for w in others if day[w] == day[v] + 1) for v, others in self._not_with.items()},
            longest=min(self._length, self._lengths.get("longest", self._length)),
            shortest=max(1, self._lengths.get("shortest", 1)),
            shortest_break=max(1, self._lengths.get("shortest_break", 1)),
            totals=tuple(self._binding()),
            prices=self._prices,
            always=self._always,
        )

    def _binding(self) -> Iterable[Total]:
        """The totals that some choice of seats could break."""
        for (counts, afresh), (low, high) in self._totals.items():
            numbers, more = dict(counts), dict(afresh)
            most = sum(max((numbers.get(v, 0) for v in on), default=0) for on in self._on) + sum(more.values())
            least = low if low is not None and low > 0 else None
            if least is not None or (high is not None and most > high):
                yield Total(numbers, more, least, most if high is None else min(most, high))
