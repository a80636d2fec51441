"""Clearance: the times at which a person may do a duty. One pure function decides, and nothing is stored.

The same function serves one person or thousands, tonight or a night in twelve weeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from app import clock
from progression.branching import end_of_signature, times_in_branch
from progression.checks import not_suitable_checks
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, intersection, merged, where_at_least
from progression.lately import enough_lately, long_enough_at_stage
from progression.pathway import AGE, Pathway, Requirement
from progression.stages import Stage, changes_by, times_after

_Times = tuple[Interval, ...]


def clearances(
    facts: Sequence[Fact], policy: Pathway, duty: str, zone: ZoneInfo, *, born_on: date | None = None
) -> tuple[Interval, ...]:
    """When this person may do this duty, as merged intervals; empty if they never may.

    They must be at the duty's stage and hold everything it needs, all at once. A person whose birth date is not known
    is never old enough.
    """
    return clearances_for_each([Duty(duty)], facts, policy, zone, born_on=born_on)[Duty(duty)]


def clearances_for_each(
    duties: Iterable[Duty], facts: Sequence[Fact], policy: Pathway, zone: ZoneInfo, *, born_on: date | None = None
) -> dict[Duty, tuple[Interval, ...]]:
    """When this person may do each of these duties, as `clearances`: what several duties ask for is looked at once."""
    eligibility = Eligibility(facts, policy, zone, born_on)
    return {duty: eligibility.clearance(duty) for duty in duties}


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
    return _times_met(without_withdrawn(facts), need, zone, born_on)


def _times_met(counted: list[Fact], need: Requirement, zone: ZoneInfo, born_on: date | None) -> tuple[Interval, ...]:
    if need.kind == AGE:
        return () if born_on is None else (Interval(birthday(born_on, int(need.key), zone), FOR_EVER),)
    if need.at_stage is not None:
        return long_enough_at_stage(counted, need, zone)
    if need.within is not None:
        return enough_lately(counted, need, zone)
    if need.kind == FactKind.BRANCH:
        return times_in_branch(counted, need.key, need.times)
    return where_at_least(need.times, _times_valid(_matching(counted, need), counted, zone))


def times_met_for(
    duty: Duty, facts: Sequence[Fact], policy: Pathway, need: Requirement, zone: ZoneInfo, *, born_on: date | None
) -> tuple[Interval, ...]:
    """When one requirement of a duty does not keep this person from it: while it is met, and in their grace period."""
    met = times_met(facts, need, zone, born_on=born_on)
    return merged([*met, *grace_times(facts, policy, duty, need, zone, born_on=born_on)])


def grace_times(
    facts: Sequence[Fact], policy: Pathway, duty: Duty, need: Requirement, zone: ZoneInfo, *, born_on: date | None
) -> tuple[Interval, ...]:
    """When a person may do a duty without a requirement that is new: until its day, if all else cleared them before.

    What was recorded after that instant does not count, nor do other requirements with a grace period.
    """
    return Eligibility(facts, policy, zone, born_on).grace(duty, need)


def rests_on_grace(
    facts: Sequence[Fact], policy: Pathway, zone: ZoneInfo, *, born_on: date | None, at: datetime
) -> tuple[str, ...]:
    """The codes of the requirements that a person does not meet at an instant and may do some duty without."""
    return Eligibility(facts, policy, zone, born_on).rests_on_grace(at)


class Eligibility:
    """What the facts about one person allow under one pathway.

    Pages ask it of thousands of people: an answer is worked out when it is asked for, and kept, because duties share
    most of what they require.
    """

    def __init__(self, facts: Sequence[Fact], policy: Pathway, zone: ZoneInfo, born_on: date | None) -> None:
        self.facts = without_withdrawn(facts)
        self.policy, self.zone, self.born_on = policy, zone, born_on
        self._met: dict[str, tuple[Interval, ...]] = {}
        self._at_stage: dict[Stage, tuple[Interval, ...]] = {}
        self._before: dict[datetime, Eligibility] = {}

    def clearance(self, duty: Duty) -> tuple[Interval, ...]:
        """When they may do a duty."""
        demand, requirements = self.policy.duties[duty], self.policy.requirements
        allowed = self.at_stage(demand.from_stage)
        for code in demand.needs:
            if not allowed:
                break
            met = self._met.get(code)
            if met is None:
                met = self.met(code)
            holds = intersection(allowed, met)
            if holds != allowed and (need := requirements[code]).grace is not None:
                holds = self._with_grace(allowed, holds, met, duty, need)
            allowed = holds
        return allowed

    def _with_grace(
        self, allowed: _Times, holds: _Times, met: _Times, duty: Duty, need: Requirement
    ) -> tuple[Interval, ...]:
        """What of the allowed time is left by a need with a grace period, which is met at some times of it (`holds`).

        Whether somebody has the grace is only asked where it would add a time: most people did what is new.
        """
        assert need.grace is not None
        span = _grace_span(need.grace.until, self.zone)
        if _lie_in(intersection(allowed, (span,)), holds) or not self.grace(duty, need):
            return holds
        return intersection(allowed, merged([*met, span]))

    @cached_property
    def stage_changes(self) -> tuple[tuple[datetime, Stage], ...]:
        """Each instant at which their stage changed, with the new stage, oldest first."""
        return changes_by(self.facts)

    def met(self, code: str) -> tuple[Interval, ...]:
        """When they meet one requirement of the pathway."""
        if code not in self._met:
            need = self.policy.requirements[code]
            # What looks back over time asks for other facts too, and a branch ends with a fact of another kind. Of all
            # other kinds, only facts of that kind meet a requirement or end what does.
            facts = self.facts if need.looks_further else self._by_kind.get(need.kind, [])
            self._met[code] = _times_met(facts, need, self.zone, self.born_on)
        return self._met[code]

    @cached_property
    def _by_kind(self) -> dict[str, list[Fact]]:
        by_kind: dict[str, list[Fact]] = {}
        for fact in self.facts:
            by_kind.setdefault(fact.kind, []).append(fact)
        return by_kind

    def at_stage(self, stage: Stage) -> tuple[Interval, ...]:
        """When they are at a stage or above."""
        if stage not in self._at_stage:
            self._at_stage[stage] = times_after(self.stage_changes, stage)
        return self._at_stage[stage]

    def grace(self, duty: Duty, need: Requirement) -> tuple[Interval, ...]:
        """When they may do a duty without a new requirement, as `grace_times`."""
        if need.grace is None:
            return ()
        at = need.grace.cleared_at
        if not self._recorded_by(at).clears_without_grace(duty, at):
            return ()
        return (_grace_span(need.grace.until, self.zone),)

    @cached_property
    def _latest_recorded(self) -> datetime:
        return max((fact.recorded_at for fact in self.facts), default=ALWAYS_SINCE)

    def _recorded_by(self, at: datetime) -> Eligibility:
        """The same by what was recorded up to an instant: itself, where nothing came later."""
        if self._latest_recorded <= at:
            return self
        if at not in self._before:
            then = [fact for fact in self.facts if fact.recorded_at <= at]
            self._before[at] = Eligibility(then, self.policy, self.zone, self.born_on)
        return self._before[at]

    def clears_without_grace(self, duty: Duty, at: datetime) -> bool:
        """Whether they may do a duty at an instant, leaving out requirements with a grace period."""
        demand = self.policy.duties[duty]
        if not _holds_at(self.at_stage(demand.from_stage), at):
            return False
        for code in demand.needs:
            if self.policy.requirements[code].grace is None and not _holds_at(self.met(code), at):
                return False
        return True

    def rests_on_grace(self, at: datetime) -> tuple[str, ...]:
        """The codes of the requirements that they do not meet at an instant and may do some duty without."""
        requirements = self.policy.requirements.items()
        unmet = {code for code, need in requirements if need.grace is not None and not _holds_at(self.met(code), at)}
        if not unmet:
            return ()
        resting = {
            code
            for duty, demand in self.policy.duties.items()
            if unmet & set(demand.needs) and _holds_at(self.clearance(duty), at)
            for code in unmet & set(demand.needs)
        }
        return tuple(code for code in self.policy.requirements if code in resting)


@lru_cache(maxsize=64)  # Asked of each person and duty, and few requirements are new at once.
def _grace_span(until: date, zone: ZoneInfo) -> Interval:
    """From always on until the end of the last day of a grace period."""
    return Interval(ALWAYS_SINCE, FOR_EVER if until == date.max else clock.ends(until, zone))


def _lie_in(times: _Times, others: _Times) -> bool:
    """Whether each of some times lies wholly within one of others, which are merged."""
    return all(covers(others, each.start, each.end) for each in times)


def _holds_at(times: Iterable[Interval], at: datetime) -> bool:
    for each in times:  # noqa: SIM110  pages ask thousands of times, and `any` takes twice as long
        if each.start <= at < each.end:
            return True
    return False


def matching_facts(facts: Sequence[Fact], need: Requirement) -> list[Fact]:
    """The facts of the kind, key and details that a requirement asks for, lapsed or not, but not withdrawn."""
    return _matching(without_withdrawn(facts), need)


def _matching(counted: list[Fact], need: Requirement) -> list[Fact]:
    return [fact for fact in counted if need.is_met_by(fact)]


def end_of(fact: Fact, facts: Sequence[Fact], zone: ZoneInfo) -> datetime:
    """The instant from which a fact no longer holds: the end of its last day, or a check that ended it earlier."""
    end = FOR_EVER if fact.valid_until is None else clock.ends(fact.valid_until, zone)
    if fact.kind == FactKind.CHECK:
        for refusal in not_suitable_checks(without_withdrawn(facts)):
            if refusal.happened_at >= fact.happened_at:
                end = min(end, refusal.happened_at)
    if fact.kind == FactKind.BRANCH:
        end = min(end, end_of_signature(fact, without_withdrawn(facts)))
    return end


def _times_valid(facts: Iterable[Fact], counted: Sequence[Fact], zone: ZoneInfo) -> list[Interval]:
    """When each of these facts holds, beside all that counts: what is asked of thousands of people, without steps."""
    valid = []
    for fact in facts:
        may_end = fact.valid_until is not None or fact.kind in _ENDED_BY_OTHERS
        end = end_of(fact, counted, zone) if may_end else FOR_EVER
        if end > fact.happened_at:
            valid.append(Interval(fact.happened_at, end))
    return valid


_ENDED_BY_OTHERS = frozenset({FactKind.CHECK, FactKind.BRANCH})
"""The kinds of which another fact may end one (`end_of`)."""


def birthday(born_on: date, years: int, zone: ZoneInfo) -> datetime:
    """The instant a person turns so many years old: the start of that day in the organisation's zone.

    Somebody born on 29 February has their birthday on 1 March in common years, as `ages.age_on` counts too.
    """
    try:
        day = born_on.replace(year=born_on.year + years)
    except ValueError:
        day = date(born_on.year + years, 3, 1)
    return clock.starts(day, zone)
