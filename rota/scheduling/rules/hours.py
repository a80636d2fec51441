"""Rules about elapsed time: overlap, rest, hours in any day and any week.

All of them count instants: a night over a clock change lasts 7 or 9 hours.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Self

from app.wording import duration
from rota.scheduling.instants import minutes_between
from rota.scheduling.roster import Pair, Roster, RosterPerson, Stint
from rota.scheduling.rules.base import (
    LITTLE_REST,
    LONG_HOURS,
    Breach,
    ConstraintModel,
    Glance,
    Obstacle,
    PersonRule,
    beyond,
)
from rota.scheduling.rules.policy import HoursSettings, RestSettings, RotaRules, RuleSettings, Severity
from rota.scheduling.wording import instant_in_words, stint_in_words

WITHOUT_FIGURE = "which the rota rules do not allow"
"""What stands for a limit that holds for people under 18 only: somebody who plans must not read an age from it."""


class Overlap(PersonRule):
    """Nobody is in two places at once. One shift may start the moment another ends."""

    key = "overlap"
    statement = "Nobody is in two places at once."
    monotone = True
    obstacle = Obstacle("already works then", "already work then")

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return glance.least_gap >= timedelta(0)

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        ends = [stint.ends_at for stint in stints]
        for earlier, later in _too_close(stints, ends):
            if new in (earlier, later):
                held = stint_in_words(later if new == earlier else earlier, roster)
                sentence = f"{person.name} is already {held}."
            else:
                both = f"{stint_in_words(earlier, roster)}, and {stint_in_words(later, roster)}"
                sentence = f"{person.name} would be in two places at once: {both}."
            yield self.breach(person, sentence, later, earlier)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        starts = [p.stint.starts_at for p in possible]
        for clique in _cliques(starts, [p.stint.ends_at for p in possible]):
            model.at_most(self, [(1, possible[i].works) for i in clique], 1)


class Rest(PersonRule):
    """Between two shifts there is rest: the longer one for a person who is under 18 when the first shift ends."""

    key = "rest"
    statement = "Everyone has their rest between two shifts."
    monotone = True
    protects = "people could go on with less than the rest between shifts"
    obstacle = LITTLE_REST

    def __init__(self, settings: RestSettings) -> None:
        super().__init__(settings)
        self.adult = timedelta(hours=settings.adult_hours)
        self.under_18 = timedelta(hours=settings.under_18_hours)
        self.exempt = settings.exempt_duties

    def _after(self, roster: Roster, person: RosterPerson, stint: Stint) -> timedelta:
        return self.adult if roster.is_adult(person, stint.ends_at) else self.under_18

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        return glance.least_gap >= max(self.adult, self.under_18)

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        counted = [stint for stint in stints if stint.duty not in self.exempt]
        rested = [stint.ends_at + self._after(roster, person, stint) for stint in counted]
        for earlier, later in _too_close(counted, rested):
            if later.starts_at < earlier.ends_at:
                continue  # That is a breach of Overlap.
            had = minutes_between(earlier.ends_at, later.starts_at)
            needed = self._after(roster, person, earlier) / timedelta(minutes=1)
            if new == later:
                where = f"after {stint_in_words(earlier, roster)}"
            elif new == earlier:
                where = f"before {stint_in_words(later, roster)}"
            else:
                where = f"between {stint_in_words(earlier, roster)}, and {stint_in_words(later, roster)}"
            sentence = f"{person.name} would have {duration(had)} of rest {where}, {self._needs(needed)}."
            yield self.breach(person, sentence, later, earlier, excess=1 - had / needed)

    def _needs(self, minutes: float) -> str:
        if timedelta(minutes=minutes) != self.adult:
            return WITHOUT_FIGURE  # the figure would tell an age
        return f"and needs {duration(minutes)}"

    @property
    def limit(self) -> str:
        return f"Everyone has {duration(self.adult / timedelta(minutes=1))} of rest between two shifts."

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        counted = [p for p in model.possible(person) if p.stint.duty not in self.exempt]
        starts = [p.stint.starts_at for p in counted]
        rested = [p.stint.ends_at + self._after(model.roster, person, p.stint) for p in counted]
        for clique in _cliques(starts, rested):
            model.at_most(self, [(1, counted[i].works) for i in clique], 1)


class LeastRest(Rest):
    """The part of the rest that nobody may set aside, whatever the reason."""

    statement = "Nobody has next to no rest between two shifts."

    def __init__(self, settings: RestSettings) -> None:
        super().__init__(settings)
        # Unused rest has no part that is kept, and hard rest is kept whole.
        is_needed = settings.severity in (Severity.OVERRIDABLE, Severity.WISH)
        self.severity = Severity.HARD if is_needed else Severity.UNUSED
        self.adult = self.under_18 = timedelta(hours=settings.never_under_hours)
        self._is_wish = settings.severity is Severity.WISH

    def _needs(self, minutes: float) -> str:
        return f"and nobody may have under {duration(minutes)}"

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        # Unless rest is only a wish, the engine keeps the whole of it, which implies this part.
        if self._is_wish:
            super().constrain(model, person)


class HoursInAny(PersonRule):
    """No more than so many hours in any time span of this length, whenever it starts.

    The limit for people under 18 counts what somebody works before they turn 18; the adult limit counts everything.
    """

    monotone = True
    obstacle = LONG_HOURS
    unit = 60
    length: timedelta
    length_words: str

    @property
    def limit(self) -> str:
        return f"Nobody works more than {duration(self.adult)} in any {self.length_words}."

    def __init__(self, settings: HoursSettings, least_rest: timedelta | None) -> None:
        super().__init__(settings)
        self.least_rest = least_rest
        self.adult = round(settings.adult_hours * 60)
        self.under_18 = round(settings.under_18_hours * 60)
        self.exempt = settings.exempt_duties

    @classmethod
    def from_policy(cls, policy: RotaRules, pairs: Sequence[Pair]) -> Self:
        settings = getattr(policy, cls.key)
        return cls(settings, _least_rest(settings, policy))

    def is_easily_kept(self, roster: Roster, person: RosterPerson, glance: Glance) -> bool:
        if glance.first is None:
            return True
        adult_from = roster.adult_from(person)
        was_under_age = adult_from is None or adult_from > glance.first
        most = min(self.adult, self.under_18) if was_under_age else self.adult
        if glance.minutes <= most:
            return True
        if glance.least_gap <= timedelta(0):
            return False
        # Of stints that touch one window, the gaps between the first and the last lie within it.
        together = min(glance.number, -(-self.length // glance.least_gap))
        return together * glance.longest <= most

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        reported: set[frozenset[int]] = set()
        for numbers, minutes, most in self._windows(roster, person, stints, new, only_full=True):
            worked = sum(minutes)
            if worked > most and frozenset(numbers) not in reported:
                reported.add(frozenset(numbers))
                others = _together_with([stints[i] for i in numbers], new, roster)
                sentence = (
                    f"{person.name} would work {duration(worked)} in {self.length_words}{others}, "
                    # The figure of the young would tell an age.
                    + (f"and the most is {duration(most)}." if most == self.adult else f"{WITHOUT_FIGURE}.")
                )
                over = (stints[i] for i in reversed(numbers))
                yield self.breach(person, sentence, *over, excess=beyond(worked, most))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        for numbers, minutes, most in self._windows(model.roster, person, [p.stint for p in possible]):
            stints = [possible[i].stint for i in numbers]
            if sum(minutes) > most and self._most_at_once(stints, minutes) > most:
                terms = [(m, possible[i].works) for i, m in zip(numbers, minutes, strict=True)]
                model.at_most(self, terms, most)

    def _most_at_once(self, stints: Sequence[Stint], minutes: Sequence[int]) -> int:
        """The most of these minutes that one person can work under the rules about overlap and rest."""
        return sum(minutes) if self.least_rest is None else _most_with_rest(stints, minutes, self.least_rest)

    def _windows(
        self,
        roster: Roster,
        person: RosterPerson,
        stints: Sequence[Stint],
        new: Stint | None = None,
        *,
        only_full: bool = False,
    ) -> Iterator[tuple[list[int], list[int], int]]:
        """The stints in each window that can be the fullest, by index, their minutes in it and the most allowed.

        With `new`, only windows that this stint touches: it adds nothing to the others. With `only_full`, none where it
        is easily seen that no window has more minutes than allowed.
        """
        touching = None if new is None else (new.starts_at, new.ends_at)
        counted = [
            (i, stint.starts_at, stint.ends_at) for i, stint in enumerate(stints) if stint.duty not in self.exempt
        ]
        if not (only_full and keeps_to(self.adult, counted, self.length)):
            yield from ((*window, self.adult) for window in windows(counted, self.length, touching))
        adult_from = roster.adult_from(person)
        under_age = [
            (i, starts_at, ends_at if adult_from is None else min(ends_at, adult_from))
            for i, starts_at, ends_at in counted
            if adult_from is None or starts_at < adult_from
        ]
        if not (only_full and keeps_to(self.under_18, under_age, self.length)):
            yield from ((*window, self.under_18) for window in windows(under_age, self.length, touching))


class HoursInADay(HoursInAny):
    """No more than so many hours in any 24 hours."""

    key = "hours_in_a_day"
    statement = "Nobody works too long in any 24 hours."
    protects = "people could work more hours in a day than the limit"
    length = timedelta(hours=24)
    length_words = "24 hours"


class HoursInAWeek(HoursInAny):
    """No more than so many hours in any 7 days."""

    key = "hours_in_a_week"
    statement = "Nobody works too long in any 7 days."
    protects = "people could work more hours in a week than the limit"
    length = timedelta(days=7)
    length_words = "7 days"


def keeps_to(most: int, spans: Sequence[tuple[int, datetime, datetime]], length: timedelta) -> bool:
    """Whether it is easily seen that no window of this length has more minutes of these spans than `most`.

    Spans (number, start, end) are in order of start. The whole minutes are added up of each span and those after it
    that begin before a window ends in which the first has its last minute: more than any window has that begins in it.
    """
    whole = [minutes_between(starts_at, ends_at) for _, starts_at, ends_at in spans]
    if sum(whole) <= most:
        return True
    after, together = 0, 0
    for first, (_, _, ends_at) in enumerate(spans):
        while after < len(spans) and spans[after][1] < ends_at + length:
            together += whole[after]
            after += 1
        if together > most:
            return False
        together -= whole[first]
    return True


def windows(
    spans: Sequence[tuple[int, datetime, datetime]],
    length: timedelta,
    touching: tuple[datetime, datetime] | None = None,
) -> Iterator[tuple[list[int], list[int]]]:
    """For spans (number, start, end) in order of start: the numbers of those in each window, and their minutes in it.

    Only windows of this length that begin where a span begins or end where a span ends are looked at: one of them is
    the fullest, spans that are partly inside included. With `touching`, only those that share some time with it.
    """
    begins = {starts_at for _, starts_at, _ in spans} | {ends_at - length for _, _, ends_at in spans}
    if touching is not None:
        begins = {begin for begin in begins if begin < touching[1] and touching[0] < begin + length}
    whole = [minutes_between(starts_at, ends_at) for _, starts_at, ends_at in spans]
    first = 0
    for begin in sorted(begins):
        end = begin + length
        while first < len(spans) and spans[first][2] <= begin:
            first += 1
        numbers, minutes = [], []
        for index in range(first, len(spans)):
            number, starts_at, ends_at = spans[index]
            if starts_at >= end:
                break
            if begin <= starts_at and ends_at <= end:
                inside = whole[index]
            else:
                inside = minutes_between(max(starts_at, begin), min(ends_at, end))
            if inside > 0:
                numbers.append(number)
                minutes.append(inside)
        yield numbers, minutes


def _together_with(stints: Sequence[Stint], new: Stint | None, roster: Roster) -> str:
    """The stints that a person has already and that count together with one they would be given, in words."""
    held = [stint for stint in stints if stint != new]
    if len(held) == len(stints) or not held:
        return ""
    if len(held) == 1:
        return f", together with {stint_in_words(held[0], roster)}"
    since, until = instant_in_words(held[0].starts_at, roster), instant_in_words(held[-1].ends_at, roster)
    return f", together with {len(held)} shifts from {since}, until {until}"


def _least_rest(settings: HoursSettings, policy: RotaRules) -> timedelta | None:
    """The least rest that the engine leaves between two stints that count, whatever the person's age.

    None where nothing keeps people from being in two places at once: then stints may even overlap.
    """
    if not _is_kept_by_the_engine(policy.overlap):
        return None
    rest = policy.rest
    if not _is_kept_by_the_engine(rest) or rest.exempt_duties - settings.exempt_duties:
        return timedelta(0)
    return timedelta(hours=min(rest.adult_hours, rest.under_18_hours))


def _is_kept_by_the_engine(settings: RuleSettings) -> bool:
    return settings.severity in (Severity.HARD, Severity.OVERRIDABLE)


def _most_with_rest(stints: Sequence[Stint], minutes: Sequence[int], rest: timedelta) -> int:
    """The most minutes that some of the stints, given in order of start, add up to with this rest between them."""
    starts = [stint.starts_at for stint in stints]
    best = [0] * (len(stints) + 1)
    for i in range(len(stints) - 1, -1, -1):
        following = bisect_left(starts, stints[i].ends_at + rest, lo=i + 1)
        best[i] = max(best[i + 1], minutes[i] + best[following])
    return best[0]


def _too_close(stints: Sequence[Stint], busy_until: Sequence[datetime]) -> Iterator[tuple[Stint, Stint]]:
    """Pairs of which the later starts before the earlier leaves the person free. The stints are in order of start."""
    for i, earlier in enumerate(stints):
        for later in stints[i + 1 :]:
            if later.starts_at >= busy_until[i]:
                break
            yield earlier, later


def _cliques(starts: Sequence[datetime], busy_until: Sequence[datetime]) -> Iterator[list[int]]:
    """The maximal sets of time spans that share a moment, each as indexes. The spans are in order of start.

    Time spans conflict exactly where they share a moment (an interval graph), so one constraint for each maximal clique
    implies those for all pairs, and makes a far tighter relaxation.
    """
    present: list[int] = []
    for i, start in enumerate(starts):
        staying = [j for j in present if busy_until[j] > start]
        if len(staying) < len(present) and len(present) > 1:
            yield present
        present = [*staying, i]
    if len(present) > 1:
        yield present
