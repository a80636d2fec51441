"""Rolling horizon: a roster too large to be solved as a whole is solved some days at a time, within a gigabyte.

The seats given on earlier days are held when later ones are solved. So the plan may be a little worse than a whole
search would find, and its bound is weaker: no plan fills more than all windows could, each by itself.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from rota.scheduling.engine.lexicographic_search import (
    ObjectiveResult,
    Proposal,
    Report,
    ShouldStop,
    solve_lexicographic,
)
from rota.scheduling.engine.model import RosterModel
from rota.scheduling.engine.objectives import COVER_OBJECTIVES, Objective
from rota.scheduling.engine.relaxation import LinearRelaxation, whole_bound
from rota.scheduling.engine.subproblem import subproblem
from rota.scheduling.engine.symmetry import aggregate_symmetric_shifts
from rota.scheduling.roster import Plan, Roster, filled_seats
from rota.scheduling.rules.book import breaches
from rota.scheduling.rules.policy import RotaRules, Severity
from rota.scheduling.rules.registry import RULES

MOST_SEATS_AT_ONCE = 200_000
"""Seat variables up to which the whole roster fits in memory: 173,000 took 700 MiB."""

WINDOW_SEATS = 60_000
"""Seat variables in one window: some 300 MiB."""

BOUND_SECONDS = 30.0
"""The most that the relaxation of one window may take; it needs a few."""

ACROSS_DAYS = frozenset(rule.key for rule in RULES if rule.is_mended_by_other_days)
"""Rules that days outside a window may satisfy. The bound of a window leaves them out."""


def count_possible_seats(roster: Roster) -> int:
    """Return how many seat variables the roster has: seats that a person is cleared and free for.

    Identical shifts are counted once.
    """
    return sum(_possible_seats_by_day(aggregate_symmetric_shifts(roster).roster).values())


def solve_rolling_horizon(
    roster: Roster,
    *,
    seconds: float,
    seed: int | None = None,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
    window_seats: int = WINDOW_SEATS,
) -> Proposal:
    """Solve the roster in windows of days that have about `window_seats` seat variables each.

    Every window is planned, however long reading it takes; only bounds are left out to keep the time.
    """
    started = time.monotonic()
    windows = _windows(roster, window_seats)
    plan = Plan(frozenset(roster.fixed))
    # The value of an objective is the sum over all windows; its bound is the sum of what each must have by itself.
    reached: dict[Objective, int] = {}
    bounds: dict[Objective, int] = {}
    bound = roster.seats
    for index, days in enumerate(windows):
        inside = [shift.id for shift in roster.shifts if roster.day_of(shift) in days]
        window = subproblem(roster, plan, inside)
        window = replace(window, current=tuple(s for s in roster.current if s.shift_id in window.shift_by_id))
        left = max(0.0, started + seconds - time.monotonic())
        proposal = solve_lexicographic(
            window, seconds=left / (len(windows) - index), seed=seed, should_stop=should_stop
        )
        plan = plan.adding(*proposal.plan.seatings)
        # A bound takes as long as the search itself, so that of a window is left out once the time is over.
        has_time = time.monotonic() - started < seconds
        alone = _lower_bounds(subproblem(_without_rules_across_days(roster), Plan(), inside)) if has_time else {}
        for r in proposal.objectives:
            reached[r.objective] = reached.get(r.objective, 0) + r.value
            bounds[r.objective] = bounds.get(r.objective, 0) + min(alone.get(r.objective, 0), r.value)
        bound -= alone.get(Objective.WANTED, 0)
        if report is not None:
            seconds_so_far = round(time.monotonic() - started, 1)
            filled = filled_seats(roster, plan)
            report({"filled": filled, "bound": bound, "seats": roster.seats, "seconds": seconds_so_far})
    results = tuple(ObjectiveResult(o, reached[o], bounds[o]) for o in Objective if o in reached)
    filled = filled_seats(roster, plan)
    return Proposal(
        plan=plan,
        seats=roster.seats,
        filled=filled,
        bound=max(bound, filled),
        proved=all(r.is_proved for r in results if r.objective in COVER_OBJECTIVES),
        objectives=results,
        seconds=time.monotonic() - started,
        breaches=tuple(breaches(roster, plan)),
    )


def _possible_seats_by_day(roster: Roster) -> Mapping[date, int]:
    seats: dict[date, int] = {}
    needs_offer = roster.rules.availability.severity in (Severity.HARD, Severity.OVERRIDABLE)
    for person in roster.people:
        offered = (s for i in person.availability for s in roster.shifts_within(i)) if needs_offer else roster.shifts
        for shift in offered:
            day = roster.day_of(shift)
            seats[day] = seats.get(day, 0) + sum(1 for line in shift.lines if line.duty in person.clearances)
    return seats


def _windows(roster: Roster, window_seats: int) -> list[set[date]]:
    """Return the days of the roster in consecutive windows."""
    by_day = _possible_seats_by_day(aggregate_symmetric_shifts(roster).roster)
    windows: list[set[date]] = []
    seats = window_seats + 1
    for day in sorted({roster.day_of(shift) for shift in roster.shifts}):
        if seats + by_day.get(day, 0) > window_seats:
            windows.append(set())
            seats = 0
        windows[-1].add(day)
        seats += by_day.get(day, 0)
    return windows


def _lower_bounds(window: Roster) -> dict[Objective, int]:
    """Return a lower bound of each cover objective in one window, whatever the plan is elsewhere."""
    aggregated = aggregate_symmetric_shifts(window)
    model = RosterModel(aggregated.roster, copies=aggregated.copies)
    relaxation = LinearRelaxation(model.program, without=model.fairness_variables)
    bounds: dict[Objective, int] = {}
    for objective in COVER_OBJECTIVES:
        minimum = relaxation.minimum(model.objective_terms[objective], seconds=BOUND_SECONDS)
        bounds[objective] = 0 if minimum is None else whole_bound(minimum)
    return bounds


def _without_rules_across_days(roster: Roster) -> Roster:
    """Return the roster without the rules that a window cannot judge by itself."""
    rules: RotaRules = roster.rules
    unused = {
        name: getattr(rules, name).model_copy(update={"severity": Severity.UNUSED, "stricter_for": {}})
        for name in ACROSS_DAYS
    }
    return replace(roster, rules=rules.model_copy(update=unused))
