"""The journey: what a person has, what is missing for the next step and for each duty, and what to do next.

Pure: facts and policy in, plain records out. Shown to the person themselves and to the staff who decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app import clock
from progression.clearance import clearances, end_of, grace_times, matching_facts, times_met
from progression.duties import Duty
from progression.fact_kinds import FactKind, Recorder
from progression.facts import Fact, without_withdrawn
from progression.intervals import FOR_EVER, Interval
from progression.lately import amount_of, counting_lately, days_at_stage
from progression.pathway import COMPUTED, Pathway, Requirement
from progression.stages import Stage, stage_changes, stage_reached

# The kinds of requirement that a person can meet alone, today; for the others somebody else is needed.
MET_ALONE = {kind.value for kind in FactKind if kind.properties.recorder is Recorder.THEMSELVES} | {"training"}


class NeedState(StrEnum):
    """How far a requirement is met."""

    MET = "met"
    LAPSES_SOON = "lapses-soon"
    PART = "part"
    LAPSED = "lapsed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class NeedProgress:
    """One requirement, how far it is met at an instant, and by which facts."""

    need: Requirement
    state: NeedState
    have: int  # how much there is, of `need.amount`: facts that hold, or hours or days
    holds_until: date | None  # the last day it is met, where an end is known
    days_left: int | None  # from today to that day; 0 on the day itself
    proof: tuple[Fact, ...]  # newest first; of a lapsed requirement, the facts that no longer hold
    grace_until: date | None = None  # it is not met, and until this day the person may go on without it

    @property
    def is_met(self) -> bool:
        return self.state in (NeedState.MET, NeedState.LAPSES_SOON)

    @property
    def is_up_to_them(self) -> bool:
        """Whether the person can meet it alone."""
        return self.need.kind in MET_ALONE


@dataclass(frozen=True, slots=True)
class StepProgress:
    """Progress towards the next stage."""

    to: Stage
    needs: tuple[NeedProgress, ...]

    @property
    def unmet(self) -> tuple[NeedProgress, ...]:
        return tuple(each for each in self.needs if not each.is_met)

    @property
    def met(self) -> tuple[NeedProgress, ...]:
        return tuple(each for each in self.needs if each.is_met)

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing but somebody's decision."""
        return not self.unmet


@dataclass(frozen=True, slots=True)
class DutyProgress:
    """One duty: whether the person may do it, until which day, and what is missing if not."""

    duty: Duty
    from_stage: Stage
    is_cleared: bool
    holds_until: date | None
    needs: tuple[NeedProgress, ...]

    @property
    def unmet(self) -> tuple[NeedProgress, ...]:
        return tuple(each for each in self.needs if not each.is_met)


@dataclass(frozen=True, slots=True)
class Journey:
    """The stage of one person, and what lies ahead."""

    stage: Stage
    since: dict[Stage, datetime]  # when each stage was last reached
    step: StepProgress | None  # None at the end of the pathway
    duties: tuple[DutyProgress, ...]
    decisions: tuple[Fact, ...]  # sign-offs and steps back that were not withdrawn, newest first
    not_yet: Fact | None  # the latest "not yet" about the next step

    @property
    def at_stake(self) -> tuple[NeedProgress, ...]:
        """The requirements of duties of the person's own stage that have lapsed or are about to, each once."""
        lapsing = [
            each
            for duty in self.duties
            if duty.from_stage <= self.stage
            for each in duty.needs
            if each.state in (NeedState.LAPSED, NeedState.LAPSES_SOON)
        ]
        return tuple(each for place, each in enumerate(lapsing) if each not in lapsing[:place])

    @property
    def nearest(self) -> NeedProgress | None:
        """The next thing to do: first what is about to be lost, then what they can do alone, then what has begun.

        None when nothing is missing, or only time.
        """
        ahead = [each for each in self.step.unmet if each.need.kind not in COMPUTED] if self.step else []
        ahead.sort(key=lambda each: (not each.is_up_to_them, each.have == 0))
        return next(iter([*self.at_stake, *ahead]), None)


def progress_of(
    facts: Sequence[Fact],
    need: Requirement,
    *,
    soon: timedelta,
    zone: ZoneInfo,
    born_on: date | None,
    at: datetime,
    grace: Sequence[Interval] = (),
) -> NeedProgress:
    """How far one requirement is met at an instant; an end within `soon` counts as lapsing soon.

    `grace` is when the person may go on without it: then it is about to lapse, however far the end is.
    """
    candidates = sorted(matching_facts(facts, need), key=lambda fact: fact.order, reverse=True)
    holding, have = _holding(candidates, facts, need, zone, at)
    span = _around(at, times_met(facts, need, zone, born_on=born_on))
    if span is not None:
        if need.within is not None:  # it always ends unless one goes on, so only its last third is soon
            soon = min(soon, timedelta(days=need.within.days) / 3)
        ends_soon = span.end <= at + soon
        state = NeedState.LAPSES_SOON if ends_soon else NeedState.MET
    elif have:
        state = NeedState.PART
    else:
        state = NeedState.LAPSED if candidates else NeedState.MISSING
    within = _around(at, grace) if span is None else None
    if within is not None:
        span, state = within, NeedState.LAPSES_SOON
    holds_until = _last_day(span, zone)
    return NeedProgress(
        need=need,
        state=state,
        have=have,
        holds_until=holds_until,
        days_left=(holds_until - clock.on(at, zone)).days if holds_until else None,
        proof=holding or tuple(candidates[:1]),
        grace_until=holds_until if within is not None else None,
    )


