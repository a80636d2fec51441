"""Where people stand now and what they may do, read from the database for one person or for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from app import clock, settings
from app.people import ages
from app.policies import documents
from progression.clearance import both, clearances
from progression.duties import Duty
from progression.facts import Fact, FactKind
from progression.intervals import ALWAYS_SINCE, FOR_EVER, Interval, covers, joined
from progression.ledger import of_people
from progression.missing import Lack, lacks_of
from progression.models import Evidence
from progression.pathway import Pathway
from progression.stages import Stage, stage_reached

Clearances = dict[str, tuple[Interval, ...]]

DECIDE_THE_STAGE = frozenset({FactKind.SIGN_OFF, FactKind.STEP_BACK, FactKind.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one person stands at an instant, and when they may do each duty, by their evidence."""

    stage: Stage
    clearances: Clearances
    lacks: tuple[Lack, ...] = ()
    """What keeps them from the duty that was asked about; of somebody suspended nothing is said."""

    def may(self, duty: str, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether they may do the duty for the whole of this time."""
        return covers(self.clearances[duty], starts_at, ends_at)

    def loses_something_against(self, before: Standing, *, now: datetime) -> bool:
        """Whether, from now on, this is less than what they had: a lower stage, or an hour they may no longer
        do.
        """
        return self.stage < before.stage or any(
            not covers(self.clearances[duty], max(was.start, now), was.end)
            for duty, spans in before.clearances.items()
            for was in spans
            if was.end > now
        )


def pathway_now(now: datetime) -> Pathway:
    """The pathway that holds on the day it is now in the organisation's zone."""
    return documents.on(Pathway, clock.on(now, settings.current().zone))


def stages_of(ids: Iterable[int], now: datetime) -> dict[int, Stage]:
    """The stage each of these people stands at; one query."""
    known = of_people(ids, kinds=DECIDE_THE_STAGE)
    return {person_id: stage_reached(facts, at=now) for person_id, facts in known.items()}


def clearances_of(ids: Iterable[int], now: datetime) -> dict[int, Clearances]:
    """When each of these people may do each duty (every duty has an entry), by what is known now.

    A change of the pathway that is already written holds from its own day on. Suspended people may do
    nothing.
    """
    return {person_id: standing.clearances for person_id, standing in standings_of(ids, now).items()}


def perhaps_cleared(duty: str, now: datetime) -> Select[int]:
    """The ids of all who were ever signed off for a stage at which this duty may be done, now or by a pathway to come.

    Whoever is left out may not do it; of the others `clearances_of` knows. It keeps thousands from being looked at.
    """
    zone = settings.current().zone
    lowest = min(pathway.duties[Duty(duty)].from_stage for _, pathway in pathways_from(clock.on(now, zone), zone))
    reached = [stage for stage in Stage if stage >= lowest]
    return select(Evidence.person_id).where(Evidence.kind == FactKind.SIGN_OFF, Evidence.key.in_(reached)).distinct()


def may_do(person_id: int, duty: str, *, starts_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether the person may do this duty for the whole of this time, by what is known now."""
    return standing_of(person_id, now).may(duty, starts_at, ends_at)


def standing_of(person_id: int, now: datetime) -> Standing:
    """Where one person stands."""
    return standings_of([person_id], now)[person_id]


def standings_of(
    ids: Iterable[int], now: datetime, *, lacking: tuple[Duty, Interval] | None = None
) -> dict[int, Standing]:
    """Where each of these people stands; a handful of queries, however many they are.

    `lacking` names a duty and a time: then each standing also says what keeps the person from that duty in it.
    """
    wanted = sorted(set(ids))
    zone = settings.current().zone
    pathways = pathways_from(clock.on(now, zone), zone)
    asked = {evidence.partition(":")[0] for _, pathway in pathways for evidence in pathway.evidence_asked_for}
    known = of_people(wanted, kinds=DECIDE_THE_STAGE | asked)
    accounts = ages.known_of(wanted)
    found = {}
    for person_id, facts in known.items():
        account = accounts.get(person_id)
        may_count = account is not None and not account.is_suspended
        born_on = account.born_on if account else None
        lacks: tuple[Lack, ...] = ()
        if lacking is not None and may_count:
            duty, within = lacking
            lacks = lacks_of(pathways, facts, duty, zone, born_on=born_on, at=now, within=within)
        found[person_id] = Standing(
            stage=stage_reached(facts, at=now),
            clearances=clearances_under(pathways, facts if may_count else [], zone, born_on),
            lacks=lacks,
        )
    return found


def lacks_by_duty(person_id: int, now: datetime) -> dict[Duty, tuple[Lack, ...]]:
    """What keeps one person from each duty at this moment, in the order of duties; of somebody suspended nothing."""
    zone = settings.current().zone
    pathways = pathways_from(clock.on(now, zone), zone)
    asked = {evidence.partition(":")[0] for _, pathway in pathways for evidence in pathway.evidence_asked_for}
    facts = of_people([person_id], kinds=DECIDE_THE_STAGE | asked)[person_id]
    account = ages.known_of([person_id]).get(person_id)
    if account is None or account.is_suspended:
        return {}
    within = Interval(now, now + timedelta(minutes=1))
    return {
        duty: lacks_of(pathways, facts, duty, zone, born_on=account.born_on, at=now, within=within) for duty in Duty
    }


def pathways_from(day: date, zone: ZoneInfo) -> list[tuple[Interval, Pathway]]:
    """The pathway that holds on a day and those already written to follow it, each with the time it decides
    for.

    What came before the day is judged by the one that holds on it: nobody is rostered into the past.
    """
    versions = documents.from_day_on(Pathway, day)
    starts = [ALWAYS_SINCE] + [clock.starts(holds_from, zone) for holds_from, _ in versions[1:]]
    ends = [*starts[1:], FOR_EVER]
    return [(Interval(start, end), pathway) for start, end, (_, pathway) in zip(starts, ends, versions, strict=True)]


def clearances_under(
    pathways: Sequence[tuple[Interval, Pathway]], facts: Sequence[Fact], zone: ZoneInfo, born_on: date | None
) -> Clearances:
    """When the facts allow each duty, each pathway deciding for its own time; a shift may cross from one to
    the next.
    """
    allowed: Mapping[Duty, list[Interval]] = {duty: [] for duty in Duty}
    for time, pathway in pathways:
        for duty in Duty:
            allowed[duty] += both((time,), clearances(facts, pathway, duty, zone, born_on=born_on))
    return {duty: joined(spans) for duty, spans in allowed.items()}
