"""A course, a check or a sign-off finished before the shift, and all the short seats it would fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from progression.fact_kinds import FactKind
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, intersection, merged
from progression.missing import MissingRequirement
from rota.scheduling.candidates import Candidate
from rota.scheduling.fixes.fix import TRIED, Fix, FixKind, ShortSeat, listed, seats_in_words
from rota.scheduling.roster import RosterPerson
from rota.scheduling.rules.seats import Clearance
from rota.scheduling.wording import instant_in_words

MOST_MISSING = 3
"""People who lack more requirements than this cannot be ready in time for one shift."""

COMES_BY_ITSELF = "age"
"""The kind of requirement that nobody can fulfil sooner."""


def train(seat: ShortSeat) -> Iterator[Fix]:
    """Train or sign off those who lack least, so that it is in place when the shift begins."""
    ready: list[tuple[Candidate, tuple[MissingRequirement, ...]]] = []
    for candidate in seat.stopped_only_by(Clearance.key):
        missing = missing_for(seat, seat.roster.person_by_id[candidate.person_id])
        if missing is not None and len(missing) <= MOST_MISSING:
            ready.append((candidate, missing))
    for candidate, missing in sorted(ready, key=lambda pair: len(pair[1]))[:TRIED]:
        if fix := _confirmed(seat, candidate, missing):
            yield fix


def missing_for(seat: ShortSeat, person: RosterPerson) -> tuple[MissingRequirement, ...] | None:
    """What somebody lacks for the whole of the shift, or None if it cannot be in place by then.

    Empty where the roster does not hold what people lack for the duty: then it is only known that something is missing.
    """
    if seat.duty not in person.lacks:
        return ()
    starts_at, ends_at = seat.shift.starts_at, seat.shift.ends_at
    missing = tuple(lack for lack in person.lacks[seat.duty] if not covers(lack.held, starts_at, ends_at))
    cannot = not missing or any(lack.evidence.partition(":")[0] == COMES_BY_ITSELF for lack in missing)
    return None if cannot else missing


def _confirmed(seat: ShortSeat, candidate: Candidate, missing: tuple[MissingRequirement, ...]) -> Fix | None:
    person = seat.roster.person_by_id[candidate.person_id]
    cleared = _cleared(seat, person, missing)
    changed = seat.with_person(replace(person, clearances={**person.clearances, seat.duty: cleared}))
    after = seat.plan_seating(changed, seat.plan, person.id, seat.shift, seat.duty)
    if after is None:
        return None
    for other in changed.shifts_by_start:
        line = other.line(seat.duty)
        if other.id != seat.shift.id and line and len(after.on(other.id, seat.duty)) < line.wanted:
            after = seat.plan_seating(changed, after, person.id, other, seat.duty) or after
    fix = seat.fix(FixKind.TRAIN, candidate, "", changed, after)
    by = seat.shift.starts_at
    what = listed([_phrase(lack, by) for lack in missing]) if missing else _clearance_phrase(seat, person)
    fills = seats_in_words(fix.fills)
    sentence = f"{person.name} could, once {what} by {instant_in_words(by, seat.roster)}: fills {fills}."
    return replace(fix, sentence=sentence, missing=missing, by=by)


def _cleared(seat: ShortSeat, person: RosterPerson, missing: Sequence[MissingRequirement]) -> tuple[Interval, ...]:
    """When the person may do the duty once all that is missing is in place at the start of the shift."""
    from_then_on = Interval(seat.shift.starts_at, FOR_EVER)
    if not missing:
        return merged((*person.clearances.get(seat.duty, ()), from_then_on))
    cleared: tuple[Interval, ...] = (Interval(ALWAYS_SINCE, FOR_EVER),)
    for lack in person.lacks[seat.duty]:
        cleared = intersection(cleared, merged((*lack.held, from_then_on)) if lack in missing else lack.held)
    return cleared


def _phrase(lack: MissingRequirement, by: datetime) -> str:
    kind, _, key = lack.evidence.partition(":")
    had_it = any(time.start < by for time in lack.held)
    if kind == FactKind.SIGN_OFF:
        return f"the sign-off as {key} is given"
    if kind == "training":
        return f"the {'refresher' if had_it else 'course'} “{lack.title}” is finished"
    if kind == "practical":
        return f"“{lack.title}” is passed"
    return f"“{lack.title}” is {'renewed' if had_it else 'recorded'}"


def _clearance_phrase(seat: ShortSeat, person: RosterPerson) -> str:
    held = person.clearances.get(seat.duty, ())
    return f"the clearance for {seat.duty.words} is {'renewed' if held else 'given'}"
