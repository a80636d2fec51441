"""Clearance: the times at which a person may do a duty. One pure function decides, and nothing is stored.

The same function serves one person or thousands, tonight or a night in twelve weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app import clock
from progression.checks import not_suitable_checks
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.intervals import FOR_EVER, Interval, covers, intersection, where_at_least
from progression.pathway import AGE, Pathway, Requirement
from progression.stages import times_at_or_above


def clearances(
    facts: Sequence[Fact], policy: Pathway, duty: str, zone: ZoneInfo, *, born_on: date | None = None
) -> tuple[Interval, ...]:
    """When this person may do this duty, as merged intervals; empty if they never may.

    They must be at the duty's stage and hold everything it needs, all at once. A person whose birth date is not known
    is never old enough.
    """
    demand = policy.duties[Duty(duty)]
    allowed = times_at_or_above(facts, demand.from_stage)
    for need in policy.needs_of_duty(Duty(duty)):
        if not allowed:
            break
        allowed = intersection(allowed, times_met(facts, need, zone, born_on=born_on))
    return allowed


def may_do(
    facts: Sequence[Fact],
    policy: Pathway,
    duty: str,
    zone: ZoneInfo,
    *,
    starts_at: datetime,
    ends_at: datetime,
    born_on: date | None = None,
) -> bool:
    """Whether the person may do the duty for the whole shift, from its first minute to its last."""
    return covers(clearances(facts, policy, duty, zone, born_on=born_on), starts_at, ends_at)


def times_met(
    facts: Sequence[Fact], need: Requirement, zone: ZoneInfo, *, born_on: date | None
) -> tuple[Interval, ...]:
    """When one requirement is met: when at least `need.times` matching facts hold at once."""
    if need.kind == AGE:
        return () if born_on is None else (Interval(birthday(born_on, int(need.key), zone), FOR_EVER),)
    return where_at_least(
        need.times, (times for fact in matching_facts(facts, need) for times in _times_valid(fact, facts, zone))
    )


def matching_facts(facts: Sequence[Fact], need: Requirement) -> list[Fact]:
    """The facts of the kind, key and details that a requirement asks for, lapsed or not, but not withdrawn."""
    return [
        fact
        for fact in without_withdrawn(facts)
        if fact.kind == need.kind
        and fact.key == need.key
        and all(fact.facts.get(detail) in accepted for detail, accepted in need.facts.items())
    ]


def end_of(fact: Fact, facts: Sequence[Fact], zone: ZoneInfo) -> datetime:
    """The instant from which a fact no longer holds: the end of its last day, or a check that ended it earlier."""
    end = FOR_EVER if fact.valid_until is None else clock.ends(fact.valid_until, zone)
    if fact.kind == FactKind.CHECK:
        for refusal in not_suitable_checks(without_withdrawn(facts)):
            if refusal.happened_at >= fact.happened_at:
                end = min(end, refusal.happened_at)
    return end


def _times_valid(fact: Fact, facts: Sequence[Fact], zone: ZoneInfo) -> Iterable[Interval]:
    end = end_of(fact, facts, zone)
    if end > fact.happened_at:
        yield Interval(fact.happened_at, end)


def birthday(born_on: date, years: int, zone: ZoneInfo) -> datetime:
    """The instant a person turns so many years old: the start of that day in the organisation's zone.

    Somebody born on 29 February has their birthday on 1 March in common years, as `ages.age_on` counts too.
    """
    try:
        day = born_on.replace(year=born_on.year + years)
    except ValueError:
        day = date(born_on.year + years, 3, 1)
    return clock.starts(day, zone)
