"""What progression brings to the list of people: stage, what they are cleared for, and what runs out soon.

Whether somebody is cleared is decided by `clearance`. To narrow thousands of people, the same is asked in SQL of those
whose evidence is plain; a test holds the two together. People who stepped back, had evidence withdrawn or a check that
ended another are few, and `clearance` itself decides on them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select

from app import clock, db, settings
from app.people import ages
from app.people.listing import PeopleColumn, PeopleFilter, PeopleNote, PeopleNotes
from app.people.models import CLOSED, Person
from app.policies import documents
from progression import asked_again
from progression.checks import Outcome
from progression.clearance import times_met
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.facts import AWAY, kind_of
from progression.intervals import Interval, covers
from progression.ledger import PersonFacts, people_with_facts
from progression.models import Evidence
from progression.pathway import AGE, Pathway, Requirement
from progression.permissions import ProgressionPermission
from progression.stages import Stage, stage_called, stage_reached
from progression.standing import (
    Standing,
    clearances_under,
    kinds_that_matter,
    pathway_now,
    pathways_from,
    standings_of,
)
from progression.worked import WORKED

ANY_DUTY = "any"
A_MOMENT = timedelta(minutes=1)


def _instant(day: date, now: datetime) -> datetime:
    """The instant of a day at which the list looks: this one, or the start of another day."""
    zone = settings.current().zone
    return now if day == clock.on(now, zone) else clock.starts(day, zone)


def is_at_stage(stages: Collection[Stage], at: datetime, now: datetime) -> ColumnElement[bool]:
    """The condition that a person has reached one of these stages, and none beyond it, at an instant."""
    plainly = func.coalesce(_last_signed_off(at), Stage.USER.value).in_([stage.value for stage in stages])
    others = [each.person.id for each in _others(now) if stage_reached(each.facts, at=at) in stages]
    return or_(and_(Person.id.not_in(_not_plain()), plainly), Person.id.in_(others))


def is_cleared(duties: Collection[Duty], at: datetime, now: datetime) -> ColumnElement[bool]:
    """The condition that a person may do one of these duties at an instant, by the evidence recorded so far."""
    policy = documents.on(Pathway, clock.on(at, settings.current().zone))
    plainly = [_holds_all(policy, duty, at) for duty in duties]
    others = [each.person.id for each in _others(now) if _may_one(each, duties, at, now)]
    return and_(
        Person.state.not_in(CLOSED),
        or_(and_(Person.id.not_in(_not_plain()), or_(*plainly)), Person.id.in_(others)),
    )


def loses_soon(now: datetime) -> ColumnElement[bool]:
    """The condition that somebody may do a duty now, and no longer once `lapses_soon_days` have passed.

    One query finds the people who hold something that ends in these days; `clearance` decides on them.
    """
    zone = settings.current().zone
    pathways = pathways_from(clock.on(now, zone), zone)
    until = _soon(now)
    first, last = clock.on(now, zone), clock.on(until, zone)
    asked = [each for each in asked_again.in_force() if first <= each.holds_until <= last]
    lately = {(need.kind, need.key) for _, policy in pathways for need in policy.requirements.values() if need.within}
    ending = select(Evidence.person_id).where(
        or_(
            Evidence.valid_until.between(first, last),
            *(asked_again.is_about(each) for each in asked),
            *((Evidence.kind == kind) & (Evidence.key == key) for kind, key in sorted(lately)),
        )
    )
    in_grace = [
        and_(_in_grace(policy, duty, need, now), or_(~_holds(need, until), Person.id.in_(_not_plain())))
        for _, policy in pathways
        for duty in Duty
        for need in policy.needs_of_duty(duty)
        if need.grace and first <= need.grace.until <= last
    ]
    # A query of its own, which is asked once for each person and not for each piece of their evidence.
    may_lose = select(Person.id).where(or_(Person.id.in_(ending), *in_grace)).correlate(None)
    people = people_with_facts(Person.state.not_in(CLOSED), Person.id.in_(may_lose), kinds=kinds_that_matter(pathways))
    losing = []
    for each in people:
        allowed = clearances_under(pathways, each.facts, zone, each.born_on)
        if any(_ends_within(spans, now, until) for spans in allowed.values()):
            losing.append(each.person.id)
    return Person.id.in_(losing)


def _holds_all(policy: Pathway, duty: Duty, at: datetime) -> ColumnElement[bool]:
    needs = policy.needs_of_duty(duty)
    return and_(
        _is_from_stage(policy, duty, at),
        *(
            or_(_holds(need, at), _in_grace(policy, duty, need, at)) if need.grace else _holds(need, at)
            for need in needs
        ),
    )


def _is_from_stage(
    policy: Pathway, duty: Duty, at: datetime, *, recorded_by: datetime | None = None
) -> ColumnElement[bool]:
    lowest = policy.duties[duty].from_stage
    return _last_signed_off(at, recorded_by).in_([stage.value for stage in Stage if stage >= lowest])


def _in_grace(policy: Pathway, duty: Duty, need: Requirement, at: datetime) -> ColumnElement[bool]:
    """The condition that a person may do a duty without a new requirement at an instant: `grace_times`, in SQL."""
    if need.grace is None or at >= clock.ends(need.grace.until, settings.current().zone):
        return false()
    then = need.grace.cleared_at
    others = [other for other in policy.needs_of_duty(duty) if other.grace is None]
    return and_(
        _is_from_stage(policy, duty, then, recorded_by=then),
        *(_holds(other, then, recorded_by=then) for other in others),
    )


def _holds(need: Requirement, at: datetime, *, recorded_by: datetime | None = None) -> ColumnElement[bool]:
    day = clock.on(at, settings.current().zone)
    if need.kind == AGE:
        return ages.is_at_least(int(need.key), on=day)
    if need.pauses_for_leave or need.at_stage is not None:
        return Person.id.in_(_who_meet(need, at, recorded_by))
    holding = select(Evidence.person_id).where(
        Evidence.kind == need.kind,
        Evidence.key == need.key,
        Evidence.happened_at <= at,
        or_(Evidence.valid_until.is_(None), Evidence.valid_until >= day),
        ~asked_again.ended_by(need.kind, need.key, day),
        *(Evidence.facts[detail].as_string().in_(accepted) for detail, accepted in need.facts.items()),
        *([Evidence.recorded_at <= recorded_by] if recorded_by else []),
    )
    if need.times > 1:  # of a branch so many people, otherwise so much
        what = func.count(Evidence.by_person_id.distinct()) if need.kind == FactKind.BRANCH else func.count()
        holding = holding.group_by(Evidence.person_id).having(what >= need.times)
    return Person.id.in_(holding)


def _who_meet(need: Requirement, at: datetime, recorded_by: datetime | None) -> list[int]:
    """The people who meet a requirement of time at an instant: SQL cannot say it, so `clearance` decides on each."""
    restarts = need.within.restarted_by if need.within else ()
    kinds = {need.kind, AWAY, FactKind.WITHDRAWN, *map(kind_of, restarts)}
    kinds |= {FactKind.SIGN_OFF, FactKind.STEP_BACK} if need.at_stage else set()
    kinds |= {WORKED} if need.within and need.within.shifts_since else set()
    zone = settings.current().zone
    meeting = []
    for each in people_with_facts(Person.state.not_in(CLOSED), kinds=kinds):
        facts = [fact for fact in each.facts if recorded_by is None or fact.recorded_at <= recorded_by]
        if any(span.start <= at < span.end for span in times_met(facts, need, zone, born_on=each.born_on)):
            meeting.append(each.person.id)
    return meeting


def _last_signed_off(at: datetime, recorded_by: datetime | None = None) -> ColumnElement[str]:
    """The stage that a person was last signed off for at an instant, as a value of the outer query's row."""
    return (
        select(Evidence.key)
        .where(Evidence.person_id == Person.id, Evidence.kind == FactKind.SIGN_OFF, Evidence.happened_at <= at)
        .where(*([Evidence.recorded_at <= recorded_by] if recorded_by else []))
        .order_by(Evidence.happened_at.desc(), Evidence.id.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )


def _not_plain() -> Select[int]:
    """The people of whom one row of evidence may end or undo another."""
    undoes = Evidence.kind.in_([FactKind.STEP_BACK, FactKind.WITHDRAWN, FactKind.BRANCH_LEFT])
    ends = (Evidence.kind == FactKind.CHECK) & (Evidence.facts["outcome"].as_string() == Outcome.NOT_SUITABLE.value)
    return select(Evidence.person_id).where(or_(undoes, ends))


@db.cached_per_request
def _others(now: datetime) -> Sequence[PersonFacts]:
    """The people whose evidence is not plain, with their facts."""
    zone = settings.current().zone
    kinds = kinds_that_matter(pathways_from(clock.on(now, zone), zone))
    return people_with_facts(Person.id.in_(_not_plain()), kinds=kinds)


def _may_one(each: PersonFacts, duties: Collection[Duty], at: datetime, now: datetime) -> bool:
    zone = settings.current().zone
    allowed = clearances_under(pathways_from(clock.on(now, zone), zone), each.facts, zone, each.born_on)
    return any(covers(allowed[duty], at, at + A_MOMENT) for duty in duties)


@db.cached_per_request
def _standings(ids: tuple[int, ...], now: datetime) -> Mapping[int, Standing]:
    return standings_of(ids, now)


def _stages(ids: Collection[int], now: datetime) -> dict[int, Stage]:
    return {person_id: standing.stage for person_id, standing in _standings(tuple(ids), now).items()}


def _duties(ids: Collection[int], now: datetime) -> dict[int, list[Duty]]:
    return {
        person_id: [duty for duty in Duty if standing.may(duty, now, now + A_MOMENT)]
        for person_id, standing in _standings(tuple(ids), now).items()
    }


def _lapsing(ids: Collection[int], now: datetime) -> dict[int, list[PeopleNote]]:
    """When a duty ends that somebody may do now; not what ends it, which only people who see evidence read."""
    until, notes = _soon(now), {}
    zone = settings.current().zone
    for person_id, standing in _standings(tuple(ids), now).items():
        ends: dict[date, list[str]] = {}
        for duty in Duty:
            if (end := _ends_within(standing.clearances[duty], now, until)) is not None:
                ends.setdefault(clock.on(end - A_MOMENT, zone), []).append(duty.words)
        notes[person_id] = [
            PeopleNote("waiting", f"{', '.join(duties).capitalize()} until {{day}}", day)
            for day, duties in sorted(ends.items())
        ]
    return notes


def _soon(now: datetime) -> datetime:
    return now + timedelta(days=pathway_now(now).lapses_soon_days)


def _ends_within(spans: Iterable[Interval], now: datetime, until: datetime) -> datetime | None:
    """The end of the time that holds now, where it comes before an instant."""
    return next((span.end for span in spans if span.start <= now < span.end <= until), None)


def _stage_choices(_now: datetime) -> list[tuple[str, str]]:
    return [(stage.value, stage.value) for stage in Stage]


def _duty_choices(_now: datetime) -> list[tuple[str, str]]:
    return [(ANY_DUTY, "any duty"), *((duty.value, duty.words) for duty in Duty)]


def _lapse_choices(now: datetime) -> list[tuple[str, str]]:
    return [("soon", f"within {pathway_now(now).lapses_soon_days} days")]


PEOPLE_FILTERS = (
    PeopleFilter(
        "stage",
        "Stage",
        _stage_choices,
        lambda choice, day, now: is_at_stage([stage_called(choice)], _instant(day, now), now),
        ProgressionPermission.SEE_STANDING,
    ),
    PeopleFilter(
        "cleared",
        "Cleared for",
        _duty_choices,
        lambda choice, day, now: is_cleared(
            list(Duty) if choice == ANY_DUTY else [Duty(choice)], _instant(day, now), now
        ),
        ProgressionPermission.SEE_STANDING,
    ),
    PeopleFilter(
        "lapsing",
        "A clearance ends",
        _lapse_choices,
        lambda _choice, _day, now: loses_soon(now),
        ProgressionPermission.SEE_STANDING,
    ),
)
PEOPLE_COLUMNS = (
    PeopleColumn(
        "Stage",
        "progression/people/stage.html",
        _stages,
        ProgressionPermission.SEE_STANDING,
        {"Stage": lambda stage: str(stage.value)},
    ),
    PeopleColumn(
        "Cleared for",
        "progression/people/cleared.html",
        _duties,
        ProgressionPermission.SEE_STANDING,
        {"Cleared for": lambda duties: ", ".join(duty.words for duty in duties)},
    ),
)
PEOPLE_NOTES = (PeopleNotes(_lapsing, ProgressionPermission.SEE_STANDING),)
