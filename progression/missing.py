"""What keeps a person from a duty: each requirement that they do not meet for the whole of a time.

It explains clearance. Where `clearances` says no, this says which course, check or sign-off is missing, and until when
the person had it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from progression.clearance import times_met, times_met_for
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, intersection, merged
from progression.pathway import Pathway
from progression.stages import Stage, stage_reached, times_at_or_above


@dataclass(frozen=True, slots=True)
class MissingRequirement:
    """One requirement of a duty (`kind:key`) with the pathway's title, and the times at which the person meets it."""

    evidence: str
    title: str
    held: tuple[Interval, ...]


def missing_for_duty(
    pathways: Sequence[tuple[Interval, Pathway]],
    facts: Sequence[Fact],
    duty: Duty,
    zone: ZoneInfo,
    *,
    born_on: date | None,
    at: datetime,
    within: Interval,
) -> tuple[MissingRequirement, ...]:
    """The duty's requirements that are not met for the whole of `within`, in the order in which pages list them.

    A missing sign-off comes after what that step asks for and the person does not have at `at`. Each pathway decides
    for its own time only; in other times its requirements count as met.
    """
    asked: dict[str, MissingRequirement] = {}
    for time, policy in pathways:
        if time.start >= within.end or time.end <= within.start:
            continue
        for each in _asked_for(policy, facts, duty, zone, born_on=born_on, at=at):
            held = merged([*each.held, *_outside(time)])
            if earlier := asked.get(each.evidence):
                held = intersection(earlier.held, held)
            asked[each.evidence] = MissingRequirement(each.evidence, each.title, held)
    return tuple(each for each in asked.values() if not covers(each.held, within.start, within.end))


def _asked_for(
    policy: Pathway, facts: Sequence[Fact], duty: Duty, zone: ZoneInfo, *, born_on: date | None, at: datetime
) -> Iterator[MissingRequirement]:
    """Everything that one pathway asks for, met or not."""
    demand = policy.duties[duty]
    for need in policy.needs_of_duty(duty):
        held = times_met_for(duty, facts, policy, need, zone, born_on=born_on)
        yield MissingRequirement(need.evidence, need.title, held)
    for stage in _steps_to(demand.from_stage, stage_reached(facts, at=at)):
        for need in policy.needs_of_step(stage):
            times = times_met(facts, need, zone, born_on=born_on)
            # A signed-off person is not asked for it again, so it is enough to meet it today.
            if not any(time.start <= at < time.end for time in times):
                yield MissingRequirement(need.evidence, need.title, times)
        title = f"Sign-off as {stage}"
        yield MissingRequirement(f"{FactKind.SIGN_OFF}:{stage}", title, times_at_or_above(facts, stage))


def _steps_to(stage: Stage, reached: Stage) -> list[Stage]:
    """The stages between the one reached and this one, the next first."""
    return [step for step in Stage if reached < step <= stage]


def _outside(time: Interval) -> Iterable[Interval]:
    """The complement of an interval."""
    if time.start > ALWAYS_SINCE:
        yield Interval(ALWAYS_SINCE, time.start)
    if time.end < FOR_EVER:
        yield Interval(time.end, FOR_EVER)
