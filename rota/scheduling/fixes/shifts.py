"""Fixes that change the shift: half an hour earlier or later, or a seat shared by two, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from progression.intervals import covers
from rota.scheduling.candidates import Candidate, Fit
from rota.scheduling.fixes.fix import TRIED, Fix, FixKind, Hole, mix_may_be
from rota.scheduling.roster import Plan, Roster, RosterLine, RosterShift, Seating
from rota.scheduling.rules.policy import Severity

MOVED = timedelta(minutes=30)
"""How far a shift may be moved: a handover half an hour off troubles nobody."""

QUARTER = timedelta(minutes=15)


def move(hole: Hole) -> Iterator[Fix]:
    """The shift a little earlier or later, if all who are on it can come along and one more can."""
    roster, plan, shift = hole.roster, hole.plan, hole.shift
    for by, words in ((MOVED, "later"), (-MOVED, "earlier")):
        moved = replace(shift, starts_at=shift.starts_at + by, ends_at=shift.ends_at + by)
        changed = replace(roster, shifts=tuple(moved if s.id == shift.id else s for s in roster.shifts))
        after: Plan | None = plan.without(*plan.by_shift.get(shift.id, ()))
        for seating in plan.by_shift.get(shift.id, ()):
            after = after and hole.seated(changed, after, seating.person_id, moved, seating.duty)
        if after is None:
            continue
        stopped = (c for c in hole.candidates if c.fit in (Fit.BLOCKED, Fit.OVERRIDABLE, Fit.ELSEWHERE))
        for candidate in stopped:
            if then := hole.seated(changed, after, candidate.person_id, moved, hole.duty):
                sentence = f"Start the shift 30 minutes {words}, and {candidate.name} can take it."
                yield hole.fix(FixKind.MOVE, candidate, sentence, changed, then)
                break


def split(hole: Hole) -> Iterator[Fix]:
    """The seat shared by two, who hand over at the half hour nearest the middle at which there are two who can.

    Whoever else is on the shift stays for the whole of it, and the mix has to be right with either of the two.
    """
    if hole.roster.rules.parts.severity is Severity.UNUSED or hole.shift.minutes is not None:
        return
    for at in _half_hours(hole):
        changed, first, second = _in_two(hole, at)
        for one in _able(hole, changed, hole.plan, first):
            plan = hole.plan.adding(Seating(first.id, hole.duty, one.person_id))
            others = _able(hole, changed, plan, second)
            # Who is kept apart does not meet at a handover either.
            other = next((c for c in others if not _are_apart(hole, one, c)), None)
            if other is not None:
                plan = plan.adding(Seating(second.id, hole.duty, other.person_id))
                clock = f"{at.astimezone(hole.roster.zone):%H:%M}"
                sentence = f"Share the seat: {one.name} until {clock}, {other.name} from then on."
                yield hole.fix(FixKind.SPLIT, None, sentence, changed, plan)
                return


def _half_hours(hole: Hole) -> list[datetime]:
    """Where the seat could pass from one to the other, nearest the middle first: on the clock's half hours."""
    least = timedelta(hours=hole.roster.rules.parts.least_hours)
    starts_at, ends_at = hole.shift.starts_at, hole.shift.ends_at
    middle = starts_at + (ends_at - starts_at) / 2
    found, at = [], starts_at + least
    while at <= ends_at - least:
        if at.astimezone(hole.roster.zone).minute in (0, 30):
            found.append(at)
        at += QUARTER
    return sorted(found, key=lambda each: abs(each - middle))


def _in_two(hole: Hole, at: datetime) -> tuple[Roster, RosterShift, RosterShift]:
    """The roster with one seat of the shift made two, one after the other."""
    shift, duty = hole.shift, hole.duty
    last = max(s.id for s in hole.roster.shifts)
    lines = tuple(_one_less(line) if line.duty is duty else line for line in shift.lines)
    needed = next(line for line in shift.lines if line.duty is duty)
    seat = (RosterLine(duty, min(1, needed.minimum), 1, 1),)
    # The mix is judged on the whole shift, with each of the two in turn.
    first = replace(shift, id=last + 1, ends_at=at, lines=seat, blend_exempt=True)
    second = replace(shift, id=last + 2, starts_at=at, lines=seat, blend_exempt=True)
    others = (replace(shift, lines=lines) if s.id == shift.id else s for s in hole.roster.shifts)
    return replace(hole.roster, shifts=(*others, first, second)), first, second


def _one_less(line: RosterLine) -> RosterLine:
    return replace(line, minimum=max(0, line.minimum - 1), wanted=line.wanted - 1, most=line.most - 1)


def _able(hole: Hole, changed: Roster, plan: Plan, part: RosterShift) -> Iterator[Candidate]:
    """Who can take a part, in the order of `who_could`."""
    for candidate in [c for c in hole.candidates if _may_come(hole, c, part)][:TRIED]:
        person_id = candidate.person_id
        whole = hole.plan.adding(Seating(hole.shift.id, hole.duty, person_id))
        if hole.seated(changed, plan, person_id, part, hole.duty) and mix_may_be(hole.roster, whole, hole.shift):
            yield candidate


def _are_apart(hole: Hole, one: Candidate, other: Candidate) -> bool:
    both = {one.person_id, other.person_id}
    return any({pair.first_id, pair.second_id} == both and not pair.together for pair in hole.roster.pairs)


def _may_come(hole: Hole, candidate: Candidate, part: RosterShift) -> bool:
    person = hole.roster.person_by_id[candidate.person_id]
    return covers(person.clearances.get(hole.duty, ()), part.starts_at, part.ends_at) and covers(
        person.availability, part.starts_at, part.ends_at
    )
