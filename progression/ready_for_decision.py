"""Who waits for a decision: everybody who lacks nothing else, and everybody who lacks one thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, distinct, func, or_, select, tuple_

from app import settings
from app.people.models import Person, PersonState
from progression.facts import FactKind
from progression.journey import StepProgress, step_ahead
from progression.labels import words_for
from progression.ledger import of_accounts
from progression.models import Evidence
from progression.pathway import Pathway
from progression.stages import Stage
from progression.standing import pathway_now

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who is ready for a decision, or nearly."""

    person: Person
    stage: Stage
    step: StepProgress
    missing: list[str]  # titles
    not_yet: bool  # somebody has said "not yet" and nothing was added since


def waiting_for_a_decision(now: datetime, *, but_not: int, lacking: int = 1) -> list[Waiting]:
    """Everybody who lacks nothing but a decision, then everybody who lacks up to `lacking` things (0 or 1); by name.

    `but_not` is who is asking: nobody decides about themselves.
    """
    policy, zone = pathway_now(now), settings.current().zone
    asked = {need.partition(":")[0] for need in policy.evidence_asked_for}
    known = of_accounts(
        Person.state != PersonState.SUSPENDED,
        Person.id != but_not,
        _perhaps_close(policy, lacking),
        kinds=asked | {FactKind.SIGN_OFF, FactKind.STEP_BACK, FactKind.NOT_YET, FactKind.WITHDRAWN},
    )
    found = []
    for each in known:
        step = step_ahead(each.facts, policy, zone, born_on=each.born_on, at=now)
        if step is not None and len(step.unmet) <= lacking and step.met:
            found.append(
                Waiting(
                    person=each.person,
                    stage=step.to.preceding or Stage.USER,
                    step=step,
                    missing=[words_for(unmet.need, now).title for unmet in step.unmet],
                    not_yet=each.facts[-1].kind == FactKind.NOT_YET,
                )
            )
    return sorted(found, key=lambda each: (len(each.step.unmet), each.not_yet))


def _perhaps_close(policy: Pathway, lacking: int) -> ColumnElement[bool]:
    """Who may be close to a step, so that thousands who are not need not be looked at one by one.

    For each step: who has evidence for all it asks but so many, and was not signed off for it. A sign-off counts for
    nothing in who ever stepped back or had something withdrawn. The pathway itself decides; this only leaves out whom
    it cannot.
    """
    wavering = select(Evidence.person_id).where(Evidence.kind.in_([FactKind.STEP_BACK, FactKind.WITHDRAWN]))
    close = []
    for to in policy.steps:
        asked = {(need.kind, need.key) for need in policy.needs_of_step(to) if need.kind != "age"}
        reached = select(Evidence.person_id).where(Evidence.kind == FactKind.SIGN_OFF, Evidence.key == to)
        brought = (
            select(Evidence.person_id)
            .where(tuple_(Evidence.kind, Evidence.key).in_(sorted(asked)))
            .group_by(Evidence.person_id)
            .having(func.count(distinct(Evidence.kind + ":" + Evidence.key)) >= max(1, len(asked) - lacking))
        )
        close.append(and_(Person.id.in_(brought), or_(Person.id.not_in(reached), Person.id.in_(wavering))))
    return or_(*close)


@dataclass(frozen=True, slots=True)
class PageOfWaiting:
    """Some of those who wait, and how many there are in all."""

    ready: Sequence[Waiting]
    nearly: Sequence[Waiting]
    ready_in_all: int
    nearly_in_all: int
    number: int
    pages: int


def page_of_waiting(waiting: Sequence[Waiting], number: int) -> PageOfWaiting:
    """Page `number`, from 1, of those who wait, in their order. A number beyond the last page gives the last."""
    pages = max(1, -(-len(waiting) // ON_A_PAGE))
    number = min(max(number, 1), pages)
    shown = waiting[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    ready_in_all = sum(each.step.is_ready for each in waiting)
    return PageOfWaiting(
        ready=[each for each in shown if each.step.is_ready],
        nearly=[each for each in shown if not each.step.is_ready],
        ready_in_all=ready_in_all,
        nearly_in_all=len(waiting) - ready_in_all,
        number=number,
        pages=pages,
    )
