"""Rules about totals: what people asked for at most and at least, and fewer nights after many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Self

from app import clock
from app.wording import duration, plural
from rota.scheduling.roster import Limits, Pair, Roster, RosterPerson, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import Breach, ConstraintModel, DataNeed, Glance, Obstacle, PersonRule, beyond
from rota.scheduling.rules.nights import NightRule, NightsInThePeriod
from rota.scheduling.rules.policy import LighterSettings, NightsSettings, RotaRules, RuleSettings, Severity

Amount = Callable[[Stint], int]
_NO_LIMIT = (None,) * 8  # in all, in a week, in a month


@dataclass(frozen=True, slots=True)
class _Total:
    """One total with a limit: how much each stint adds, and how an amount of it is written."""

    limit: int
    amount: Amount
    words: Callable[[int], str]
    is_time: bool = False

    def scale(self, rule: PersonRule) -> int:
        """By what both sides are multiplied, so that where the rule is a wish one shift costs as much as one hour."""
        return rule.unit if rule.severity is Severity.WISH and not self.is_time else 1


class MostTheyAsked(PersonRule):
    """Nobody has more shifts, hours, or shifts of one kind than they asked for."""

    key = "most_they_asked"
    statement = "Nobody is given more than they asked for."
    monotone = True
    protects = "people could be given more than they asked for"
    needs = (DataNeed(RosterData.LIMITS, "nobody is kept from more than they want by it"),)
    obstacle = Obstacle("has as many shifts as they asked for", "have as many shifts as they asked for")
    is_preference = True
    unit = 60

    def __init__(self, settings: RuleSettings, nights: NightsSettings) -> None:
        super().__init__(settings)
        self._nights = NightsInThePeriod(nights)

    @classmethod
    def from_policy(cls, policy: RotaRules, pairs: Sequence[Pair]) -> Self:
        # What a night is, one rule says: that about nights in the period.
        return cls(policy.most_they_asked, policy.nights_in_the_period)

    def _totals(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[_Total]:
        limits = person.limits
        if limits.most_shifts is not None:
            yield _Total(limits.most_shifts, _one_each(roster), _shifts)
        if limits.most_minutes is not None:
            yield _Total(limits.most_minutes, lambda s: s.worked_minutes if roster.is_within(s) else 0, duration, True)
        for kind, most in sorted(limits.most_by_kind.items()):
            yield _Total(
                most,
                _of_kind(roster, kind),
                partial(_shifts_of_kind, kind),
            )
        yield from self._by_span(roster, person, stints)

    @staticmethod
    def _by_week(limits: Limits) -> tuple[int | None, int | None, int | None]:
        """The most minutes, shifts and nights in a week."""
        return limits.most_minutes_a_week, limits.most_shifts_a_week, limits.most_nights_a_week

    @staticmethod
    def _by_month(limits: Limits) -> tuple[int | None, int | None, int | None]:
        """The most minutes, shifts and nights in a month."""
        return limits.most_minutes_a_month, limits.most_shifts_a_month, limits.most_nights_a_month

    def _by_span(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[_Total]:
        """The totals of each week and each month on which the roster has shifts, with all that is done in them."""
        limits = person.limits
        days = sorted({roster.day_of(s) for s in stints if roster.is_within(s)})
        for words, start_of, (minutes, shifts, nights) in (
            ("week", clock.monday_of, self._by_week(limits)),
            ("month", _first_of_month, self._by_month(limits)),
        ):
            if minutes is shifts is nights is None:
                continue
            for start in sorted({start_of(day) for day in days}):
                within = partial(_is_in, roster, start_of, start)
                if minutes is not None:
                    yield _Total(minutes, partial(_minutes_if, within), partial(_in_one, words, duration), True)
                if shifts is not None:
                    yield _Total(shifts, partial(_one_if, within), partial(_in_one, words, _shifts))
                if nights is not None:
                    is_night = partial(self._nights.is_night, roster)
                    yield _Total(nights, partial(_one_if_both, within, is_night), partial(_in_one, words, _nights))

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        limits = person.limits
        in_all = limits.most_shifts, limits.most_minutes
        return (*in_all, *self._by_week(limits), *self._by_month(limits)) == _NO_LIMIT and not limits.most_by_kind

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for total in self._totals(roster, person, stints):
            counted_stints = [s for s in stints if total.amount(s)]
            reached = sum(total.amount(s) for s in counted_stints)
            if reached > total.limit:
                asked = total.words(total.limit)
                sentence = f"{person.name} would have {total.words(reached)}, and asked for {asked} at most."
                yield self.breach(person, sentence, *reversed(counted_stints), excess=beyond(reached, total.limit))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        for total in self._totals(model.roster, person, [p.stint for p in possible]):
            each = total.scale(self)
            terms = [(each * total.amount(p.stint), p.works) for p in possible]
            model.at_most(self, terms, each * total.limit)


class LeastTheyAsked(PersonRule):
    """People have as many shifts and hours as they asked for."""

    key = "least_they_asked"
    statement = "Everyone has as much as they asked for."
    monotone = False
    needs = (DataNeed(RosterData.LEAST, "nobody is given more by it"),)
    is_mended_by_other_days = True
    applies_without_shifts = True
    is_preference = True
    unit = 60

    def _totals(self, roster: Roster, person: RosterPerson) -> Iterator[_Total]:
        if person.limits.least_shifts is not None:
            yield _Total(person.limits.least_shifts, _one_each(roster), _shifts)
        if person.limits.least_minutes is not None:
            yield _Total(person.limits.least_minutes, _minutes(roster), duration, True)

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return person.limits.least_shifts is None and person.limits.least_minutes is None

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for total in self._totals(roster, person):
            reached = sum(total.amount(s) for s in stints)
            if reached < total.limit:
                asked = total.words(total.limit)
                sentence = f"{person.name} would have {total.words(reached)}, and asked for {asked} at least."
                yield self.breach(person, sentence, *(s for s in stints if roster.is_within(s)))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        for total in self._totals(model.roster, person):
            each = total.scale(self)
            model.at_least(self, [(each * total.amount(p.stint), p.works) for p in possible], each * total.limit)


class LighterAfterHeavy(NightRule):
    """People who had many nights lately have few in the first days of the period."""

    key = "lighter_after_heavy"
    statement = "People who had many nights lately have fewer in the next two weeks."
    needs = (DataNeed(RosterData.LOAD, "nobody has fewer nights because of it"),)

    def __init__(self, settings: LighterSettings) -> None:
        super().__init__(settings)
        self.heavy_from = round(settings.heavy_from_hours * 60)
        self.length = timedelta(days=settings.days)

    def _counts(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        first = roster.days[0]
        return first <= roster.day_of(stint) < first + self.length and self.is_night(roster, stint)

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return person.load < self.heavy_from or glance.number <= self.most

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        if person.load < self.heavy_from:
            return
        nights = [stint for stint in stints if self._counts(roster, person, stint)]
        if len(nights) > self.most:
            sentence = (
                f"{person.name} had many nights lately and would have {len(nights)} more in the first "
                f"{self.length.days} days; the most is {self.most}."
            )
            yield self.breach(person, sentence, *reversed(nights), excess=beyond(len(nights), self.most))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        if person.load >= self.heavy_from:
            possible = model.possible(person)
            nights = [(1, p.works) for p in possible if self._counts(model.roster, person, p.stint)]
            model.at_most(self, nights, self.most)


def _shifts_of_kind(kind: str, number: int) -> str:
    return f"{_shifts(number)} of {kind}"


def _shifts(number: int) -> str:
    return plural(number, "shift")


def _one_each(roster: Roster) -> Amount:
    return lambda stint: int(roster.is_within(stint))


def _minutes(roster: Roster) -> Amount:
    return lambda stint: stint.worked_minutes if roster.is_within(stint) else 0


def _of_kind(roster: Roster, kind: str) -> Amount:
    return lambda stint: int(stint.kind == kind and roster.is_within(stint))


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _is_in(roster: Roster, start_of: Callable[[date], date], start: date, stint: Stint) -> bool:
    return start_of(roster.day_of(stint)) == start


def _minutes_if(within: Callable[[Stint], bool], stint: Stint) -> int:
    return stint.worked_minutes if within(stint) else 0


def _one_if(within: Callable[[Stint], bool], stint: Stint) -> int:
    return int(within(stint))


def _one_if_both(within: Callable[[Stint], bool], is_night: Callable[[Stint], bool], stint: Stint) -> int:
    return int(within(stint) and is_night(stint))


def _in_one(span: str, words: Callable[[int], str], number: int) -> str:
    return f"{words(number)} in one {span}"


def _nights(number: int) -> str:
    return plural(number, "night")
