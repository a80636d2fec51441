"""Fixes that change the shift: half an hour earlier or later, or a seat shared by two, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from progression.intervals import covers
from rota.scheduling.candidates import Candidate, Fit
from rota.scheduling.fixes.fix import TRIED, Fix, FixKind, ShortSeat, mix_may_be
from rota.scheduling.roster import Plan, Roster, RosterLine, RosterShift, Seating
from rota.scheduling.rules.policy import Severity

MOVED = timedelta(minutes=30)
"""How far a shift may be moved: a handover can be half an hour earlier or later."""

QUARTER = timedelta(minutes=15)


def move(seat: ShortSeat) -> Iterator[Fix]:
    """The shift a little earlier or later, if all who are on it can come along and one more can."""
    roster, plan, shift = seat.roster, seat.plan, seat.shift
    for by, words in ((MOVED, "later"), (-MOVED, "earlier")):
        moved = replace(shift, starts_at=shift.starts_at + by, ends_at=shift.ends_at + by)
        changed = replace(roster, shifts=tuple(moved if s.id == shift.id else s for s in roster.shifts))
        after: Plan | None = plan.without(*plan.by_shift.get(shift.id, ()))
        for seating in plan.by_shift.get(shift.id, ()):
            after = after and seat.plan_seating(changed, after, seating.person_id, moved, seating.duty)
        if after is None:
            continue
        stopped = (c for c in seat.candidates if c.fit in (Fit.BLOCKED, Fit.OVERRIDABLE, Fit.ELSEWHERE))
        for candidate in stopped:
            if then := seat.plan_seating(changed, after, candidate.person_id, moved, seat.duty):
                sentence = f"Start the shift 30 minutes {words}, and {candidate.name} can take it."
                yield seat.fix(FixKind.MOVE, candidate, sentence, changed, then)
                break


def split(seat: ShortSeat) -> Iterator[Fix]:
    """The seat shared by two people, who hand over at the half hour nearest the middle for which there are two.

    Everybody else on the shift stays for the whole of it, and the mix has to be right with either of the two.
    """
    if seat.roster.rules.parts.severity is Severity.UNUSED or seat.shift.minutes is not None:
        return
    for at in _half_hours(seat):
        changed, first, second = _in_two(seat, at)
        for one in _able(seat, changed, seat.plan, first):
            plan = seat.plan.adding(Seating(first.id, seat.duty, one.person_id))
            others = _able(seat, changed, plan, second)
            # People who are kept apart do not meet at a handover either.
            other = next((c for c in others if not _are_apart(seat, one, c)), None)
            if other is not None:
                plan = plan.adding(Seating(second.id, seat.duty, other.person_id))
                clock = f"{at.astimezone(seat.roster.zone):%H:%M}"
                sentence = f"Share the seat: {one.name} until {clock}, {other.name} from then on."
                yield seat.fix(FixKind.SPLIT, None, sentence, changed, plan)
                return


def _half_hours(seat: ShortSeat) -> list[datetime]:
    """When the seat could pass from one to the other: on the clock's half hours, nearest the middle first."""
    least = timedelta(hours=seat.roster.rules.parts.least_hours)
    starts_at, ends_at = seat.shift.starts_at, seat.shift.ends_at
    middle = starts_at + (ends_at - starts_at) / 2
    half_hours, at = [], starts_at + least
    while at <= ends_at - least:
        if at.astimezone(seat.roster.zone).minute in (0, 30):
            half_hours.append(at)
        at += QUARTER
    return sorted(half_hours, key=lambda each: abs(each - middle))


def _in_two(seat: ShortSeat, at: datetime) -> tuple[Roster, RosterShift, RosterShift]:
    """The roster with one seat of the shift divided into two shorter shifts, one after the other."""
    shift, duty = seat.shift, seat.duty
    last = max(s.id for s in seat.roster.shifts)
    lines = tuple(_one_less(line) if line.duty is duty else line for line in shift.lines)
    needed = next(line for line in shift.lines if line.duty is duty)
    one_seat = (RosterLine(duty, min(1, needed.minimum), 1, 1),)
    # The mix is judged on the whole shift, with each of the two in turn.
    first = replace(shift, id=last + 1, ends_at=at, lines=one_seat, blend_exempt=True)
    second = replace(shift, id=last + 2, starts_at=at, lines=one_seat, blend_exempt=True)
    others = (replace(shift, lines=lines) if s.id == shift.id else s for s in seat.roster.shifts)
    return replace(seat.roster, shifts=(*others, first, second)), first, second


def _one_less(line: RosterLine) -> RosterLine:
    return replace(line, minimum=max(0, line.minimum - 1), wanted=line.wanted - 1, most=line.most - 1)


def _able(seat: ShortSeat, changed: Roster, plan: Plan, part: RosterShift) -> Iterator[Candidate]:
    """The people who can take a part, in the order of `candidates_for`."""
    for candidate in [c for c in seat.candidates if _may_come(seat, c, part)][:TRIED]:
        person_id = candidate.person_id
        whole = seat.plan.adding(Seating(seat.shift.id, seat.duty, person_id))
        if seat.plan_seating(changed, plan, person_id, part, seat.duty) and mix_may_be(seat.roster, whole, seat.shift):
            yield candidate


def _are_apart(seat: ShortSeat, one: Candidate, other: Candidate) -> bool:
    intersection = {one.person_id, other.person_id}
    return any({pair.first_id, pair.second_id} == intersection and not pair.together for pair in seat.roster.pairs)


def _may_come(seat: ShortSeat, candidate: Candidate, part: RosterShift) -> bool:
    person = seat.roster.person_by_id[candidate.person_id]
    return covers(person.clearances.get(seat.duty, ()), part.starts_at, part.ends_at) and covers(
        person.availability, part.starts_at, part.ends_at
    )
