"""A course, a check or a sign-off finished before the shift, and all the short seats it would fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from progression.facts import FactKind
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, intersection, merged
from progression.missing import MissingRequirement
from rota.scheduling.candidates import Candidate
from rota.scheduling.fixes.fix import TRIED, Fix, FixKind, Hole, listed, seats_in_words
from rota.scheduling.roster import RosterPerson
from rota.scheduling.rules.base import spoken

MOST_MISSING = 3
"""Whoever lacks more than this is on the way to the duty, and no quick help for one shift."""

COMES_BY_ITSELF = "age"
"""What nobody can finish sooner."""


def train(hole: Hole) -> Iterator[Fix]:
    """Those who lack least, with what they lack in place when the shift begins."""
    ready: list[tuple[Candidate, tuple[MissingRequirement, ...]]] = []
    for candidate in hole.stopped_only_by("clearance"):
        missing = missing_for(hole, hole.roster.person_by_id[candidate.person_id])
        if missing is not None and len(missing) <= MOST_MISSING:
            ready.append((candidate, missing))
    for candidate, missing in sorted(ready, key=lambda pair: len(pair[1]))[:TRIED]:
        if fix := _confirmed(hole, candidate, missing):
            yield fix


def missing_for(hole: Hole, person: RosterPerson) -> tuple[MissingRequirement, ...] | None:
    """What somebody lacks for the whole of the shift, or None if it cannot be in place by then.

    A roster that says nothing of what people lack leaves it unsaid: then only that something is missing is known.
    """
    if hole.duty not in person.lacks:
        return ()
    starts_at, ends_at = hole.shift.starts_at, hole.shift.ends_at
    missing = tuple(lack for lack in person.lacks[hole.duty] if not covers(lack.held, starts_at, ends_at))
    cannot = not missing or any(lack.evidence.partition(":")[0] == COMES_BY_ITSELF for lack in missing)
    return None if cannot else missing


def _confirmed(hole: Hole, candidate: Candidate, missing: tuple[MissingRequirement, ...]) -> Fix | None:
    person = hole.roster.person_by_id[candidate.person_id]
    cleared = _cleared(hole, person, missing)
    changed = hole.with_person(replace(person, clearances={**person.clearances, hole.duty: cleared}))
    after = hole.seated(changed, hole.plan, person.id, hole.shift, hole.duty)
    if after is None:
        return None
    for other in changed.shifts_by_start:
        line = other.line(hole.duty)
        if other.id != hole.shift.id and line and len(after.on(other.id, hole.duty)) < line.wanted:
            after = hole.seated(changed, after, person.id, other, hole.duty) or after
    fix = hole.fix(FixKind.TRAIN, candidate, "", changed, after)
    by = hole.shift.starts_at
    what = listed([_phrase(lack, by) for lack in missing]) if missing else _unsaid(hole, person)
    fills = seats_in_words(fix.fills)
    sentence = f"{person.name} could, once {what} by {spoken(by, hole.roster)}: fills {fills}."
    return replace(fix, sentence=sentence, missing=missing, by=by)


def _cleared(hole: Hole, person: RosterPerson, missing: Sequence[MissingRequirement]) -> tuple[Interval, ...]:
    """When the person may do the duty once all that is missing is in place as the shift begins."""
    from_then_on = Interval(hole.shift.starts_at, FOR_EVER)
    if not missing:
        return merged((*person.clearances.get(hole.duty, ()), from_then_on))
    cleared: tuple[Interval, ...] = (Interval(ALWAYS_SINCE, FOR_EVER),)
    for lack in person.lacks[hole.duty]:
        cleared = intersection(cleared, merged((*lack.held, from_then_on)) if lack in missing else lack.held)
    return cleared


def _phrase(lack: MissingRequirement, by: datetime) -> str:
    kind, _, key = lack.evidence.partition(":")
    had_it = any(time.start < by for time in lack.held)
    if kind == FactKind.SIGN_OFF:
        return f"the sign-off as {key} is given"
    if kind == "training":
        return f"the {'refresher' if had_it else 'course'} “{lack.title}” is finished"
    return f"“{lack.title}” is {'renewed' if had_it else 'recorded'}"


def _unsaid(hole: Hole, person: RosterPerson) -> str:
    held = person.clearances.get(hole.duty, ())
    return f"the clearance for {hole.duty.words} is {'renewed' if held else 'given'}"
