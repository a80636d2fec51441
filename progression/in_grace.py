"""People who go on for a while without a requirement that is new: who they are, and telling them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select

from app import clock, db, settings
from app.outbox import queue
from app.people.models import CLOSED, Person
from app.policies import documents
from app.wording import day_in_words, plural
from progression.clearance import clearances_for_each, rests_on_grace
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.intervals import FOR_EVER, Interval
from progression.ledger import PersonFacts, people_with_facts
from progression.models import Evidence
from progression.notices import NewRequirement
from progression.pathway import Pathway, Requirement
from progression.standing import kinds_that_matter, pathway_now, pathways_from

RUNS_AT = time(9, 10)  # in the morning, when people can still plan their evening


@dataclass(frozen=True, slots=True)
class InGrace:
    """One new requirement, the last day on which some people do without it, and their ids and names."""

    code: str
    title: str
    until: date
    people: tuple[tuple[int, str], ...]

    @property
    def words(self) -> str:
        """What coordinators read."""
        return words(self.title, self.until)


def words(title: str, until: date) -> str:
    """Of somebody in a grace period: "Cleared until 3 January 2027 without Safeguarding essentials"."""
    return f"Cleared until {day_in_words(until)} without {title}"


def people_in_grace(now: datetime) -> list[InGrace]:
    """Each new requirement with the people whose clearance of today does without it.

    Asks the database nothing while the pathway of today gives no grace period.
    """
    policy, zone = pathway_now(now), settings.current().zone
    if not any(_is_open(need, clock.on(now, zone)) for need in policy.requirements.values()):
        return []
    found: dict[str, list[tuple[int, str]]] = {}
    for each in _signed_off(now):
        for code in rests_on_grace(each.facts, policy, zone, born_on=each.born_on, at=now):
            found.setdefault(code, []).append((each.person.id, each.person.display_name))
    return _by_requirement(policy, found)


def in_grace_among(names: Mapping[int, str], without: Mapping[int, Collection[str]], now: datetime) -> list[InGrace]:
    """The same of some people by id, whose names and what their clearance does without are known already."""
    found: dict[str, list[tuple[int, str]]] = {}
    for person_id, name in sorted(names.items(), key=lambda one: (one[1].casefold(), one[0])):
        for code in without.get(person_id, ()):
            found.setdefault(code, []).append((person_id, name))
    return _by_requirement(pathway_now(now), found)


def _by_requirement(policy: Pathway, found: Mapping[str, Sequence[tuple[int, str]]]) -> list[InGrace]:
    return [
        InGrace(code, need.title, need.grace.until, tuple(found[code]))
        for code, need in policy.requirements.items()
        if need.grace is not None and code in found
    ]


@dataclass(frozen=True, slots=True)
class Grace:
    """What one person's clearance for a duty does without, in sentences, and the last day on which it may."""

    words: str
    until: date


def graces_for(duty: Duty, without: Mapping[int, Collection[str]], now: datetime) -> dict[int, Grace]:
    """Of people by id, with what their clearance does without: what of it a duty asks for, and until when they may."""
    policy = pathway_now(now)
    found: dict[int, Grace] = {}
    for person_id, codes in without.items():
        needs = [policy.requirements[code] for code in policy.duties[duty].needs if code in codes]
        open_ones = [(need.title, need.grace.until) for need in needs if need.grace is not None]
        if open_ones:
            sentences = " ".join(f"{words(title, until)}." for title, until in open_ones)
            found[person_id] = Grace(sentences, min(until for _title, until in open_ones))
    return found


def _is_open(need: Requirement, today: date) -> bool:
    return need.grace is not None and need.grace.until >= today


def _signed_off(now: datetime) -> list[PersonFacts]:
    zone = settings.current().zone
    return _with_sign_off(kinds_that_matter(pathways_from(clock.on(now, zone), zone)))


def _with_sign_off(kinds: Collection[str]) -> list[PersonFacts]:
    signed_off = select(Evidence.person_id).where(Evidence.kind == FactKind.SIGN_OFF)
    return people_with_facts(Person.state.not_in(CLOSED), Person.id.in_(signed_off), kinds=kinds)


def effects_of(pathway: Pathway, holds_from: date, now: datetime) -> list[str]:
    """How many people this pathway would give a grace period and take duties from, on its first day; as sentences.

    By the evidence recorded so far, beside the version that holds on that day otherwise.
    """
    zone = settings.current().zone
    before = documents.on(Pathway, holds_from)
    at = max(now, clock.starts(holds_from, zone))
    kinds = kinds_that_matter([(Interval(at, FOR_EVER), each) for each in (before, pathway)])
    given: Counter[str] = Counter()
    losing = 0
    for each in _with_sign_off(kinds):
        had = _duties_at(each, before, at)
        losing += bool(had - _duties_at(each, pathway, at))
        given.update(rests_on_grace(each.facts, pathway, zone, born_on=each.born_on, at=at) if had else ())
    sentences = [
        f"{plural(given[code], 'person goes', 'people go')} on without “{need.title}” until "
        f"{day_in_words(need.grace.until)}, and no longer unless they have done it."
        for code, need in pathway.requirements.items()
        if need.grace is not None and given[code]
    ]
    if losing:
        sentences.append(
            f"{plural(losing, 'person loses', 'people lose')} a duty on {day_in_words(clock.on(at, zone))}."
        )
    return sentences


def _duties_at(each: PersonFacts, pathway: Pathway, at: datetime) -> set[Duty]:
    cleared = clearances_for_each(Duty, each.facts, pathway, settings.current().zone, born_on=each.born_on)
    return {duty for duty, spans in cleared.items() if any(span.start <= at < span.end for span in spans)}


def tell_people(now: datetime) -> None:
    """Queue an e-mail to everybody in a grace period: one when it begins, one 14 and one 3 days before its end.

    Each once, however often this runs. Who takes what is asked in the meantime gets no more.
    """
    zone = settings.current().zone
    today = clock.on(now, zone)
    for each in people_in_grace(now):
        step = queue.step_before(each.until, today)
        notice = NewRequirement(code=each.code, until=each.until.isoformat())
        for people in queue.batches(each.people):
            with db.writing():
                for person_id, _name in people:
                    queue.enqueue(
                        notice,
                        to=person_id,
                        once=f"{notice.kind}:{notice.code}:{notice.until}:{person_id}:{step}",
                        now=now,
                        deadline=clock.ends(each.until, zone),
                    )
