"""The people who are ready for a decision on their next step, or are missing one requirement of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, union_all

from app import settings
from app.people.models import Person, PersonState
from progression.fact_kinds import FactKind
from progression.facts import kind_of
from progression.journey import StepProgress, step_ahead
from progression.labels import requirement_label
from progression.ledger import people_with_facts
from progression.models import Evidence
from progression.pathway import AGE, Pathway
from progression.stages import Stage
from progression.standing import pathway_now

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class DecisionCandidate:
    """A person who is ready for a decision, or nearly."""

    person: Person
    stage: Stage
    step: StepProgress
    missing: list[str]  # titles
    not_yet: bool  # the newest fact is a "not yet"


def candidates_for_decision(now: datetime, *, excluding: int, most_missing: int = 1) -> list[DecisionCandidate]:
    """The people who meet all requirements of their next step but `most_missing` (0 or 1); complete first, by name.

    `excluding` is the id of the person who asks: nobody decides about themselves.
    """
    policy, zone = pathway_now(now), settings.current().zone
    asked = {kind_of(evidence) for evidence in policy.evidence_asked_for}
    people = people_with_facts(
        Person.state != PersonState.SUSPENDED,
        Person.id != excluding,
        _may_be_close(policy, most_missing),
        kinds=asked | {FactKind.SIGN_OFF, FactKind.STEP_BACK, FactKind.NOT_YET, FactKind.WITHDRAWN},
    )
    candidates = []
    for each in people:
        step = step_ahead(each.facts, policy, zone, born_on=each.born_on, at=now)
        if step is not None and len(step.unmet) <= most_missing and step.met:
            candidates.append(
                DecisionCandidate(
                    person=each.person,
                    stage=step.to.preceding or Stage.USER,
                    step=step,
                    missing=[requirement_label(unmet.need, now).title for unmet in step.unmet],
                    not_yet=each.facts[-1].kind == FactKind.NOT_YET,
                )
            )
    return sorted(candidates, key=lambda each: (len(each.step.unmet), each.not_yet))


def _may_be_close(policy: Pathway, most_missing: int) -> ColumnElement[bool]:
    """A condition for people who may be close to a step, which rules out thousands in one query.

    For each step: people with evidence for all but `most_missing` of its requirements who were signed off for the step
    before it and not for it. Sign-offs are ignored for people who ever stepped back or had a fact withdrawn, since they
    may no longer hold. Selects a superset; the pathway then decides on each person.
    """
    # Each part reads one range of the index on kind, key and person, and nothing else: on both databases that takes a
    # fraction of the time of counting over the whole table.
    close: list[Select[int]] = []
    for to in policy.steps:
        asked = sorted({(need.kind, need.key) for need in policy.needs_of_step(to) if need.kind != AGE})
        having = [
            select(Evidence.person_id, literal(number).label("requirement")).where(
                Evidence.kind == kind, Evidence.key == key
            )
            for number, (kind, key) in enumerate(asked)
        ]
        if not having:
            continue
        found = union_all(*having).subquery()
        near = select(found.c.person_id).where(found.c.person_id.not_in(_signed_off_for(to)))
        if to.preceding in policy.steps:
            near = near.where(found.c.person_id.in_(_signed_off_for(to.preceding)))
        least = max(1, len(asked) - most_missing)
        close.append(near.group_by(found.c.person_id).having(func.count(distinct(found.c.requirement)) >= least))
    close.append(select(Evidence.person_id).where(Evidence.kind.in_([FactKind.STEP_BACK, FactKind.WITHDRAWN])))
    return Person.id.in_(union_all(*close))


def _signed_off_for(stage: Stage) -> Select[int]:
    return select(Evidence.person_id).where(Evidence.kind == FactKind.SIGN_OFF, Evidence.key == stage)


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """One page of candidates, with the totals of all pages."""

    ready: Sequence[DecisionCandidate]
    nearly: Sequence[DecisionCandidate]
    ready_in_all: int
    nearly_in_all: int
    number: int
    pages: int


def candidate_page(candidates: Sequence[DecisionCandidate], number: int) -> CandidatePage:
    """Page `number`, from 1, of the candidates in their order; a number beyond the last page gives the last page."""
    pages = max(1, -(-len(candidates) // PER_PAGE))
    number = min(max(number, 1), pages)
    shown = candidates[(number - 1) * PER_PAGE : number * PER_PAGE]
    ready_in_all = sum(each.step.is_ready for each in candidates)
    return CandidatePage(
        ready=[each for each in shown if each.step.is_ready],
        nearly=[each for each in shown if not each.step.is_ready],
        ready_in_all=ready_in_all,
        nearly_in_all=len(candidates) - ready_in_all,
        number=number,
        pages=pages,
    )
