"""Replan: solve part of a plan again with the rest held, after people dropped out or to confirm that a fix works."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from progression.intervals import Interval
from rota.scheduling.engine.cp_sat import SolverSettings, optimise
from rota.scheduling.engine.lexicographic_search import RESERVED_SHARE
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import CREW_OBJECTIVES, Objective
from rota.scheduling.engine.relaxation import LinearRelaxation, whole_bound
from rota.scheduling.engine.solve import Proposal, solve
from rota.scheduling.engine.subproblem import subproblem
from rota.scheduling.roster import Plan, Roster, RosterPerson, RosterShift, Seating, filled_seats
from rota.scheduling.rules.book import rules_in_force

RADII = (timedelta(0), timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How far around the seats left others may move, nearest first: most seats are refilled without any other change."""

LATEST_START = 0.5
LATEST_END = 0.9
"""The shares of the time after which no wider radius is tried, and by which its search ends: its model takes a good
part of a second to build for a month with 500 people, and the person waiting was promised a time. Nor is a radius tried
that would take until then, if each shift takes as long as in the radius before."""

MOST_SHIFTS_AT_ONCE = 150
"""Shifts up to which the whole roster is solved again, so that the fewest changes are proved."""


@dataclass(frozen=True, slots=True)
class Replan:
    """A plan changed as little as possible.

    `lost` are the seats that had to go, `taken` those that other people had to leave, `given` the new ones.
    `is_fewest` says that no plan that fills as many seats takes fewer from people.
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
    """Solve these shifts again with as few changes as cover allows. Returns the whole plan, and the proposal."""
    proposal = solve(subproblem(roster, plan, shift_ids), seconds=seconds, seed=seed)
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
    """Return the plan after a person can no longer do these shifts, or any of theirs if none are named.

    First the seats they leave are refilled with nobody else moving, then others near them may move, further away while
    seats stay empty. Other people keep their seats wherever that costs no cover.
    """
    started = time.monotonic()
    lost = tuple(s for s in plan.by_person.get(person_id, ()) if shift_ids is None or s.shift_id in set(shift_ids))
    shifts = [roster.shift_by_id[s.shift_id] for s in lost]
    without = without_person(roster, person_id, shifts, from_all=shift_ids is None)
    remaining = plan.without(*lost)
    before = filled_seats(roster, plan)
    best, is_fewest = remaining, not lost
    if lost and len(roster.shifts) <= MOST_SHIFTS_AT_ONCE:
        every = [shift.id for shift in roster.shifts]
        best, proposal = solve_again(without, remaining, every, seconds=seconds, seed=seed)
        changes = next((r for r in proposal.objectives if r.objective is Objective.CHANGES), None)
        is_fewest = proposal.proved and (changes is None or changes.is_proved)
    elif lost:
        best = _fill_widening(without, remaining, shifts, before, seconds=seconds, seed=seed)
    taken = remaining.seatings - best.seatings
    return Replan(
        plan=best,
        lost=lost,
        taken=tuple(sorted(taken)),
        given=tuple(sorted(best.seatings - remaining.seatings)),
        filled_before=before,
        filled=filled_seats(roster, best),
        is_fewest=is_fewest or (not taken and filled_seats(roster, best) >= before),
        seconds=time.monotonic() - started,
    )


def refill(
    roster: Roster, plan: Plan, shift_ids: Collection[int], *, aim: int, seconds: float = 3.0, seed: int | None = None
) -> Replan:
    """Return the plan with the empty seats of these shifts filled, until `aim` of the roster's wanted seats are filled.

    Nobody moves where a seat can be filled without that; where it cannot, as few people move as fill the most.
    """
    started = time.monotonic()
    shifts = [roster.shift_by_id[shift_id] for shift_id in shift_ids]
    best = _fill_widening(roster, plan, shifts, aim, seconds=seconds, seed=seed)
    taken, filled = plan.seatings - best.seatings, filled_seats(roster, best)
    return Replan(
        plan=best,
        lost=(),
        taken=tuple(sorted(taken)),
        given=tuple(sorted(best.seatings - plan.seatings)),
        filled_before=filled_seats(roster, plan),
        filled=filled,
        is_fewest=not taken and filled >= aim,
        seconds=time.monotonic() - started,
    )


def _fill_widening(
    roster: Roster, remaining: Plan, shifts: Collection[RosterShift], aim: int, *, seconds: float, seed: int | None
) -> Plan:
    """Fill these shifts first with nobody moving, then letting people further and further away move, up to `aim`."""
    started, for_each_shift = time.monotonic(), 0.0
    best = _fill_without_moves(roster, remaining, shifts, seconds=seconds * LATEST_END, seed=seed)
    for radius in RADII:
        spent = time.monotonic() - started
        near = [s.id for s in roster.shifts if any(_is_near(s, left, radius) for left in shifts)]
        is_late = spent > seconds * LATEST_START or spent + for_each_shift * len(near) > seconds * LATEST_END
        if filled_seats(roster, best) >= aim or is_late:
            break
        wider = _reassign(roster, remaining, best, near, seconds=seconds * LATEST_END - spent, seed=seed)
        best = min(best, wider, key=lambda plan: _rank(roster, remaining, plan))
        for_each_shift = (time.monotonic() - started - spent) / max(1, len(near))
    return best


def _fill_without_moves(
    roster: Roster, remaining: Plan, shifts: Collection[RosterShift], *, seconds: float, seed: int | None
) -> Plan:
    """Return the plan with people added on the shifts that were left, while nobody else moves."""
    part = subproblem(roster, remaining, [shift.id for shift in shifts])
    book = rules_in_force(roster.rules, roster.pairs)

    def may_come(person: RosterPerson) -> bool:
        return any(
            not any(rule.forbids(part, person, part.stint(shift, line.duty)) for rule in book.for_person(person).seats)
            for shift in shifts
            for line in shift.lines
        )

    part = _with_people(replace(part, fixed=tuple(sorted({*part.fixed, *part.current})), current=()), may_come)
    return remaining.adding(*solve(part, seconds=seconds, seed=seed).plan.seatings)


def _reassign(
    roster: Roster, remaining: Plan, best: Plan, shift_ids: Collection[int], *, seconds: float, seed: int | None
) -> Plan:
    """Return the plan in which others on these shifts may move too, as few of them as fill the most, starting from the
    best plan so far.

    One weighted sum of cover and changes is minimised, so a search stopped at any time has taken no seat for nothing.
    """
    ends = time.monotonic() + seconds
    part = subproblem(roster, remaining, shift_ids)
    part = _with_people(part, lambda person: any(True for i in person.availability for _ in part.shifts_within(i)))
    model = RosterModel(part)
    here = Plan(frozenset(s for s in best.seatings if s.shift_id in part.shift_by_id and s in model.seats))
    values = model.solution_of(here)
    wanted = model.objective_terms[Objective.WANTED]
    relaxation = LinearRelaxation(model.program, without=model.fairness_variables)
    short = relaxation.minimum(wanted, seconds=ends - time.monotonic())
    can_fill_more = short is None or whole_bound(short) < model.program.evaluate(wanted, values)
    seconds_left = ends - time.monotonic()
    if not can_fill_more or seconds_left <= 0:
        return best
    settings = SolverSettings(seconds_left * (1 - RESERVED_SHARE), seed or 0, deterministic=seed is not None)
    result = optimise(model.program, _lexicographic_sum(model), settings, hint=values)
    if result.values is None:
        return best
    held = (s for s in best.seatings if s.shift_id not in part.shift_by_id)
    return Plan(frozenset((*held, *model.plan_of(result.values).seatings)))


def _lexicographic_sum(model: RosterModel) -> list[tuple[int, int]]:
    """Return one weighted sum in which no later objective can outweigh an earlier one, down to the fewest changes."""
    terms: list[tuple[int, int]] = []
    weight = 1
    for objective in reversed((*CREW_OBJECTIVES, Objective.CHANGES)):
        own = model.objective_terms[objective]
        terms += [(weight * number, variable) for number, variable in own]
        weight *= 1 + sum(abs(number) * model.program.upper[variable] for number, variable in own)
    return terms


def _with_people(part: Roster, may_come: Callable[[RosterPerson], bool]) -> Roster:
    """Return the part without the people who neither have a seat in it nor may get one."""
    needed = {seating.person_id for seating in (*part.fixed, *part.current)}
    needed.update(number for pair in part.pairs for number in (pair.first_id, pair.second_id))
    return replace(part, people=tuple(p for p in part.people if p.id in needed or may_come(p)))


def _rank(roster: Roster, remaining: Plan, plan: Plan) -> tuple[int, int]:
    return -filled_seats(roster, plan), len(remaining.seatings - plan.seatings)


def _is_near(shift: RosterShift, left: RosterShift, radius: timedelta) -> bool:
    return shift.starts_at <= left.ends_at + radius and left.starts_at - radius <= shift.ends_at


def without_person(roster: Roster, person_id: int, shifts: Collection[RosterShift], *, from_all: bool) -> Roster:
    """Return the roster with the person not available for these shifts, or for any."""
    person = roster.person_by_id[person_id]
    available = () if from_all else person.availability
    for shift in shifts:
        available = tuple(_subtract(available, shift))
    people = tuple(replace(p, availability=available) if p.id == person_id else p for p in roster.people)
    ids = {shift.id for shift in shifts}
    fixed = tuple(s for s in roster.fixed if s.person_id != person_id or (not from_all and s.shift_id not in ids))
    return replace(roster, people=people, fixed=fixed)


def _subtract(available: Iterable[Interval], shift: RosterShift) -> Iterable[Interval]:
    """Yield what is left of the intervals without the time of a shift."""
    for interval in available:
        if interval.end <= shift.starts_at or shift.ends_at <= interval.start:
            yield interval
            continue
        if interval.start < shift.starts_at:
            yield Interval(interval.start, shift.starts_at)
        if shift.ends_at < interval.end:
            yield Interval(shift.ends_at, interval.end)
