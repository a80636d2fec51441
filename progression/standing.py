"""The stage and the clearances of one person or of many at once, read from the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from app import clock, db, settings
from app.people import ages
from app.policies import documents
from progression.clearance import Eligibility
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import Fact, kind_of
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, intersection, merged
from progression.journey import StepProgress, step_ahead
from progression.ledger import facts_of_people
from progression.missing import MissingRequirement, missing_for_duty
from progression.models import Evidence
from progression.pathway import Pathway
from progression.stages import Stage, stage_after, stage_changes, stage_reached

Clearances = Mapping[str, tuple[Interval, ...]]
"""Of each duty, when a person may do it."""

TIME_TO_FIND_COVER = timedelta(days=3)
"""How long before the day by which something is asked the shifts after it become free for others to fill."""

ALL_TIME = Interval(ALWAYS_SINCE, FOR_EVER)  # what one pathway decides for where no other is written to follow it

DECIDE_THE_STAGE = frozenset({FactKind.SIGN_OFF, FactKind.STEP_BACK, FactKind.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Standing:
    """The stage of one person at an instant, and when they may do each duty, by their evidence."""

    stage: Stage
    clearances: Clearances
    missing: tuple[MissingRequirement, ...] = ()
    """What keeps them from the duty that was asked about; empty for a suspended person."""
    without: tuple[str, ...] = ()
    """The codes of the requirements that their clearance of this instant does without, for a grace period."""

    def may(self, duty: str, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether they may do the duty for the whole of this time."""
        return covers(self.clearances[duty], starts_at, ends_at)

    def is_less_than(self, before: Standing, *, now: datetime) -> bool:
        """Whether, from now on, this takes something away: a lower stage, or an hour of a duty they could do."""
        return self.stage < before.stage or any(
            not covers(self.clearances[duty], max(interval.start, now), interval.end)
            for duty, intervals in before.clearances.items()
            for interval in intervals
            if interval.end > now
        )


def pathway_now(now: datetime) -> Pathway:
    """The pathway in force today, by the calendar of the organisation's zone."""
    return documents.on(Pathway, clock.on(now, settings.current().zone))


def steps_now(ids: Collection[int], now: datetime) -> dict[int, StepProgress | None]:
    """How far each of these people is with their next step today; None at the last stage. Three queries."""
    policy, zone = pathway_now(now), settings.current().zone
    facts, born_on = facts_of_people(ids), ages.born_on(ids)
    return {
        person_id: step_ahead(facts[person_id], policy, zone, born_on=born_on.get(person_id), at=now)
        for person_id in ids
    }


def step_now(person_id: int, now: datetime) -> StepProgress | None:
    """How far one person is with their next step today."""
    return steps_now([person_id], now)[person_id]


def stages_of(ids: Iterable[int], now: datetime) -> dict[int, Stage]:
    """The stage of each of these people, in one query."""
    facts_by_person = facts_of_people(ids, kinds=DECIDE_THE_STAGE)
    return {person_id: stage_reached(facts, at=now) for person_id, facts in facts_by_person.items()}


def clearances_of(ids: Iterable[int], now: datetime) -> dict[int, Clearances]:
    """When each of these people may do each duty (every duty has an entry), by the evidence recorded so far.

    A pathway written for a later day decides from that day on. Suspended people may do nothing.
    """
    return {person_id: standing.clearances for person_id, standing in standings_of(ids, now).items()}


def ever_signed_off_for(duty: str, now: datetime) -> Select[int]:
    """The ids of all people ever signed off for a stage that does this duty, today or by a pathway already written.

    A superset of the people who may do it, so that one query rules out thousands; `clearances_of` decides on the rest.
    """
    zone = settings.current().zone
    lowest = min(pathway.duties[Duty(duty)].from_stage for _, pathway in pathways_from(clock.on(now, zone), zone))
    stages = [stage for stage in Stage if stage >= lowest]
    return select(Evidence.person_id).where(Evidence.kind == FactKind.SIGN_OFF, Evidence.key.in_(stages)).distinct()


