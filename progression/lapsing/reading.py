"""Which people hold something that lapses soon, read from the database in a few queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from app import clock, settings
from app.people.models import CLOSED, Person
from progression import asked_again
from progression.labels import requirement_kind
from progression.lapses import Lapse, lapses
from progression.ledger import Named, people_with_facts
from progression.models import Evidence
from progression.pathway import Pathway, Requirement, Unit, Window
from progression.standing import kinds_that_matter, pathway_now, pathways_from
from progression.worked import WORKED


@dataclass(frozen=True, slots=True)
class PersonLapses:
    """Somebody, and what of theirs lapses, the soonest first."""

    person: Named
    lapses: list[Lapse]


def people_who_lapse(
    now: datetime, until: date, *conditions: ColumnElement[bool], ids: Collection[int] | None = None
) -> list[PersonLapses]:
    """The people who hold something that a duty of theirs rests on and that ends up to a day; with `ids`, of those.

    One query finds who may, and reads the evidence about them; `lapses` decides.
    """
    policy, zone = pathway_now(now), settings.current().zone
    today = clock.on(now, zone)
    # Of few people all is read; of all people, what cannot lapse is left in the database.
    among = _may_lapse(policy, today, until) if ids is None else Person.id.in_(ids)
    who = [Person.state.not_in(CLOSED), among, *conditions]
    found = []
    for each in people_with_facts(*who, kinds=kinds_that_matter(pathways_from(today, zone))):
        lapsing = lapses(each.facts, policy, zone, born_on=each.born_on, at=now, until=until)
        if lapsing:
            found.append(PersonLapses(each.person, lapsing))
    return found


def evidence_that_lapses(now: datetime, until: date) -> frozenset[int]:
    """The ids of the evidence behind all of it: what progression tells people of, so that nobody else needs to."""
    found = people_who_lapse(now, until)
    return frozenset(number for each in found for lapse in each.lapses for number in lapse.rests_on)


def is_asked_again(lapse: Lapse) -> bool:
    """Whether it ends because a newer edition is asked for: then who is asked has an e-mail about that."""
    asked = asked_again.asked_of(lapse.need.kind, lapse.need.key)
    return any(each.holds_until == lapse.last_day for each in asked)


def is_renewed_by_themselves(need: Requirement) -> bool:
    """Whether the person can renew it alone, also by working; otherwise somebody who may record evidence does."""
    kind = requirement_kind(need.evidence)
    return need.kind == WORKED or (kind is not None and kind.by_themselves)


def _may_lapse(policy: Pathway, first: date, last: date) -> ColumnElement[bool]:
    """The condition that a person has evidence which a duty asks for and which ends in these days: more than who do."""
    ending = select(Evidence.person_id).where(evidence_of_duties(policy), Evidence.valid_until.between(first, last))
    otherwise = ends_otherwise(policy, first, last)
    holds = Person.id.in_(ending)
    return holds if otherwise is None else or_(holds, otherwise)


def evidence_of_duties(policy: Pathway, row: type[Evidence] = Evidence) -> ColumnElement[bool]:
    """The condition that evidence is of a kind, with the details, that a duty asks for; without what counts lately.

    `row` is the table or an alias of it.
    """
    return or_(
        false(),
        *(
            and_(
                row.kind == need.kind,
                row.key == need.key,
                *(row.facts[detail].as_string().in_(accepted) for detail, accepted in need.facts.items()),
            )
            for need in _of_duties(policy)
            if need.within is None
        ),
    )


def not_withdrawn(row: type[Evidence]) -> ColumnElement[bool]:
    """The condition that evidence was not withdrawn; `row` is the table or an alias of it."""
    correction = aliased(Evidence)
    return ~exists().where(correction.withdraws_id == row.id)


def ends_otherwise(policy: Pathway, first: date, last: date) -> ColumnElement[bool] | None:
    """The condition that something of a person's may end in these days without a last day of its own; None for nobody.

    Because a newer edition is asked for, or because a window is no longer kept.
    """
    calls = [each for each in asked_again.in_force() if first <= each.holds_until <= last]
    about = (select(Evidence.person_id).where(asked_again.is_about(each)) for each in calls)
    found: list[ColumnElement[bool]] = [Person.id.in_(each) for each in about]
    for need in _of_duties(policy):
        if need.within is not None:
            found.append(_window_may_end(need, need.within, last))
    return or_(*found) if found else None


def _of_duties(policy: Pathway) -> list[Requirement]:
    asked = {code for demand in policy.duties.values() for code in demand.needs}
    return [need for code, need in policy.requirements.items() if code in asked]


def _window_may_end(need: Requirement, window: Window, last: date) -> ColumnElement[bool]:
    """The condition that somebody did what a window counts, and not enough of it lately to keep it beyond a day."""
    counted = (Evidence.kind == need.kind) & (Evidence.key == need.key)
    restarts = (evidence.partition(":") for evidence in window.restarted_by)
    ever = or_(counted, *((Evidence.kind == kind) & (Evidence.key == key) for kind, _, key in restarts))
    have = Person.id.in_(select(Evidence.person_id).where(ever))
    if window.unit is not Unit.SHIFTS or window.shifts_since is not None:
        return have  # how long shifts were, or how many came since, is not a question for SQL
    kept_since = clock.starts(last - timedelta(days=window.days + window.grace_days), settings.current().zone)
    enough = (
        select(Evidence.person_id)
        .where(
            counted,
            *(Evidence.facts[detail].as_string().in_(accepted) for detail, accepted in need.facts.items()),
            Evidence.happened_at >= kept_since,
            not_withdrawn(Evidence),
        )
        .group_by(Evidence.person_id)
        .having(func.count() >= window.keeps)
    )
    return have & Person.id.not_in(enough)
