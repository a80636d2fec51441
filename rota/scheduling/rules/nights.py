"""Rules about nights: how many in a row and in the period, and the rest after a run of them.

Days are the organisation's; a night belongs to the day on which it starts. Commitments outside the roster count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from app.wording import duration, plural
from rota.scheduling.instants import ONE_DAY, minutes_between
from rota.scheduling.roster import Roster, RosterPerson, Stint
from rota.scheduling.rules.base import (
    LITTLE_REST,
    MANY_NIGHTS,
    Breach,
    ConstraintModel,
    Glance,
    PersonRule,
    Terms,
    beyond,
)
from rota.scheduling.rules.days import by_day, runs
from rota.scheduling.rules.policy import NightsSettings, RecoverySettings
from rota.scheduling.wording import day_in_words, instant_in_words, stint_in_words


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

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return glance.number <= self.most

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

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return glance.number <= self._most(person)

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

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return glance.number <= self.most  # the nights in a row, and one stint after them

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
