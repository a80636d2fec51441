"""Rules about days: runs of days on duty and off, weekends. A night belongs to the day on which it starts.

Days are the organisation's. Commitments outside the roster count towards every upper limit. A run that touches the
first or the last day may continue outside the period, so it is never called too short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import ClassVar, Literal

from app import clock
from app.wording import plural
from rota.scheduling.instants import ONE_DAY
from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import (
    Breach,
    ConstraintModel,
    DataNeed,
    Glance,
    Obstacle,
    PersonRule,
    Terms,
    beyond,
    times,
)
from rota.scheduling.rules.policy import DaysSettings, Severity
from rota.scheduling.wording import day_in_words

SATURDAY = 5


class OneADay(PersonRule):
    """No more than one shift begins on one day."""

    key = "one_a_day"
    statement = "Nobody begins two shifts on one day."
    monotone = True
    obstacle = Obstacle("works on that day already", "work on that day already")

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return glance.number < 2

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        for day, begun in by_day(roster, stints).items():
            if len(begun) > 1:
                sentence = f"{person.name} would begin {len(begun)} shifts on {day_in_words(day)}."
                yield self.breach(person, sentence, *reversed(begun))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        begun: dict[date, list[tuple[int, int]]] = {}
        for stint, works in model.possible(person):
            begun.setdefault(model.roster.day_of(stint), []).append((1, works))
        for terms in begun.values():
            model.at_most(self, terms, 1)


class DaysRule(PersonRule):
    """A rule with one figure, given by the policy or by a person's own limits."""

    figure: ClassVar[Literal["most", "least"]]
    """The field of the settings that holds it."""
    without_figure: ClassVar[str]
    """What holds where neither the policy nor the roster gives a figure."""

    def __init__(self, settings: DaysSettings) -> None:
        super().__init__(settings)
        self.general = self._figure_in(settings)

    @classmethod
    def _figure_in(cls, settings: DaysSettings) -> int | None:
        return settings.most if cls.figure == "most" else settings.least

    @classmethod
    def needs_under(cls, settings: DaysSettings) -> tuple[DataNeed, ...]:
        has_figure = cls._figure_in(settings) is not None
        return () if has_figure else (DataNeed(RosterData.RUNS, cls.without_figure),)


class LongestRun(DaysRule):
    """No more than so many days in a row."""

    key = "longest_run"
    statement = "Nobody is on duty too many days in a row."
    monotone = True
    protects = "people could work more days in a row than the limit"
    figure = "most"
    without_figure = "it limits no run of days, unless “most” is given here"

    def _most(self, person: RosterPerson) -> int | None:
        return person.limits.longest_run if person.limits.longest_run is not None else self.general

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        most = self._most(person)
        return most is None or glance.number <= most

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        most = self._most(person)
        worked = {} if most is None else by_day(roster, stints)
        for run in runs(worked):
            if most is not None and len(run) > most:
                sentence = f"{person.name} would be on duty {len(run)} days in a row, and the most is {most}."
                over = (worked[day][0] for day in reversed(run))
                yield self.breach(person, sentence, *over, excess=beyond(len(run), most))

    @property
    def limit(self) -> str:
        return (
            self.statement
            if self.general is None
            else f"Nobody is on duty more than {plural(self.general, 'day')} in a row."
        )

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        most = self._most(person)
        if most is not None:
            if self.severity is not Severity.WISH:
                model.run_lengths(person, longest=most)
            days = model.days(person)
            for run in runs(days):
                for first in range(len(run) - most):
                    window = run[first : first + most + 1]
                    model.at_most(self, [term for day in window for term in days[day]], most)


