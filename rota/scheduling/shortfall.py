"""Why shifts stay short, in days and counts: how many are cleared, how many of them offer the time, what keeps those.

Counted on a plan as it stands. That no other plan does better is for the proof beside it to say.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from progression.duties import Duty
from progression.intervals import Interval, covers
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift
from rota.scheduling.rules.book import check_assignment
from rota.scheduling.rules.policy import Severity

SECONDS = 2.0
"""How long to look at what keeps those who offer the time; past it, only the counts before are told."""

FREE, ON_IT = "free", "on-it"

_NOT_OFFERED = "availability"  # Also how people who are kept apart are told, and nothing more.
_LITTLE_REST = ("would have too little rest", "would have too little rest")
_TOO_LONG = ("would work too long", "would work too long")
_NIGHTS = ("would have too many nights", "would have too many nights")
_ALONE = ("would not have the right people beside them", "would not have the right people beside them")

_WORDS: Mapping[str, tuple[str, str]] = {
    FREE: ("is free as things are", "are free as things are"),
    ON_IT: ("is on it already", "are on it already"),
    "overlap": ("already works then", "already work then"),
    "one_a_day": ("works on that day already", "work on that day already"),
    "rest": _LITTLE_REST,
    "cool_down": _LITTLE_REST,
    "recovery_after_nights": _LITTLE_REST,
    "hours_in_a_day": _TOO_LONG,
    "hours_in_a_week": _TOO_LONG,
    "nights_in_a_row": _NIGHTS,
    "nights_in_the_period": _NIGHTS,
    "under_18_nights": ("is too young for the night", "are too young for the night"),
    "most_they_asked": ("has as many shifts as they asked for", "have as many shifts as they asked for"),
    "peers_beside": _ALONE,
    "newcomers_beside": _ALONE,
    "shadows_beside": _ALONE,
}
_OTHER = ("is kept from it by another rule", "are kept from it by another rule")

_ONE_MORE: Mapping[Duty, str] = {Duty.ON_CALL: "another person for on-call"}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One duty at one time of day, on the shifts of a week that lack somebody in it."""

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
    """What can be told of some short shifts, those of one channel and time of day together.

    `causes` are the rules that were proved to be in the way; where they are known, only what touches one of them is
    advised.
    """
    until = time.monotonic() + seconds
    alike: dict[tuple[str, str, str], list[RosterShift]] = defaultdict(list)
    for shift in sorted((roster.shift_by_id[shift_id] for shift_id in shift_ids), key=lambda one: one.starts_at):
        starts, ends = shift.starts_at.astimezone(roster.zone), shift.ends_at.astimezone(roster.zone)
        alike[f"{starts:%H:%M}", f"{ends:%H:%M}", shift.channel].append(shift)
    return [_told(roster, plan, shifts, duty, causes, until) for _, shifts in sorted(alike.items())]


def _told(
    roster: Roster, plan: Plan, shifts: Sequence[RosterShift], duty: Duty, causes: Collection[str] | None, until: float
) -> Shortfall:
    cleared = [p for p in roster.people if any(_covers(p.clearances.get(duty, ()), shift) for shift in shifts)]
    offering, kept = 0, Counter[tuple[str, ...]]()
    for person in cleared:
        found = tuple(dict.fromkeys(_outcomes(roster, plan, person, shifts, duty, until)))
        offering += bool(found)
        if found:
            kept[found] += 1
    facts = _facts(duty, len(cleared), offering, kept, many=len(shifts) > 1)
    todo = _todo(duty, len(cleared), offering, kept, causes)
    return Shortfall(duty, tuple(shift.id for shift in shifts), facts, todo)


def _covers(times: Sequence[Interval], shift: RosterShift) -> bool:
    return covers(times, shift.starts_at, shift.ends_at)


def _outcomes(
    roster: Roster, plan: Plan, person: RosterPerson, shifts: Sequence[RosterShift], duty: Duty, until: float
) -> Iterator[str]:
    """What keeps somebody from each of the shifts for which they are cleared and which they offered; "" if there
    was no time left to look.
    """
    for shift in shifts:
        if not (_covers(person.clearances.get(duty, ()), shift) and _covers(person.availability, shift)):
            continue
        if person.id in plan.on(shift.id, duty):
            yield ON_IT
            continue
        if time.monotonic() > until:
            yield ""
            continue
        found = check_assignment(roster, plan, person, shift, duty)
        never = [breach for breach in found if breach.severity is Severity.HARD]
        rule = (never or found)[0].rule if found else FREE
        if rule != _NOT_OFFERED:
            yield rule


def _facts(duty: Duty, cleared: int, offering: int, kept: Counter[tuple[str, ...]], *, many: bool) -> str:
    if not cleared:
        return f"Nobody is cleared for {duty.words}."
    people = "1 person is" if cleared == 1 else f"{cleared} people are"
    one, several = ("any of these times", "offer any of these times") if many else ("this time", "offer this time")
    if not offering:
        return f"{people} cleared, and {'they do not offer' if cleared == 1 else 'nobody offers'} {one}."
    some = f"{people} cleared, {offering} {several if offering > 1 else f'offers {one}'}"
    if any("" in found for found in kept):
        return f"{some}."
    if len(kept) == 1:
        [found] = kept
        them = "and" if offering == 1 else "and both" if offering == 2 else f"and all {offering}"
        return f"{some}, {them} {_words(found, offering)}."
    parts = [f"{number} {_words(found, number)}" for found, number in kept.most_common()]
    return f"{some}: {', '.join(parts)}."


def _words(found: Sequence[str], number: int) -> str:
    which = 0 if number == 1 else 1
    return " or ".join(dict.fromkeys(_WORDS.get(rule, _OTHER)[which] for rule in found))


def _todo(
    duty: Duty, cleared: int, offering: int, kept: Counter[tuple[str, ...]], causes: Collection[str] | None
) -> str:
    """What would help, in the imperative; "" where nothing simple would."""
    busy = any(rule not in (FREE, ON_IT, "") for found in kept for rule in found)
    ways = []
    if any(FREE in found for found in kept):
        ways.append("choose the seat to see who is free")
    if offering < cleared and (causes is None or "availability" in causes):
        ways.append("ask the others for these hours" if offering else "ask them for these hours")
    if causes is None or "clearance" in causes or not ways:
        ways.append(f"sign off {_ONE_MORE.get(duty, f'another {duty.words}')}" if cleared else "sign somebody off")
    if busy:
        ways.append("free one of those who work already")
    words = ", or ".join(ways)
    return f"{words[0].upper()}{words[1:]}."
