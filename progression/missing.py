"""What keeps somebody from a duty: every part it rests on that they do not hold for the whole of a time.

It is clearance taken apart. Where `clearances` says no, this says which course, check or sign-off is missing, and
until when it was held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from progression.clearance import both, held
from progression.duties import Duty
from progression.facts import Fact, FactKind
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, joined
from progression.pathway import Pathway
from progression.stages import Stage, stage_reached, times_at_or_above


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing a duty rests on (`kind:key`), as the pathway calls it, and when the person has it."""

    evidence: str
    title: str
    held: tuple[Interval, ...]


def lacks_of(
    pathways: Sequence[tuple[Interval, Pathway]],
    facts: Sequence[Fact],
    duty: Duty,
    zone: ZoneInfo,
    *,
    born_on: date | None,
    at: datetime,
    within: Interval,
) -> tuple[Lack, ...]:
    """What of the duty's needs is not held for the whole of this time, in the order in which it is told.

    A sign-off that is missing brings with it what that step asks for and the person does not have at `at`. Each
    pathway is asked about its own time only; what it does not ask for counts as held.
    """
    found: dict[str, Lack] = {}
    for time, policy in pathways:
        if time.start >= within.end or time.end <= within.start:
            continue
        for lack in _under(policy, facts, duty, zone, born_on=born_on, at=at):
            times = joined([*lack.held, *_outside(time)])
            known = found.get(lack.evidence)
            found[lack.evidence] = Lack(lack.evidence, lack.title, both(known.held, times) if known else times)
    return tuple(lack for lack in found.values() if not covers(lack.held, within.start, within.end))


def _under(
    policy: Pathway, facts: Sequence[Fact], duty: Duty, zone: ZoneInfo, *, born_on: date | None, at: datetime
) -> Iterator[Lack]:
    """Everything that one pathway asks for, held or not."""
    demand = policy.duties[duty]
    for need in policy.needs_of_duty(duty):
        yield Lack(need.evidence, need.title, held(facts, need, zone, born_on=born_on))
    for stage in _steps_to(demand.from_stage, stage_reached(facts, at=at)):
        for need in policy.needs_of_step(stage):
            times = held(facts, need, zone, born_on=born_on)
            # Once signed off nobody is asked for it again, so what is held today is enough.
            if not any(time.start <= at < time.end for time in times):
                yield Lack(need.evidence, need.title, times)
        title = f"Sign-off as {stage}"
        yield Lack(f"{FactKind.SIGN_OFF}:{stage}", title, times_at_or_above(facts, stage))


def _steps_to(stage: Stage, reached: Stage) -> list[Stage]:
    """The steps that are still to be taken, the next one first."""
    return [step for step in Stage if reached < step <= stage]


def _outside(time: Interval) -> Iterable[Interval]:
    """All time but this."""
    if time.start > ALWAYS_SINCE:
        yield Interval(ALWAYS_SINCE, time.start)
    if time.end < FOR_EVER:
        yield Interval(time.end, FOR_EVER)
