"""Rules about totals: what people asked for at most and at least, and a lighter time after a heavy one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.rules.base import Breach, ConstraintModel, PersonRule, beyond, spoken_hours
from rota.scheduling.rules.days import NightRule
from rota.scheduling.rules.policy import LighterSettings

Counted = Callable[[Stint], int]


@dataclass(frozen=True, slots=True)
class _Total:
    """One total that somebody set a limit for: which stints count, how much, and how it is said."""

    limit: int
    counted: Counted
    words: Callable[[int], str]


class MostTheyAsked(PersonRule):
    """Nobody has more shifts, hours, or shifts of one kind than they asked for."""

    key = "most_they_asked"
    words = "Nobody is given more than they asked for."
    monotone = True
    unit = 60
    is_preference = True

    def _totals(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[_Total]:
        limits = person.limits
        if limits.most_shifts is not None:
            yield _Total(limits.most_shifts, lambda s: int(roster.is_within(s)), _shifts)
        if limits.most_minutes is not None:
            yield _Total(limits.most_minutes, lambda s: s.worked_minutes if roster.is_within(s) else 0, spoken_hours)
        for kind, most in sorted(limits.most_by_kind.items()):
            yield _Total(
                most,
                _of_kind(roster, kind),
                lambda n, kind=kind: f"{_shifts(n)} of {kind}",  # type: ignore[misc]
            )
        if limits.most_minutes_a_week is not None:
            for monday in sorted({_monday(roster.day_of(s)) for s in stints if roster.is_within(s)}):
                yield _Total(
                    limits.most_minutes_a_week,
                    _in_week(roster, monday),
                    lambda n: f"{spoken_hours(n)} in one week",
                )

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for total in self._totals(roster, person, stints):
            theirs = [s for s in stints if total.counted(s)]
            reached = sum(total.counted(s) for s in theirs)
            if reached > total.limit:
                asked = total.words(total.limit)
                sentence = f"{person.name} would have {total.words(reached)}, and asked for {asked} at most."
                yield self.broken(person, sentence, *reversed(theirs), excess=beyond(reached, total.limit))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        for total in self._totals(model.roster, person, [p.stint for p in possible]):
            terms = [(total.counted(p.stint), p.works) for p in possible]
            model.at_most(self, terms, total.limit)


class LeastTheyAsked(PersonRule):
    """People have as many shifts and hours as they asked for."""

    key = "least_they_asked"
    words = "Everyone has as much as they asked for."
    monotone = False
    is_about_lack = True
    is_preference = True
    unit = 60

    def _totals(self, roster: Roster, person: RosterPerson) -> Iterator[_Total]:
        if person.limits.least_shifts is not None:
            yield _Total(person.limits.least_shifts, lambda s: int(roster.is_within(s)), _shifts)
        if person.limits.least_minutes is not None:
            yield _Total(
                person.limits.least_minutes,
                lambda s: s.worked_minutes if roster.is_within(s) else 0,
                spoken_hours,
            )

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for total in self._totals(roster, person):
            reached = sum(total.counted(s) for s in stints)
            if reached < total.limit:
                asked = total.words(total.limit)
                sentence = f"{person.name} would have {total.words(reached)}, and asked for {asked} at least."
                yield self.broken(person, sentence, *(s for s in stints if roster.is_within(s)))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        for total in self._totals(model.roster, person):
            model.at_least(self, [(total.counted(p.stint), p.works) for p in possible], total.limit)


class LighterAfterHeavy(NightRule):
    """Who comes from a heavy time has few nights in the first days of the period."""

    key = "lighter_after_heavy"
    words = "Whoever had many nights lately has a lighter fortnight."

    def __init__(self, settings: LighterSettings) -> None:
        super().__init__(settings)
        self.heavy_from = round(settings.heavy_from_hours * 60)
        self.length = timedelta(days=settings.days)

    def _concerned(self, roster: Roster, person: RosterPerson, stint: Stint) -> bool:
        first = roster.days[0]
        return first <= roster.day_of(stint) < first + self.length and self.is_night(roster, stint)

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        if person.load < self.heavy_from:
            return
        nights = [stint for stint in stints if self._concerned(roster, person, stint)]
        if len(nights) > self.most:
            sentence = (
                f"{person.name} had many nights lately and would have {len(nights)} more in the first "
                f"{self.length.days} days; the most is {self.most}."
            )
            yield self.broken(person, sentence, *reversed(nights), excess=beyond(len(nights), self.most))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        if person.load >= self.heavy_from:
            possible = model.possible(person)
            nights = [(1, p.works) for p in possible if self._concerned(model.roster, person, p.stint)]
            model.at_most(self, nights, self.most)


def _shifts(number: int) -> str:
    return "1 shift" if number == 1 else f"{number} shifts"


def _of_kind(roster: Roster, kind: str) -> Counted:
    return lambda stint: int(stint.kind == kind and roster.is_within(stint))


def _in_week(roster: Roster, monday: date) -> Counted:
    return lambda stint: stint.worked_minutes if _monday(roster.day_of(stint)) == monday else 0


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