def may_do(person_id: int, duty: str, *, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether the person may do this duty for the whole of this time, by the evidence recorded so far."""
    return standing_of(person_id, now).may(duty, starts_at, ends_at)


@db.cached_per_request
def standing_of(person_id: int, now: datetime) -> Standing:
    """The standing of one person."""
    return _standings_of([person_id], now)[person_id]


def standings_of(
    ids: Iterable[int],
    now: datetime,
    *,
    missing_for: tuple[Duty, Interval] | None = None,
    with_time_to_do_it: bool = False,
    with_grace: bool = True,
) -> dict[int, Standing]:
    """The standing of each of these people; the number of queries does not grow with the number of people.

    With `missing_for`, a duty and a time, each standing also lists what keeps the person from that duty in that time.
    With `with_time_to_do_it`, what is asked of them again, or is new, takes nothing away while its day is further off
    than `TIME_TO_FIND_COVER`: they can still do it. Without `with_grace` nothing says what clearances do without.
    """
    wanted = sorted(set(ids))
    if len(wanted) == 1 and missing_for is None and not with_time_to_do_it:
        return {wanted[0]: standing_of(wanted[0], now)}
    return _standings_of(
        wanted, now, missing_for=missing_for, with_time_to_do_it=with_time_to_do_it, with_grace=with_grace
    )


def _standings_of(
    wanted: Sequence[int],
    now: datetime,
    *,
    missing_for: tuple[Duty, Interval] | None = None,
    with_time_to_do_it: bool = False,
    with_grace: bool = True,
) -> dict[int, Standing]:
    zone = settings.current().zone
    today = clock.on(now, zone)
    pathways = pathways_from(today, zone)
    due_before = today + TIME_TO_FIND_COVER if with_time_to_do_it else None
    decide = [(time, each.with_time_to_do_it(due_before)) for time, each in pathways] if due_before else pathways
    facts_by_person = facts_of_people(wanted, kinds=kinds_that_matter(pathways), due_before=due_before)
    accounts = ages.account_facts_of(wanted)
    standings = {}
    for person_id, facts in facts_by_person.items():
        account = accounts.get(person_id)
        is_active = account is not None and not account.is_closed
        born_on = account.born_on if account else None
        missing: tuple[MissingRequirement, ...] = ()
        if missing_for is not None and is_active:
            duty, within = missing_for
            missing = missing_for_duty(pathways, facts, duty, zone, born_on=born_on, at=now, within=within)
        deciding = _deciding(decide, facts if is_active else [], zone, born_on)
        today_by = deciding[0][1] if decide is pathways else _deciding(pathways[:1], facts, zone, born_on)[0][1]
        standings[person_id] = Standing(
            stage=stage_after(today_by.stage_changes if is_active else stage_changes(facts), at=now),
            clearances=_ClearancesOf(deciding),
            missing=missing,
            without=today_by.rests_on_grace(now) if is_active and with_grace else (),
        )
    return standings


def missing_by_duty(person_id: int, now: datetime) -> dict[Duty, tuple[MissingRequirement, ...]]:
    """What keeps one person from each duty at this moment, in the order of duties; empty for a suspended person."""
    zone = settings.current().zone
    pathways = pathways_from(clock.on(now, zone), zone)
    facts = facts_of_people([person_id], kinds=kinds_that_matter(pathways))[person_id]
    account = ages.account_facts_of([person_id]).get(person_id)
    if account is None or account.is_closed:
        return {}
    within = Interval(now, now + timedelta(minutes=1))
    return {
        duty: missing_for_duty(pathways, facts, duty, zone, born_on=account.born_on, at=now, within=within)
        for duty in Duty
    }


def missing_ahead(
    ids: Iterable[int], duties: Iterable[Duty], within: Interval, now: datetime
) -> dict[int, dict[Duty, tuple[MissingRequirement, ...]]]:
    """What each of these people does not meet for all of a time, for each duty that they may ever do by their stage.

    Empty for a duty that they may do all the time. A duty that they may not do for another reason, such as a closed
    account or no sign-off, is left out. The number of queries does not grow with the number of people.
    """
    zone = settings.current().zone
    pathways = pathways_from(clock.on(now, zone), zone)
    wanted, asked = sorted(set(ids)), list(duties)
    accounts = ages.account_facts_of(wanted)
    found: dict[int, dict[Duty, tuple[MissingRequirement, ...]]] = {}
    for person_id, facts in facts_of_people(wanted, kinds=kinds_that_matter(pathways)).items():
        account = accounts.get(person_id)
        found[person_id] = {}
        if account is None or account.is_closed:
            continue
        clear = clearances_under(pathways, facts, zone, account.born_on)
        for duty in asked:
            missing: tuple[MissingRequirement, ...] = ()
            if not covers(clear[duty], within.start, within.end):
                of = account.born_on
                missing = missing_for_duty(pathways, facts, duty, zone, born_on=of, at=now, within=within)
            if not any(kind_of(each.evidence) in DECIDE_THE_STAGE and not each.held for each in missing):
                found[person_id][duty] = missing
    return found


def kinds_that_matter(pathways: Sequence[tuple[Interval, Pathway]]) -> frozenset[str]:
    """The kinds of fact that decide a stage, or that one of the pathways asks for."""
    return DECIDE_THE_STAGE.union(*(pathway.kinds_read for _, pathway in pathways))


def pathways_from(day: date, zone: ZoneInfo) -> list[tuple[Interval, Pathway]]:
    """The pathway in force on a day and those already written to follow it, each with the time it decides for.

    Time before the day is decided by the pathway in force on the day: no shift is planned in the past.
    """
    versions = documents.from_day_on(Pathway, day)
    starts = [ALWAYS_SINCE] + [clock.starts(holds_from, zone) for holds_from, _ in versions[1:]]
    ends = [*starts[1:], FOR_EVER]
    return [(Interval(start, end), pathway) for start, end, (_, pathway) in zip(starts, ends, versions, strict=True)]


def clearances_under(
    pathways: Sequence[tuple[Interval, Pathway]], facts: Sequence[Fact], zone: ZoneInfo, born_on: date | None
) -> Clearances:
    """When the facts allow each duty, each pathway deciding for its own time; a shift may span two of them."""
    return _ClearancesOf(_deciding(pathways, facts, zone, born_on))


def _deciding(
    pathways: Sequence[tuple[Interval, Pathway]], facts: Sequence[Fact], zone: ZoneInfo, born_on: date | None
) -> list[tuple[Interval, Eligibility]]:
    return [(time, Eligibility(facts, pathway, zone, born_on)) for time, pathway in pathways]


class _ClearancesOf(Mapping[str, tuple[Interval, ...]]):
    """When somebody may do each duty, worked out for a duty when it is asked for.

    Most pages read thousands of people and ask about one duty, or about the few who have a seat.
    """

    def __init__(self, deciding: Sequence[tuple[Interval, Eligibility]]) -> None:
        self._deciding = deciding
        self._known: dict[str, tuple[Interval, ...]] = {}

    def __getitem__(self, duty: str) -> tuple[Interval, ...]:
        if duty not in self._known and self._deciding[0][0] == ALL_TIME:
            of_duty = duty if isinstance(duty, Duty) else Duty(duty)
            self._known[duty] = self._deciding[0][1].clearance(of_duty)
        elif duty not in self._known:
            self._known[duty] = merged(
                interval
                for time, eligibility in self._deciding
                for interval in intersection((time,), eligibility.clearance(Duty(duty)))
            )
        return self._known[duty]

    def __iter__(self) -> Iterator[str]:
        return iter(Duty)

    def __len__(self) -> int:
        return len(Duty)
