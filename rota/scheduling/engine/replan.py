"""Solve a part of a plan again with all else held: after somebody dropped out, or to confirm that a fix works."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from progression.intervals import Interval
from rota.scheduling.engine.lexicographic_search import KEPT_FOR_THE_END
from rota.scheduling.engine.model import RosterModel, Stage
from rota.scheduling.engine.program import Effort, optimise
from rota.scheduling.engine.relaxation import NEARLY, Relaxation
from rota.scheduling.engine.solve import Proposal, solve
from rota.scheduling.engine.subproblem import part_of
from rota.scheduling.engine.symmetry import DEALT
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Seating, filled_seats
from rota.scheduling.rules.book import rules_in_force

REACHES = (timedelta(0), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How far around a seat to look for who could move, nearest first: most seats are refilled without anybody moving."""

LAST_START = 0.5
"""The share of the time after which no wider look is begun: to state one takes a good part of a second in a month for
500 people, and whoever waits was told how long."""

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
    if lost and len(roster.shifts) <= SMALL:
        best, proposal = solve_again(without, left, [shift.id for shift in roster.shifts], seconds=seconds, seed=seed)
        changes = next((r for r in proposal.stages if r.stage is Stage.CHANGES), None)
        is_fewest = proposal.proved and (changes is None or changes.is_proved)
    elif lost:
        best = _refilled(without, left, gone, seconds=seconds, seed=seed)
        for reach in REACHES:
            spent = time.monotonic() - started
            if filled_seats(roster, best) >= before or spent > seconds * LAST_START:
                break
            near = [s.id for s in roster.shifts if any(_is_near(s, g, reach) for g in gone)]
            found = _moved(without, left, best, near, seconds=seconds - spent, seed=seed)
            best = min(best, found, key=lambda plan: _rank(roster, left, plan))
    taken = left.seatings - best.seatings
    return Replan(
        plan=best,
        lost=lost,
        taken=tuple(sorted(taken)),
        given=tuple(sorted(best.seatings - left.seatings)),
        filled_before=before,
        filled=filled_seats(roster, best),
        is_fewest=is_fewest or (not taken and filled_seats(roster, best) >= before),
        seconds=time.monotonic() - started,
    )


def _refilled(roster: Roster, left: Plan, gone: Collection[RosterShift], *, seconds: float, seed: int | None) -> Plan:
    """The plan with people beside it on the shifts somebody left, while nobody else moves."""
    part = part_of(roster, left, [shift.id for shift in gone])
    book = rules_in_force(roster.rules, roster.pairs)

    def may_come(person: RosterPerson) -> bool:
        return any(
            not any(rule.blocks(part, person, part.stint(shift, line.duty)) for rule in book.of(person).seats)
            for shift in gone
            for line in shift.lines
        )

    part = _with_people(replace(part, fixed=tuple(sorted({*part.fixed, *part.current})), current=()), may_come)
    found = solve(part, seconds=seconds, seed=seed).plan
    return left.adding(*found.seatings)


def _moved(
    roster: Roster, left: Plan, best: Plan, shift_ids: Collection[int], *, seconds: float, seed: int | None
) -> Plan:
    """The plan in which others on these shifts may move too, as few of them as fill the most, beginning from the best
    so far.

    One weighed sum for cover and changes, so that stopped at any time no seat has been taken from anybody for nothing.
    """
    ends = time.monotonic() + seconds
    part = part_of(roster, left, shift_ids)
    part = _with_people(part, lambda person: any(True for i in person.availability for _ in part.shifts_within(i)))
    model = RosterModel(part)
    here = Plan(frozenset(s for s in best.seatings if s.shift_id in part.shift_by_id and s in model.seats))
    values = model.answer(here)
    wanted = model.prices[Stage.WANTED]
    short = Relaxation(model.program, without=model.balances).least(wanted, seconds=ends - time.monotonic())
    can_fill_more = short is None or ceil(short - NEARLY) < model.program.value(wanted, values)
    seconds_left = ends - time.monotonic()
    if not can_fill_more or seconds_left <= 0:
        return best
    prices = _in_order_of_stages(model)
    effort = Effort(seconds_left * (1 - KEPT_FOR_THE_END), seed or 0, in_steps=seed is not None)
    answer = optimise(model.program, prices, effort, hint=values)
    if answer.values is None:
        return best
    held = (s for s in best.seatings if s.shift_id not in part.shift_by_id)
    return Plan(frozenset((*held, *model.plan(answer.values).seatings)))


def _in_order_of_stages(model: RosterModel) -> list[tuple[int, int]]:
    """One sum in which no number of a later stage outweighs one of an earlier stage, down to few changes."""
    prices: list[tuple[int, int]] = []
    weight = 1
    for stage in reversed((*DEALT, Stage.CHANGES)):
        parts = model.prices[stage]
        prices += [(weight * number, variable) for number, variable in parts]
        weight *= 1 + sum(abs(number) * model.program.highs[variable] for number, variable in parts)
    return prices


def _with_people(part: Roster, may_come: Callable[[RosterPerson], bool]) -> Roster:
    """The part without those who neither sit in it nor may come to."""
    needed = {seating.person_id for seating in (*part.fixed, *part.current)}
    needed.update(number for pair in part.pairs for number in (pair.first_id, pair.second_id))
    return replace(part, people=tuple(p for p in part.people if p.id in needed or may_come(p)))


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
