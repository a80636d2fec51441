"""Requirements of time: enough done lately, long enough at a stage. Pure: the facts that count in, intervals out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from app import clock
from progression.days_away import DaysAway, away_in
from progression.duties import Duty
from progression.facts import Fact
from progression.intervals import FOR_EVER, Interval
from progression.pathway import Requirement, Unit, Window
from progression.stages import Stage, stage_changes, times_after
from progression.windows import Amount, counting_at, times_enough
from progression.worked import SHIFT, WORKED

WORKED_SHIFT = f"{WORKED}:{SHIFT}"
MINUTES = "minutes"  # the detail of a worked shift that says how long it was


def enough_lately(counted: Sequence[Fact], need: Requirement, zone: ZoneInfo) -> tuple[Interval, ...]:
    """When a requirement with a window is met. Give facts without withdrawn ones."""
    window = need.within
    assert window is not None, "asked of requirements with a window"
    scale = _scale(window)
    return times_enough(
        [*(each for _, each in _amounts(counted, need)), *_restarts(counted, window)],
        full=window.least * scale,
        low=window.keeps * scale,
        days=window.days,
        grace_days=window.grace_days,
        zone=zone,
        away=DaysAway(away_in(counted), zone),
    )


def counting_lately(counted: Sequence[Fact], need: Requirement, zone: ZoneInfo, *, at: datetime) -> list[Fact]:
    """The facts that count in the window at an instant, newest first."""
    assert need.within is not None, "asked of requirements with a window"
    amounts = _amounts(counted, need)
    counting = counting_at(
        (each for _, each in amounts), at, days=need.within.days, zone=zone, away=DaysAway(away_in(counted), zone)
    )
    instants = {each.at for each, _ in counting}
    return sorted((fact for fact, each in amounts if each.at in instants), key=lambda fact: fact.order, reverse=True)


def amount_of(facts: Sequence[Fact], window: Window) -> int:
    """How much these facts come to, in the unit of a window; hours are whole ones."""
    return len(facts) if window.unit is Unit.SHIFTS else sum(_minutes(fact) for fact in facts) // 60


def _amounts(counted: Sequence[Fact], need: Requirement) -> list[tuple[Fact, Amount]]:
    assert need.within is not None
    in_minutes, most_since = need.within.unit is Unit.HOURS, need.within.shifts_since
    matching = [fact for fact in counted if need.is_met_by(fact)]
    shifts = _shifts_in(counted, need) if most_since is not None and matching else []
    return [
        (
            fact,
            Amount(
                fact.happened_at,
                _minutes(fact) if in_minutes else 1,
                _after_shifts(most_since, fact, shifts) if most_since is not None else FOR_EVER,
            ),
        )
        for fact in matching
    ]


def _shifts_in(counted: Sequence[Fact], need: Requirement) -> list[Fact]:
    """The shifts that somebody worked in the duties that a requirement names, or in any but to learn; oldest first."""
    duties = set(need.facts.get("duty", ())) or {duty.value for duty in Duty if duty.counts_as_cover}
    shifts = [fact for fact in counted if fact.requirement == WORKED_SHIFT and fact.facts.get("duty") in duties]
    return sorted(shifts, key=lambda fact: fact.order)


def _after_shifts(most: int, fact: Fact, shifts: Sequence[Fact]) -> datetime:
    """The end of the shift with which so many were worked after a fact; the shift that it is about is none of them."""
    about = fact.facts.get("seat")
    later = [
        each.happened_at
        for each in shifts
        if each.happened_at > fact.happened_at and (about is None or each.facts.get("seat") != about)
    ]
    return later[most - 1] if len(later) >= most else FOR_EVER


def _restarts(counted: Sequence[Fact], window: Window) -> Iterator[Amount]:
    """Evidence that begins the window again counts as the full amount would on its day."""
    for fact in counted:
        if fact.requirement in window.restarted_by:
            yield Amount(fact.happened_at, window.least * _scale(window))


def _scale(window: Window) -> int:
    return 60 if window.unit is Unit.HOURS else 1


def _minutes(fact: Fact) -> int:
    return int(fact.facts.get(MINUTES, 0))


def long_enough_at_stage(counted: Sequence[Fact], need: Requirement, zone: ZoneInfo) -> tuple[Interval, ...]:
    """When somebody has been at a stage, or above it, for long enough: from that day on, whatever follows.

    All their times there count together. The day of the sign-off does not count itself.
    """
    assert need.at_stage is not None, "asked of requirements with time at a stage"
    away, left = _away_for(counted, need, zone), need.at_stage.days
    for span in times_after(stage_changes(counted), Stage(need.key)):
        first = clock.on(span.start, zone)
        enough_on = clock.starts(away.after(first, left), zone)
        if enough_on < span.end:
            return (Interval(enough_on, FOR_EVER),)
        left -= away.between(first, clock.on(span.end, zone))
    return ()


def days_at_stage(counted: Sequence[Fact], need: Requirement, zone: ZoneInfo, *, at: datetime) -> int:
    """How many days somebody has been at the stage until an instant, counted as `long_enough_at_stage` does."""
    away = _away_for(counted, need, zone)
    return sum(
        away.between(clock.on(span.start, zone), clock.on(min(span.end, at), zone))
        for span in times_after(stage_changes(counted), Stage(need.key))
        if span.start <= at
    )


def _away_for(counted: Sequence[Fact], need: Requirement, zone: ZoneInfo) -> DaysAway:
    return DaysAway(away_in(counted) if need.pauses_for_leave else (), zone)