class ShortestRun(PersonRule):
    """People who are on duty are on duty at least so many days in a row."""

    key = "shortest_run"
    statement = "Nobody is called in for fewer days in a row than they asked."
    monotone = False
    needs = (DataNeed(RosterData.RUNS, "it makes no run of days longer"),)
    is_mended_by_other_days = True
    is_preference = True

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return person.limits.shortest_run is None

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        least = person.limits.shortest_run
        worked = {} if least is None else by_day(roster, stints)
        first, last = roster.days
        for run in runs(worked):
            if least is not None and len(run) < least and run[0] > first and run[-1] < last:
                sentence = f"{person.name} would be on duty {plural(len(run), 'day')} in a row, and asked for {least}."
                yield self.breach(person, sentence, worked[run[0]][0], excess=1 - len(run) / least)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        least = person.limits.shortest_run
        first, last = model.roster.days
        days = model.days(person)
        if least is not None and self.severity is not Severity.WISH:
            model.run_lengths(person, shortest=least)
        for length in range(1, least or 1):
            # Forbid each run of exactly this length with a free day on either side.
            for start in days:
                inside = [start + n * ONE_DAY for n in range(length)]
                if first < start and inside[-1] < last and all(day in days for day in inside):
                    terms = [term for day in inside for term in days[day]]
                    for day in (start - ONE_DAY, start + length * ONE_DAY):
                        terms += times(-1, days.get(day, ()))
                    model.at_most(self, terms, length - 1)


class ShortestBreak(DaysRule):
    """Between two runs of days on duty there are at least so many days off."""

    key = "shortest_break"
    statement = "Everyone has enough days off in a row."
    monotone = False
    figure = "least"
    without_figure = "it asks for no days off, unless “least” is given here"
    is_mended_by_other_days = True

    def _least(self, person: RosterPerson) -> int | None:
        return person.limits.shortest_break if person.limits.shortest_break is not None else self.general

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return self._least(person) is None or glance.number < 2

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        least = self._least(person)
        worked = {} if least is None else by_day(roster, stints)
        together = list(runs(worked))
        for earlier, later in pairwise(together):
            off = (later[0] - earlier[-1]).days - 1
            if least is not None and off < least:
                sentence = f"{person.name} would have {plural(off, 'day')} off in a row, and needs {least}."
                yield self.breach(person, sentence, worked[later[0]][0], worked[earlier[-1]][0], excess=1 - off / least)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        least = self._least(person)
        days = model.days(person)
        if least is not None and self.severity is not Severity.WISH:
            model.run_lengths(person, shortest_break=least)
        for length in range(1, least or 1):
            for before in days:
                after = before + (length + 1) * ONE_DAY
                if after in days:
                    terms = [*days[before], *days[after]]
                    for n in range(1, length + 1):
                        terms += times(-1, days.get(before + n * ONE_DAY, ()))
                    model.at_most(self, terms, 1)


class Weekends(DaysRule):
    """No more than so many weekends on which a shift begins."""

    key = "weekends"
    statement = "Nobody is on duty too many weekends."
    monotone = True
    figure = "most"
    without_figure = "it limits nobody’s weekends, unless “most” is given here"

    def _most(self, person: RosterPerson) -> int | None:
        return self.general if person.limits.most_weekends is None else person.limits.most_weekends

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        most = self._most(person)
        return most is None or glance.number <= most

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        most = self._most(person)
        worked: dict[date, Stint] = {}
        for stint in stints if most is not None else ():
            day = roster.day_of(stint)
            if day.weekday() >= SATURDAY and roster.is_within(stint):
                worked[clock.monday_of(day)] = stint
        if most is not None and len(worked) > most:
            sentence = f"{person.name} would be on duty on {len(worked)} weekends, and the most is {most}."
            yield self.breach(person, sentence, *reversed(worked.values()), excess=beyond(len(worked), most))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        most = self._most(person)
        if most is None:
            return
        first, last = model.roster.days
        weekends: dict[date, list[Terms]] = {}
        for day, begins in model.days(person).items():
            if day.weekday() >= SATURDAY and first <= day <= last:
                weekends.setdefault(clock.monday_of(day), []).append(begins)
        if len(weekends) > most:
            model.at_most(self, [t for sums in weekends.values() for t in model.any_of(sums)], most)


def by_day(roster: Roster, stints: Sequence[Stint]) -> dict[date, list[Stint]]:
    """The stints that begin on each day, in order of days."""
    days: dict[date, list[Stint]] = {}
    for stint in sorted(stints, key=lambda s: (roster.day_of(s), s.starts_at)):
        days.setdefault(roster.day_of(stint), []).append(stint)
    return days


def runs(days: Iterable[date]) -> Iterator[list[date]]:
    """The days grouped into runs: as long as possible, each day the day after the one before."""
    run: list[date] = []
    for day in sorted(days):
        if run and day != run[-1] + ONE_DAY:
            yield run
            run = []
        run.append(day)
    if run:
        yield run
