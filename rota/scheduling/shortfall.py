"""Why shifts stay short, in counts: how many people are cleared, how many offer the time, what keeps those from it.

Counted on a plan as it stands. That no other plan does better is proved elsewhere.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from progression.duties import Duty
from progression.intervals import Interval, covers
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift
from rota.scheduling.rules.base import Obstacle
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity
from rota.scheduling.rules.registry import RULE_OF
from rota.scheduling.rules.seats import Availability, Clearance

SECONDS = 2.0
"""How long to look at what keeps those who offer the time; after that, only the counts before it are given."""

MOST_GROUPS = 3
"""People who share the same set of obstacles are a group; a sentence that names more groups than this is not read."""

FREE, ON_IT, NOT_LOOKED_AT = "free", "on-it", ""
"""Outcomes for one person and shift that are not rules."""

_OUTCOMES: Mapping[str, Obstacle] = {
    FREE: Obstacle("is free as things are", "are free as things are"),
    ON_IT: Obstacle("is on it already", "are on it already"),
}

_ONE_MORE: Mapping[Duty, str] = {Duty.ON_CALL: "another person for on-call"}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One duty at one time of day, on the shifts of a week that lack somebody in it.

    `facts` says what keeps people from it, and `todo` what would help, in the imperative.
    """

    duty: Duty
    shift_ids: tuple[int, ...]
    facts: str
    todo: str


def shortfalls(
    roster: Roster,
    plan: Plan,
    shift_ids: Collection[int],
    duty: Duty,
    *,
    causes: Collection[str] | None = None,
    seconds: float = SECONDS,
) -> list[Shortfall]:
    """Explain some short shifts, those of one channel and time of day together.

    `causes` are the rules that were proved to cause it; where they are known, only what touches one of them is advised.
    """
    until = time.monotonic() + seconds
    by_time: dict[tuple[str, str, str], list[RosterShift]] = defaultdict(list)
    for shift in sorted((roster.shift_by_id[shift_id] for shift_id in shift_ids), key=lambda one: one.starts_at):
        starts, ends = shift.starts_at.astimezone(roster.zone), shift.ends_at.astimezone(roster.zone)
        by_time[f"{starts:%H:%M}", f"{ends:%H:%M}", shift.channel].append(shift)
    found = []
    for _, shifts in sorted(by_time.items()):
        census = _Census(roster, plan, shifts, duty, until)
        found.append(Shortfall(duty, tuple(shift.id for shift in shifts), census.facts(), census.todo(causes)))
    return found


class _Census:
    """The people cleared for a duty on some shifts, and what comes of each of them."""

    def __init__(self, roster: Roster, plan: Plan, shifts: Sequence[RosterShift], duty: Duty, until: float) -> None:
        self._roster, self._plan, self._shifts, self._duty, self._until = roster, plan, shifts, duty, until
        cleared = [p for p in roster.people if any(_covers(p.clearances.get(duty, ()), shift) for shift in shifts)]
        self.cleared = len(cleared)
        outcomes = (tuple(dict.fromkeys(self._outcomes(person))) for person in cleared)
        self.outcomes = Counter(each for each in outcomes if each)
        """How many of those who offer any of the time share each set of outcomes."""
        self.offering = self.outcomes.total()

    def _outcomes(self, person: RosterPerson) -> Iterator[str]:
        """What keeps a person from each of the shifts for which they are cleared and which they offered."""
        for shift in self._shifts:
            is_cleared = _covers(person.clearances.get(self._duty, ()), shift)
            if not (is_cleared and _covers(person.availability, shift)):
                continue
            if person.id in self._plan.on(shift.id, self._duty):
                yield ON_IT
            elif time.monotonic() > self._until:
                yield NOT_LOOKED_AT
            else:
                breaches = check_assignment(self._roster, self._plan, person, shift, self._duty)
                # People who are kept apart are reported as not available, and so are not counted as offering.
                if not any(breach.is_absence for breach in breaches):
                    never = [breach for breach in breaches if breach.severity is Severity.HARD]
                    yield (never or breaches)[0].rule if breaches else FREE

    def facts(self) -> str:
        """How many are cleared, how many of them offer the time, and what keeps those from it."""
        cleared, offering, outcomes = self.cleared, self.offering, self.outcomes
        if not cleared:
            return f"Nobody is cleared for {self._duty.words}."
        people = "1 person is" if cleared == 1 else f"{cleared} people are"
        one, several = (
            ("any of these times", "offer any of these times")
            if len(self._shifts) > 1
            else ("this time", "offer this time")
        )
        if not offering:
            return f"{people} cleared, and {'they do not offer' if cleared == 1 else 'nobody offers'} {one}."
        some = f"{people} cleared, {offering} {several if offering > 1 else f'offers {one}'}"
        if any(NOT_LOOKED_AT in each for each in outcomes):
            return f"{some}."
        if len(outcomes) == 1:
            [only] = outcomes
            them = "and" if offering == 1 else "and both" if offering == 2 else f"and all {offering}"
            return f"{some}, {them} {_in_words(only, offering)}."
        if len(outcomes) > MOST_GROUPS:
            return f"{some}. {self._by_obstacle()}"
        parts = [f"{number} {_in_words(each, number)}" for each, number in outcomes.most_common()]
        return f"{some}: {', '.join(parts)}."

    def _by_obstacle(self) -> str:
        """What keeps how many of them from at least one of the shifts, most people first."""
        people: Counter[Obstacle] = Counter()
        for outcomes, number in self.outcomes.items():
            people.update(dict.fromkeys((_obstacle(each) for each in outcomes), number))
        parts = [f"{number} {each.one if number == 1 else each.several}" for each, number in people.most_common()]
        listed = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
        return f"On one day or another {listed}."

    def todo(self, causes: Collection[str] | None) -> str:
        """What would help, in the imperative."""
        is_busy = any(each not in (FREE, ON_IT, NOT_LOOKED_AT) for outcomes in self.outcomes for each in outcomes)
        ways = []
        if any(FREE in outcomes for outcomes in self.outcomes):
            ways.append("choose the seat to see who is free")
        if self.offering < self.cleared and (causes is None or Availability.key in causes):
            ways.append("ask the others for these hours" if self.offering else "ask them for these hours")
        if causes is None or Clearance.key in causes or not ways:
            one_more = _ONE_MORE.get(self._duty, f"another {self._duty.words}")
            ways.append(f"sign off {one_more}" if self.cleared else "sign somebody off")
        if is_busy:
            ways.append("free one of those who work already")
        words = ", or ".join(ways)
        return f"{words[0].upper()}{words[1:]}."


def _covers(times: Sequence[Interval], shift: RosterShift) -> bool:
    return covers(times, shift.starts_at, shift.ends_at)


def _obstacle(outcome: str) -> Obstacle:
    return _OUTCOMES[outcome] if outcome in _OUTCOMES else RULE_OF[outcome].obstacle


def _in_words(outcomes: Sequence[str], number: int) -> str:
    obstacles = dict.fromkeys(map(_obstacle, outcomes))
    return " or ".join(each.one if number == 1 else each.several for each in obstacles)
