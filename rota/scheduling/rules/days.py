"""Rules about days: runs of days on duty and off, nights, weekends. A night belongs to the day on which it starts.

Days are the organisation's. Commitments outside the roster count towards every upper limit. A run that touches the
first or the last day may continue outside the period, so it is never called too short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import ClassVar, Literal

from app import clock
from app.wording import duration, plural
from rota.scheduling.instants import ONE_DAY, minutes_between
from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.roster_data import RosterData
from rota.scheduling.rules.base import (
    LITTLE_REST,
    MANY_NIGHTS,
    Breach,
    ConstraintModel,
    DataNeed,
    Obstacle,
    PersonRule,
    Terms,
    beyond,
    times,
)
from rota.scheduling.rules.policy import DaysSettings, NightsSettings, RecoverySettings, Severity
from rota.scheduling.wording import day_in_words, instant_in_words, stint_in_words

SATURDAY = 5


class OneADay(PersonRule):
    """No more than one shift begins on one day."""

    key = "one_a_day"
    statement = "Nobody begins two shifts on one day."
    monotone = True
    obstacle = Obstacle("works on that day already", "work on that day already")

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


class NightRule(PersonRule):
    """A rule about nights: stints with at least so many hours between two times of the clock."""

    monotone = True

    def __init__(self, settings: NightsSettings) -> None:
        super().__init__(settings)
        self.starts, self.ends = settings.starts, settings.ends
        self.counts_from = round(settings.counts_from_hours * 60)
        self.most = settings.most
        self.exempt = settings.exempt_duties

    def is_night(self, roster: Roster, stint: Stint) -> bool:
        """Whether the stint counts as a night."""
        if stint.duty in self.exempt:
            return False
        minutes = roster.night_minutes(stint.starts_at, stint.ends_at, self.starts, self.ends)
        return minutes >= self.counts_from

    def nights(self, roster: Roster, stints: Sequence[Stint]) -> list[Stint]:
        """The stints that count as nights."""
        return [stint for stint in stints if self.is_night(roster, stint)]


class NightsInARow(NightRule):
    """No more than so many nights that begin on days in a row."""

    key = "nights_in_a_row"
    statement = "Nobody has too many nights in a row."
    protects = "people could work more nights in a row than the limit"
    obstacle = MANY_NIGHTS

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        worked = by_day(roster, self.nights(roster, stints))
        for run in runs(worked):
            if len(run) > self.most:
                nights = f"{plural(len(run), 'night')} in a row, from {day_in_words(run[0])} to {day_in_words(run[-1])}"
                sentence = f"{person.name} would have {nights}, and the most is {self.most}."
                over = (worked[day][0] for day in reversed(run))
                yield self.breach(person, sentence, *over, excess=beyond(len(run), self.most))

    @property
    def limit(self) -> str:
        return f"Nobody has more than {plural(self.most, 'night')} in a row."

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        nights = [p for p in model.possible(person) if self.is_night(model.roster, p.stint)]
        begun: dict[date, list[Terms]] = {}
        for night in nights:
            begun.setdefault(model.roster.day_of(night.stint), []).append([(1, night.works)])
        for run in runs(begun):
            for first in range(len(run) - self.most):
                window = run[first : first + self.most + 1]
                model.at_most(self, [t for day in window for t in model.any_of(begun[day])], self.most)


class NightsInThePeriod(NightRule):
    """No more than so many nights in the period."""

    key = "nights_in_the_period"
    statement = "Nobody has too many nights in the period."
    obstacle = MANY_NIGHTS

    def _most(self, person: RosterPerson) -> int:
        return self.most if person.limits.most_nights is None else person.limits.most_nights

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        nights, most = [s for s in self.nights(roster, stints) if roster.is_within(s)], self._most(person)
        if len(nights) > most:
            limit = f"the most is {most}" if person.limits.most_nights is None else f"asked for {most} at most"
            sentence = f"{person.name} would have {plural(len(nights), 'night')} in the period, and {limit}."
            yield self.breach(person, sentence, *reversed(nights), excess=beyond(len(nights), most))

    @property
    def limit(self) -> str:
        return f"Nobody has more than {plural(self.most, 'night')} in the period."

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        roster = model.roster
        terms = [
            (1, works)
            for stint, works in model.possible(person)
            if roster.is_within(stint) and self.is_night(roster, stint)
        ]
        model.at_most(self, terms, self._most(person))


class RecoveryAfterNights(NightRule):
    """After so many nights in a row there is a longer rest, in hours that pass, before the next stint."""

    key = "recovery_after_nights"
    statement = "After a run of nights everyone has time to recover."
    protects = "people could go on without the rest after nights in a row"
    obstacle = LITTLE_REST
    is_mended_by_other_days = True

    def __init__(self, settings: RecoverySettings) -> None:
        super().__init__(settings)
        self.rest = timedelta(hours=settings.hours)

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        worked = by_day(roster, self.nights(roster, stints))
        for run in runs(worked):
            if len(run) < self.most:
                continue
            last = max(worked[run[-1]], key=lambda stint: stint.ends_at)
            for stint in stints:
                if last.ends_at <= stint.starts_at < last.ends_at + self.rest:
                    had = duration(minutes_between(last.ends_at, stint.starts_at))
                    needed = duration(self.rest / timedelta(minutes=1))
                    ended = instant_in_words(last.ends_at, roster)
                    after = f"after {plural(len(run), 'night')} in a row, which end on {ended}"
                    before = "" if stint == new else f" and before {stint_in_words(stint, roster)},"
                    sentence = f"{person.name} would have {had} of rest {after},{before} and needs {needed}."
                    missing = 1 - (stint.starts_at - last.ends_at) / self.rest
                    yield self.breach(person, sentence, stint, last, excess=missing)

    @property
    def limit(self) -> str:
        hours = duration(self.rest / timedelta(minutes=1))
        return f"After {plural(self.most, 'night')} in a row everyone has {hours} to recover."

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        roster, possible = model.roster, model.possible(person)
        begun: dict[date, list[tuple[Stint, int]]] = {}
        for stint, works in possible:
            if self.is_night(roster, stint):
                begun.setdefault(roster.day_of(stint), []).append((stint, works))
        for day, last_nights in begun.items():
            before = [day - n * ONE_DAY for n in range(1, self.most)]
            if not all(d in begun for d in before):
                continue
            run = [term for d in before for term in model.any_of([[(1, works)] for _, works in begun[d]])]
            goes_on = [(-1, works) for _, works in begun.get(day + ONE_DAY, ())]
            for last, works in last_nights:
                after: dict[date, list[Terms]] = {}
                for stint, comes in possible:
                    # A night that continues the run would be on both sides of the sum and cancel out.
                    is_next = self.is_night(roster, stint) and roster.day_of(stint) == day + ONE_DAY
                    if not is_next and last.ends_at <= stint.starts_at < last.ends_at + self.rest:
                        after.setdefault(roster.day_of(stint), []).append([(1, comes)])
                for sums in after.values():
                    model.at_most(self, [*run, (1, works), *model.any_of(sums), *goes_on], self.most)


class Weekends(DaysRule):
    """No more than so many weekends on which a shift begins."""

    key = "weekends"
    statement = "Nobody is on duty too many weekends."
    monotone = True
    figure = "most"
    without_figure = "it limits nobody’s weekends, unless “most” is given here"

    def _most(self, person: RosterPerson) -> int | None:
        return self.general if person.limits.most_weekends is None else person.limits.most_weekends

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
