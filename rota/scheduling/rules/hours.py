"""Rules about the time that passes: overlap, rest, hours in any day and any week.

All of them count instants. A night over a clock change lasts 7 or 9 hours, and rests so.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rota.scheduling.roster import Roster, RosterPerson, Stint, minutes_between
from rota.scheduling.rules.base import Breach, ConstraintModel, PersonRule, beyond, spoken, spoken_hours, spoken_stint
from rota.scheduling.rules.policy import HoursSettings, RestSettings, Severity


class Overlap(PersonRule):
    """Nobody is in two places at once. One shift may start the moment another ends."""

    key = "overlap"
    words = "Nobody is in two places at once."
    monotone = True

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        ends = [stint.ends_at for stint in stints]
        for earlier, later in _too_close(stints, ends):
            if new in (earlier, later):
                held = spoken_stint(later if new == earlier else earlier, roster)
                sentence = f"{person.name} is already {held}."
            else:
                both = f"{spoken_stint(earlier, roster)}, and {spoken_stint(later, roster)}"
                sentence = f"{person.name} would be in two places at once: {both}."
            yield self.broken(person, sentence, later, earlier)

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        starts = [p.stint.starts_at for p in possible]
        for crowd in _crowds(starts, [p.stint.ends_at for p in possible]):
            model.at_most(self, [(1, possible[i].works) for i in crowd], 1)


class Rest(PersonRule):
    """Between two shifts there is rest. Who is under 18 when a shift ends has the longer one after it."""

    key = "rest"
    words = "Everyone has their rest between two shifts."
    monotone = True

    def __init__(self, settings: RestSettings) -> None:
        super().__init__(settings)
        self.adult = timedelta(hours=settings.adult_hours)
        self.under_18 = timedelta(hours=settings.under_18_hours)
        self.exempt = settings.exempt_duties

    def _after(self, roster: Roster, person: RosterPerson, stint: Stint) -> timedelta:
        return self.adult if roster.is_adult(person, stint.ends_at) else self.under_18

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        counted = [stint for stint in stints if stint.duty not in self.exempt]
        rested = [stint.ends_at + self._after(roster, person, stint) for stint in counted]
        for earlier, later in _too_close(counted, rested):
            if later.starts_at < earlier.ends_at:
                continue  # Overlap says this better.
            had = minutes_between(earlier.ends_at, later.starts_at)
            needed = self._after(roster, person, earlier) / timedelta(minutes=1)
            if new == later:
                where = f"after {spoken_stint(earlier, roster)}"
            elif new == earlier:
                where = f"before {spoken_stint(later, roster)}"
            else:
                where = f"between {spoken_stint(earlier, roster)}, and {spoken_stint(later, roster)}"
            sentence = f"{person.name} would have {spoken_hours(had)} of rest {where}, and {self._needs(needed)}."
            yield self.broken(person, sentence, later, earlier, excess=1 - had / needed)

    def _needs(self, minutes: float) -> str:
        return f"needs {spoken_hours(minutes)}"

    @property
    def limit_words(self) -> str:
        return f"Everyone has {spoken_hours(self.adult / timedelta(minutes=1))} of rest between two shifts."

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        counted = [p for p in model.possible(person) if p.stint.duty not in self.exempt]
        starts = [p.stint.starts_at for p in counted]
        rested = [p.stint.ends_at + self._after(model.roster, person, p.stint) for p in counted]
        for crowd in _crowds(starts, rested):
            model.at_most(self, [(1, counted[i].works) for i in crowd], 1)


class LeastRest(Rest):
    """A part of the rest that nobody sets aside, whatever the reason."""

    words = "Nobody has next to no rest between two shifts."

    def __init__(self, settings: RestSettings) -> None:
        super().__init__(settings)
        # Where rest is not asked for at all, nor is a part of it; where it always holds, a part need not be told.
        is_needed = settings.severity in (Severity.OVERRIDABLE, Severity.WISH)
        self.severity = Severity.HARD if is_needed else Severity.UNUSED
        self.adult = self.under_18 = timedelta(hours=settings.never_under_hours)
        self._is_wish = settings.severity is Severity.WISH

    def _needs(self, minutes: float) -> str:
        return f"nobody may have under {spoken_hours(minutes)}"

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        # The whole rest, where the engine never breaks it, says as much already.
        if self._is_wish:
            super().constrain(model, person)


class HoursInAny(PersonRule):
    """No more than so many hours in any stretch of this length, wherever it starts.

    What somebody works before they turn 18 keeps the limit for under-18s; all they work keeps the adult one.
    """

    monotone = True
    unit = 60
    length: timedelta
    length_words: str

    @property
    def limit_words(self) -> str:
        return f"Nobody works more than {spoken_hours(self.adult)} in any {self.length_words}."

    def __init__(self, settings: HoursSettings, rest: RestSettings) -> None:
        super().__init__(settings)
        self.apart = _rest_all_have(settings, rest)
        self.adult = round(settings.adult_hours * 60)
        self.under_18 = round(settings.under_18_hours * 60)
        self.exempt = settings.exempt_duties

    def check(self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]) -> Iterator[Breach]:
        return self.check_with(roster, person, stints, None)

    def check_with(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint], new: Stint | None
    ) -> Iterator[Breach]:
        counted = (minutes_between(s.starts_at, s.ends_at) for s in stints if s.duty not in self.exempt)
        if sum(counted) <= min(self.adult, self.under_18):
            return
        told: set[frozenset[int]] = set()
        for numbers, minutes, most in self._windows(roster, person, stints):
            worked = sum(minutes)
            if worked > most and frozenset(numbers) not in told:
                told.add(frozenset(numbers))
                beside = _beside([stints[i] for i in numbers], new, roster)
                sentence = (
                    f"{person.name} would work {spoken_hours(worked)} in {self.length_words}{beside}, "
                    f"and the most is {spoken_hours(most)}."
                )
                over = (stints[i] for i in reversed(numbers))
                yield self.broken(person, sentence, *over, excess=beyond(worked, most))

    def constrain(self, model: ConstraintModel, person: RosterPerson) -> None:
        possible = model.possible(person)
        for numbers, minutes, most in self._windows(model.roster, person, [p.stint for p in possible]):
            stints = [possible[i].stint for i in numbers]
            if sum(minutes) > most and _most_with_rest(stints, minutes, self.apart) > most:
                terms = [(m, possible[i].works) for i, m in zip(numbers, minutes, strict=True)]
                model.at_most(self, terms, most)

    def _windows(
        self, roster: Roster, person: RosterPerson, stints: Sequence[Stint]
    ) -> Iterator[tuple[list[int], list[int], int]]:
        """The stints in each stretch worth looking at, by place in the list, with their minutes and the most
        allowed."""
        counted = [
            (i, stint.starts_at, stint.ends_at) for i, stint in enumerate(stints) if stint.duty not in self.exempt
        ]
        yield from ((*window, self.adult) for window in windows(counted, self.length))
        adult_from = roster.adult_from(person)
        under_age = [
            (i, starts_at, ends_at if adult_from is None else min(ends_at, adult_from))
            for i, starts_at, ends_at in counted
            if adult_from is None or starts_at < adult_from
        ]
        yield from ((*window, self.under_18) for window in windows(under_age, self.length))


class HoursInADay(HoursInAny):
    key = "hours_in_a_day"
    words = "Nobody works too long in any 24 hours."
    length = timedelta(hours=24)
    length_words = "24 hours"


class HoursInAWeek(HoursInAny):
    key = "hours_in_a_week"
    words = "Nobody works too long in any 7 days."
    length = timedelta(days=7)
    length_words = "7 days"


def windows(
    stretches: Sequence[tuple[int, datetime, datetime]], length: timedelta
) -> Iterator[tuple[list[int], list[int]]]:
    """For (number, start, end) in order of start: the numbers in each window of a length, with minutes inside
    it.

    With stretches partly inside, the most worked in any window is reached by one that begins as a stretch
    begins or ends as a stretch ends, so those are all that need a look.
    """
    begins = {starts_at for _, starts_at, _ in stretches} | {ends_at - length for _, _, ends_at in stretches}
    whole = [minutes_between(starts_at, ends_at) for _, starts_at, ends_at in stretches]
    first = 0
    for begin in sorted(begins):
        end = begin + length
        while first < len(stretches) and stretches[first][2] <= begin:
            first += 1
        numbers, minutes = [], []
        for place in range(first, len(stretches)):
            number, starts_at, ends_at = stretches[place]
            if starts_at >= end:
                break
            if begin <= starts_at and ends_at <= end:
                inside = whole[place]
            else:
                inside = minutes_between(max(starts_at, begin), min(ends_at, end))
            if inside > 0:
                numbers.append(number)
                minutes.append(inside)
        yield numbers, minutes


def _beside(stints: Sequence[Stint], new: Stint | None, roster: Roster) -> str:
    """What a person has already that counts together with a stint they would be given."""
    held = [stint for stint in stints if stint != new]
    if len(held) == len(stints) or not held:
        return ""
    if len(held) == 1:
        return f", together with {spoken_stint(held[0], roster)}"
    since, until = spoken(held[0].starts_at, roster), spoken(held[-1].ends_at, roster)
    return f", together with {len(held)} shifts from {since}, until {until}"


def _rest_all_have(settings: HoursSettings, rest: RestSettings) -> timedelta:
    """The rest that anybody has between two stints that count, whatever their age."""
    if rest.severity not in (Severity.HARD, Severity.OVERRIDABLE) or rest.exempt_duties - settings.exempt_duties:
        return timedelta(0)
    return timedelta(hours=min(rest.adult_hours, rest.under_18_hours))


def _most_with_rest(stints: Sequence[Stint], minutes: Sequence[int], apart: timedelta) -> int:
    """The most minutes that stints, given in order of start, can come to with this rest between them."""
    starts = [stint.starts_at for stint in stints]
    best = [0] * (len(stints) + 1)
    for i in range(len(stints) - 1, -1, -1):
        following = bisect_left(starts, stints[i].ends_at + apart, lo=i + 1)
        best[i] = max(best[i + 1], minutes[i] + best[following])
    return best[0]


def _too_close(stints: Sequence[Stint], busy_until: Sequence[datetime]) -> Iterator[tuple[Stint, Stint]]:
    """Pairs of which the later starts before the earlier leaves its person free, given in order of start."""
    for i, earlier in enumerate(stints):
        for later in stints[i + 1 :]:
            if later.starts_at >= busy_until[i]:
                break
            yield earlier, later


def _crowds(starts: Sequence[datetime], busy_until: Sequence[datetime]) -> Iterator[list[int]]:
    """The largest sets that share a moment, each by place in the list, given in order of start.

    Stretches of time conflict just where they share a moment, so these sets say all that pairs would, and
    make a far tighter relaxation.
    """
    present: list[int] = []
    for i, start in enumerate(starts):
        staying = [j for j in present if busy_until[j] > start]
        if len(staying) < len(present) and len(present) > 1:
            yield present
        present = [*staying, i]
    if len(present) > 1:
        yield present