def _holding(
    candidates: Sequence[Fact], facts: Sequence[Fact], need: Requirement, zone: ZoneInfo, at: datetime
) -> tuple[tuple[Fact, ...], int]:
    """The facts that count for a requirement at an instant, and how much they come to: facts, hours or days."""
    if need.at_stage is not None:
        return (), days_at_stage(without_withdrawn(facts), need, zone, at=at)
    if need.within is not None:
        lately = counting_lately(without_withdrawn(facts), need, zone, at=at)
        return tuple(lately), amount_of(lately, need.within)
    holding = tuple(fact for fact in candidates if fact.happened_at <= at < end_of(fact, facts, zone))
    return holding, len(holding)


def step_ahead(
    facts: Sequence[Fact], policy: Pathway, zone: ZoneInfo, *, born_on: date | None, at: datetime
) -> StepProgress | None:
    """Progress towards the next stage; None at the last stage of the pathway."""
    ahead = stage_reached(facts, at=at).following
    if ahead is None:
        return None
    soon = timedelta(days=policy.lapses_soon_days)
    return StepProgress(
        ahead,
        tuple(
            progress_of(facts, need, soon=soon, zone=zone, born_on=born_on, at=at)
            for need in policy.needs_of_step(ahead)
        ),
    )


def codes_missing(step: StepProgress, policy: Pathway) -> list[str]:
    """The codes that the pathway gives to what a step still needs; a "not yet" keeps them."""
    unmet = [each.need for each in step.unmet]
    return [code for code in policy.steps[step.to] if policy.requirements[code] in unmet]


def journey_of(
    facts: Sequence[Fact], policy: Pathway, zone: ZoneInfo, *, born_on: date | None, at: datetime
) -> Journey:
    """The whole journey of one person at an instant."""
    soon = timedelta(days=policy.lapses_soon_days)
    step = step_ahead(facts, policy, zone, born_on=born_on, at=at)
    duties = []
    for duty, demand in policy.duties.items():
        span = _around(at, clearances(facts, policy, duty, zone, born_on=born_on))
        duties.append(
            DutyProgress(
                duty=duty,
                from_stage=demand.from_stage,
                is_cleared=span is not None,
                holds_until=_last_day(span, zone),
                needs=tuple(
                    progress_of(
                        facts,
                        need,
                        soon=soon,
                        zone=zone,
                        born_on=born_on,
                        at=at,
                        grace=grace_times(facts, policy, duty, need, zone, born_on=born_on),
                    )
                    for need in policy.needs_of_duty(duty)
                ),
            )
        )
    return Journey(
        stage=stage_reached(facts, at=at),
        since={reached: changed_at for changed_at, reached in stage_changes(facts) if changed_at <= at},
        step=step,
        duties=tuple(duties),
        decisions=_decisions(facts, (FactKind.SIGN_OFF, FactKind.STEP_BACK)),
        not_yet=_not_yet(facts, step.to if step else None),
    )


def _decisions(facts: Sequence[Fact], kinds: tuple[FactKind, ...]) -> tuple[Fact, ...]:
    decisions = [fact for fact in without_withdrawn(facts) if fact.kind in kinds]
    return tuple(sorted(decisions, key=lambda fact: fact.order, reverse=True))


def _not_yet(facts: Sequence[Fact], ahead: Stage | None) -> Fact | None:
    """The latest "not yet" about the next step, unless the person stepped up or back since."""
    decisions = _decisions(facts, (FactKind.SIGN_OFF, FactKind.STEP_BACK, FactKind.NOT_YET))
    last = decisions[0] if decisions else None
    return last if last and last.kind == FactKind.NOT_YET and last.key == ahead else None


def _around(at: datetime, spans: Iterable[Interval]) -> Interval | None:
    return next((span for span in spans if span.start <= at < span.end), None)


def _last_day(span: Interval | None, zone: ZoneInfo) -> date | None:
    """The last day of an interval; one that ends at midnight ends on the day before."""
    if span is None or span.end == FOR_EVER:
        return None
    return clock.on(span.end - timedelta(microseconds=1), zone)
