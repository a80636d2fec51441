"""Solve a part of a plan again with all else held: after somebody dropped out, or to confirm that a fix works."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from progression.intervals import Interval
from rota.engine.model import Stage
from rota.engine.solve import Proposal, solve
from rota.roster import Plan, Roster, RosterPerson, RosterShift, Seating, Stint, filled_seats

REACHES = (timedelta(0), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How far around a seat to look for who could move, nearest first: most seats are refilled without anybody moving."""

SMALL = 150
"""Shifts up to which the whole roster is solved, so that the fewest changes are proved and not only found."""


@dataclass(frozen=True, slots=True)
class Replan:
    """A plan made again with few changes.

    `lost` had to go, `taken` are seats that others had to leave to make room, `given` are new. `is_fewest` says
    that no plan that fills as much takes fewer seats from people.
    """

    plan: Plan
    lost: tuple[Seating, ...]
    taken: tuple[Seating, ...]
    given: tuple[Seating, ...]
    filled_before: int
    filled: int
    is_fewest: bool
    seconds: float


def part_of(roster: Roster, plan: Plan, shift_ids: Collection[int]) -> Roster:
    """The roster with these shifts alone. Everybody's other seats become commitments, and those here are standing."""
    inside = set(shift_ids)
    first, last = roster.days

    def with_the_rest(person: RosterPerson) -> RosterPerson:
        elsewhere = [
            replace(roster.stint(roster.shift_by_id[s.shift_id], s.duty), shift_id=None)
            for s in plan.by_person.get(person.id, ())
            if s.shift_id not in inside
        ]
        return replace(person, commitments=_in_order((*person.commitments, *elsewhere))) if elsewhere else person

    return replace(
        roster,
        people=tuple(with_the_rest(person) for person in roster.people),
        shifts=tuple(shift for shift in roster.shifts if shift.id in inside),
        fixed=tuple(s for s in roster.fixed if s.shift_id in inside),
        standing=tuple(sorted(s for s in plan.seatings if s.shift_id in inside)),
        starts_on=first,
        ends_on=last,
    )


def solve_again(
    roster: Roster, plan: Plan, shift_ids: Collection[int], *, seconds: float, seed: int | None = None
) -> tuple[Plan, Proposal]:
    """The plan with these shifts solved again, as close to what it was as cover allows, and how that went."""
    proposal = solve(part_of(roster, plan, shift_ids), seconds=seconds, seed=seed)
    held = (s for s in plan.seatings if s.shift_id not in set(shift_ids))
    return Plan(frozenset((*held, *proposal.plan.seatings))), proposal


def replan_without(
    roster: Roster,
    plan: Plan,
    person_id: int,
    *,
    shift_ids: Collection[int] | None = None,
    seconds: float = 3.0,
    seed: int | None = None,
) -> Replan:
    """The plan after somebody can no longer do these shifts, or any of theirs if none are named.

    Looks near the seats they leave first and wider only while seats stay empty. Others' seats stay theirs wherever
    that costs no cover.
    """
    started = time.monotonic()
    lost = tuple(s for s in plan.by_person.get(person_id, ()) if shift_ids is None or s.shift_id in set(shift_ids))
    gone = [roster.shift_by_id[s.shift_id] for s in lost]
    without = _unavailable(roster, person_id, gone, always=shift_ids is None)
    left = plan.without(*lost)
    before = filled_seats(roster, plan)
    best, is_fewest = left, not lost
    is_small = len(roster.shifts) <= SMALL
    for reach in (None,) if is_small else REACHES:
        spent = time.monotonic() - started
        if not lost or spent >= seconds:
            break
        near = [s.id for s in roster.shifts if reach is None or any(_is_near(s, g, reach) for g in gone)]
        found, proposal = solve_again(without, left, near, seconds=seconds - spent, seed=seed)
        if _rank(roster, left, found) < _rank(roster, left, best) or best is left:
            best = found
        changes = next((r for r in proposal.stages if r.stage is Stage.CHANGES), None)
        nobody_moved = not left.seatings - best.seatings
        is_fewest = (is_small and proposal.proved and changes is not None and changes.is_proved) or (
            nobody_moved and filled_seats(roster, best) >= before
        )
        if filled_seats(roster, best) >= before:
            break
    return Replan(
        plan=best,
        lost=lost,
        taken=tuple(sorted(left.seatings - best.seatings)),
        given=tuple(sorted(best.seatings - left.seatings)),
        filled_before=before,
        filled=filled_seats(roster, best),
        is_fewest=is_fewest,
        seconds=time.monotonic() - started,
    )


def _rank(roster: Roster, left: Plan, plan: Plan) -> tuple[int, int]:
    return -filled_seats(roster, plan), len(left.seatings - plan.seatings)


def _is_near(shift: RosterShift, gone: RosterShift, reach: timedelta) -> bool:
    return shift.starts_at <= gone.ends_at + reach and gone.starts_at - reach <= shift.ends_at


def _unavailable(roster: Roster, person_id: int, gone: Iterable[RosterShift], *, always: bool) -> Roster:
    """The roster with this person free for none of these shifts, or for nothing at all."""
    person = roster.person_by_id[person_id]
    free = () if always else person.availability
    for shift in gone:
        free = tuple(_cut(free, shift))
    people = tuple(replace(p, availability=free) if p.id == person_id else p for p in roster.people)
    fixed = tuple(s for s in roster.fixed if s.person_id != person_id or (not always and s.shift_id not in _ids(gone)))
    return replace(roster, people=people, fixed=fixed)


def _ids(shifts: Iterable[RosterShift]) -> set[int]:
    return {shift.id for shift in shifts}


def _cut(free: Iterable[Interval], shift: RosterShift) -> Iterable[Interval]:
    for interval in free:
        if interval.end <= shift.starts_at or shift.ends_at <= interval.start:
            yield interval
            continue
        if interval.start < shift.starts_at:
            yield Interval(interval.start, shift.starts_at)
        if shift.ends_at < interval.end:
            yield Interval(shift.ends_at, interval.end)


def _in_order(stints: Iterable[Stint]) -> tuple[Stint, ...]:
    return tuple(sorted(stints, key=lambda stint: (stint.starts_at, stint.ends_at)))
