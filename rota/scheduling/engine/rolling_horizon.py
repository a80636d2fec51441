"""A roster too large to be looked at as a whole, some days at a time, so that no roster takes more than a gigabyte.

What earlier days decided stands when later ones are solved. So the plan may be a little worse than it could be, and
its bound is a coarser one: no rota fills more than each of the parts could by itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from math import ceil

from rota.scheduling.engine.lexicographic_search import Proposal, Report, ShouldStop, StageResult, solve_whole
from rota.scheduling.engine.model import COVER, RosterModel, Stage
from rota.scheduling.engine.relaxation import NEARLY, Relaxation
from rota.scheduling.engine.subproblem import part_of
from rota.scheduling.engine.symmetry import alike
from rota.scheduling.roster import Plan, Roster, filled_seats
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules, Severity

MOST_SEATS = 200_000
"""Places that somebody might be given, up to which the whole fits: 173,000 took 700 MiB."""

PART_SEATS = 60_000
"""Such places in one part: some 300 MiB."""

ACROSS_DAYS = ("shortest_run", "shortest_break", "recovery_after_nights", "least_they_asked")
"""Rules that days outside a part may mend. A bound that parts are asked for does not count on them."""


def seats_to_judge(roster: Roster) -> int:
    """How many places there are that somebody is cleared and free for, shifts that are alike counted once."""
    return sum(_seats_by_day(alike(roster).roster).values())


def solve_by_parts(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
    part_seats: int = PART_SEATS,
) -> Proposal:
    """`solve`, so many days at a time that a part has about `part_seats` places to judge."""
    started = time.monotonic()
    parts = _parts(roster, part_seats)
    plan = Plan(frozenset(roster.fixed))
    # A stage's value is what all parts came to; its floor what none of them can go below by itself.
    reached: dict[Stage, int] = {}
    floors: dict[Stage, int] = {}
    bound = roster.seats
    for place, days in enumerate(parts):
        inside = [shift.id for shift in roster.shifts if roster.day_of(shift) in days]
        part = part_of(roster, plan, inside)
        part = replace(part, current=tuple(s for s in roster.current if s.shift_id in part.shift_by_id))
        left = max(0.0, started + seconds - time.monotonic())
        proposal = solve_whole(part, seconds=left / (len(parts) - place), seed=seed, should_stop=should_stop)
        plan = plan.adding(*proposal.plan.seatings)
        alone = _floors(part_of(_mended_by_nothing(roster), Plan(), inside))
        for result in proposal.stages:
            reached[result.stage] = reached.get(result.stage, 0) + result.value
            floors[result.stage] = floors.get(result.stage, 0) + min(alone.get(result.stage, 0), result.value)
        bound -= alone[Stage.WANTED]
        if report is not None:
            seconds_so_far = round(time.monotonic() - started, 1)
            filled = filled_seats(roster, plan)
            report({"filled": filled, "bound": bound, "seats": roster.seats, "seconds": seconds_so_far})
    results = tuple(StageResult(stage, reached[stage], floors[stage]) for stage in Stage if stage in reached)
    filled = filled_seats(roster, plan)
    return Proposal(
        plan=plan,
        seats=roster.seats,
        filled=filled,
        bound=max(bound, filled),
        proved=all(r.is_proved for r in results if r.stage in COVER),
        stages=results,
        seconds=time.monotonic() - started,
        breaches=tuple(breaches(roster, plan)),
    )


def _seats_by_day(roster: Roster) -> Mapping[date, int]:
    seats: dict[date, int] = {}
    asks_when = roster.rules.availability.severity in (Severity.HARD, Severity.OVERRIDABLE)
    for person in roster.people:
        offered = (s for i in person.availability for s in roster.shifts_within(i)) if asks_when else roster.shifts
        for shift in offered:
            day = roster.day_of(shift)
            seats[day] = seats.get(day, 0) + sum(1 for line in shift.lines if line.duty in person.clearances)
    return seats


def _parts(roster: Roster, part_seats: int) -> list[set[date]]:
    """The days of the roster, in stretches."""
    by_day = _seats_by_day(alike(roster).roster)
    parts: list[set[date]] = []
    seats = part_seats + 1
    for day in sorted({roster.day_of(shift) for shift in roster.shifts}):
        if seats + by_day.get(day, 0) > part_seats:
            parts.append(set())
            seats = 0
        parts[-1].add(day)
        seats += by_day.get(day, 0)
    return parts


def _floors(part: Roster) -> dict[Stage, int]:
    """What each stage about cover cannot go below in a part, whatever becomes of the others."""
    joined = alike(part)
    model = RosterModel(joined.roster, copies=joined.copies)
    relaxation = Relaxation(model.program, without=model.balances)
    floors: dict[Stage, int] = {}
    for stage in COVER:
        least = relaxation.least(model.prices[stage], seconds=FLOOR_SECONDS)
        floors[stage] = 0 if least is None else max(0, ceil(least - NEARLY))
    return floors


FLOOR_SECONDS = 30.0
"""A part's relaxation takes a few."""


def _mended_by_nothing(roster: Roster) -> Roster:
    """The roster without what a part of it could not judge by itself."""
    rules: RotaRules = roster.rules
    off = {
        name: getattr(rules, name).model_copy(update={"severity": Severity.UNUSED, "stricter_for": {}})
        for name in ACROSS_DAYS
    }
    return replace(roster, rules=rules.model_copy(update=off))
