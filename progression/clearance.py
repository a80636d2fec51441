"""Clearance: the stretches of time in which a person may do a duty. One function decides, and nothing is
stored.

It is the same function for one person or for thousands, for tonight or for a night in twelve weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app import clock
from progression.checks import ends_earlier_checks
from progression.duties import Duty
from progression.facts import Fact, FactKind, not_withdrawn
from progression.intervals import FOR_EVER, Interval, covers, joined
from progression.pathway import Pathway, Requirement
from progression.stages import times_at_or_above


def clearances(
    facts: Sequence[Fact], policy: Pathway, duty: str, zone: ZoneInfo, *, born_on: date | None = None
) -> tuple[Interval, ...]:
    """When this person may do this duty: in order of time, never touching, none if they never may.

    They must stand at the duty's stage and hold everything it needs, all at once. A person whose birth date
    is not known is never old enough.
    """
    demand = policy.duties[Duty(duty)]
    allowed = times_at_or_above(facts, demand.from_stage)
    for need in policy.needs_of_duty(Duty(duty)):
        if not allowed:
            break
        allowed = both(allowed, held(facts, need, zone, born_on=born_on))
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


def held(facts: Sequence[Fact], need: Requirement, zone: ZoneInfo, *, born_on: date | None) -> tuple[Interval, ...]:
    """When one requirement is met: when at least so many matching facts hold at the same time."""
    if need.kind == "age":
        return () if born_on is None else (Interval(birthday(born_on, int(need.key), zone), FOR_EVER),)
    return at_least(need.times, (holds for fact in matching(facts, need) for holds in _holds(fact, facts, zone)))


def matching(facts: Sequence[Fact], need: Requirement) -> list[Fact]:
    """The facts that were not withdrawn and are of the kind, key and details asked for, lapsed or not."""
    return [
        fact
        for fact in not_withdrawn(facts)
        if fact.kind == need.kind
        and fact.key == need.key
        and all(fact.facts.get(detail) in accepted for detail, accepted in need.facts.items())
    ]


def ends_of(fact: Fact, facts: Sequence[Fact], zone: ZoneInfo) -> datetime:
    """The instant from which a fact no longer holds: the end of its last day, or an earlier check that ended
    it.
    """
    end = FOR_EVER if fact.valid_until is None else clock.ends(fact.valid_until, zone)
    if fact.kind == FactKind.CHECK:
        for refusal in ends_earlier_checks(not_withdrawn(facts)):
            if refusal.happened_at >= fact.happened_at:
                end = min(end, refusal.happened_at)
    return end


def _holds(fact: Fact, facts: Sequence[Fact], zone: ZoneInfo) -> Iterable[Interval]:
    end = ends_of(fact, facts, zone)
    if end > fact.happened_at:
        yield Interval(fact.happened_at, end)


def birthday(born_on: date, years: int, zone: ZoneInfo) -> datetime:
    """The instant a person turns so many years old: the first of that day in the organisation's zone.

    Somebody born on 29 February has their birthday on 1 March in common years, as `ages.age_on` counts too.
    """
    try:
        day = born_on.replace(year=born_on.year + years)
    except ValueError:
        day = date(born_on.year + years, 3, 1)
    return clock.starts(day, zone)


def both(one: Sequence[Interval], other: Sequence[Interval]) -> tuple[Interval, ...]:
    """The stretches that lie in both."""
    shared = []
    for a in one:
        for b in other:
            start, end = max(a.start, b.start), min(a.end, b.end)
            if start < end:
                shared.append(Interval(start, end))
    return joined(shared)


def at_least(times: int, intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The stretches in which at least so many of the intervals hold at once."""
    together = list(intervals)
    if times == 1:
        return joined(together)
    changes = sorted([(interval.start, 1) for interval in together] + [(interval.end, -1) for interval in together])
    enough, holding, since = [], 0, None
    # Of changes at one instant the endings come first; `joined` mends the seam where another begins there.
    for at, change in changes:
        holding += change
        if holding >= times and since is None:
            since = at
        elif holding < times and since is not None:
            if at > since:
                enough.append(Interval(since, at))
            since = None
    return joined(enough)
