"""The people who are ready for a decision on their next step, or are missing one requirement of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from sqlalchemy import ColumnElement, Select, distinct, func, literal, select, union_all

from app import db, settings
from app.people.directory import names_of
from app.people.models import CLOSED, Person
from progression.fact_kinds import FactKind
from progression.facts import Fact
from progression.journey import StepProgress, codes_missing, step_ahead
from progression.labels import requirement_label
from progression.ledger import Named, Note, PersonFacts, notes_of, people_with_facts
from progression.models import Evidence
from progression.pathway import COMPUTED, Pathway
from progression.reopened import Reopened, reopened_of
from progression.signing import Signatures, signatures_for
from progression.stages import Stage
from progression.standing import pathway_now

PER_PAGE = 50

DECIDING = frozenset(
    {
        FactKind.SIGN_OFF,
        FactKind.SIGNATURE,
        FactKind.CONFIRMED,
        FactKind.STEP_BACK,
        FactKind.NOT_YET,
        FactKind.WITHDRAWN,
    }
)
"""The kinds of decisions, and what undoes them."""


@dataclass(frozen=True, slots=True)
class DecisionCandidate:
    """A person who is ready for a decision, or nearly, or was told "not yet" with nothing new since."""

    person: Named
    stage: Stage
    step: StepProgress
    missing: list[str]  # titles
    not_yet: Fact | None  # the "not yet" about this step, while nothing has changed since
    signatures: Signatures
    may_be_signed: bool  # by the person who asks; not where they have signed, or did most of the observing

    @property
    def is_waiting(self) -> bool:
        """Whether who asks should look now: all is there, they may sign, and no "not yet" still stands."""
        return not self.missing and self.not_yet is None and self.may_be_signed

    @property
    def waits_for_others(self) -> bool:
        """Whether all is there, and it is others who sign next."""
        return not self.missing and self.not_yet is None and not self.may_be_signed


def candidates_for_decision(now: datetime, *, excluding: int, most_missing: int = 1) -> list[DecisionCandidate]:
    """The people who meet all requirements of their next step but `most_missing` (0 or 1); complete first, by name.

    `excluding` is the id of the person who asks: nobody decides about themselves.
    """
    policy, zone = pathway_now(now), settings.current().zone
    titles: dict[str, str] = {}  # of requirements; thousands of people miss one of a few
    candidates: list[tuple[bool, int, DecisionCandidate]] = []
    for each in _people_close(now, excluding, most_missing):
        step = step_ahead(each.facts, policy, zone, born_on=each.born_on, at=now)
        unmet = step.unmet if step is not None else ()
        if step is None or len(unmet) > most_missing or len(unmet) == len(step.needs):
            continue
        for one in unmet:
            if one.need.title not in titles:
                titles[one.need.title] = requirement_label(one.need, now).title
        signatures = signatures_for(each.facts, step, policy)
        candidate = DecisionCandidate(
            person=each.person,
            stage=step.to.preceding or Stage.USER,
            step=step,
            missing=[titles[one.need.title] for one in unmet],
            not_yet=_standing_not_yet(each.facts, step, policy),
            signatures=signatures,
            may_be_signed=signatures.may_sign(excluding),
        )
        candidates.append((candidate.not_yet is not None, len(unmet), candidate))
    return [candidate for *_, candidate in sorted(candidates, key=itemgetter(0, 1))]


@dataclass(frozen=True, slots=True)
class ReopenedDecision:
    """A person with a sign-off that rested on something which was withdrawn since."""

    person: Named
    reopened: Reopened


def reopened_decisions(now: datetime, *, excluding: int, most_missing: int = 1) -> list[ReopenedDecision]:
    """The sign-offs to look at again, by name; from the query of `candidates_for_decision`, which is asked once."""
    return [
        ReopenedDecision(each.person, reopened)
        for each in _people_close(now, excluding, most_missing)
        for reopened in reopened_of(each.facts)
    ]


@db.cached_per_request
def _people_close(now: datetime, excluding: int, most_missing: int) -> list[PersonFacts]:
    """The people who may be close to a step, or of whom something was withdrawn, with all that decides on it."""
    policy = pathway_now(now)
    return people_with_facts(
        Person.state.not_in(CLOSED),
        Person.id != excluding,
        _may_be_close(policy, most_missing),
        kinds=policy.kinds_read | DECIDING,
    )


def _standing_not_yet(facts: Sequence[Fact], step: StepProgress, policy: Pathway) -> Fact | None:
    """The newest fact, if it is a "not yet" about this step that was said when just the same was missing.

    A requirement can also be met by time alone, such as an age, or lapse; then there is something to look at again.
    """
    newest = facts[-1]
    if newest.kind != FactKind.NOT_YET or newest.key != step.to:
        return None
    return newest if set(newest.facts.get("missing", [])) == set(codes_missing(step, policy)) else None


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
        asked = sorted({(need.kind, need.key) for need in policy.needs_of_step(to) if need.kind not in COMPUTED})
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
class NotYetLine:
    """A person who was told "not yet", by whom, and the reason where it was not erased."""

    candidate: DecisionCandidate
    fact: Fact
    by: str
    reason: Note | None


@dataclass(frozen=True, slots=True)
class CandidatePage:
    """One page of candidates, with the totals of all pages."""

    ready: Sequence[DecisionCandidate]
    signed: Sequence[DecisionCandidate]  # ready, and others sign next
    nearly: Sequence[DecisionCandidate]
    not_yet: Sequence[NotYetLine]
    ready_in_all: int
    signed_in_all: int
    nearly_in_all: int
    not_yet_in_all: int
    number: int
    pages: int


def _not_yet_lines(candidates: Sequence[DecisionCandidate]) -> list[NotYetLine]:
    told = [(each, each.not_yet) for each in candidates if each.not_yet is not None]
    notes = notes_of(fact.id for _, fact in told)
    names = names_of({fact.by_person_id for _, fact in told if fact.by_person_id is not None}) if told else {}
    return [
        NotYetLine(
            each, fact, names[fact.by_person_id] if fact.by_person_id is not None else "Nightlight", notes.get(fact.id)
        )
        for each, fact in told
    ]


def candidate_page(candidates: Sequence[DecisionCandidate], number: int) -> CandidatePage:
    """Page `number`, from 1, of the candidates in their order; a number beyond the last page gives the last page."""
    pages = max(1, -(-len(candidates) // PER_PAGE))
    number = min(max(number, 1), pages)
    shown = candidates[(number - 1) * PER_PAGE : number * PER_PAGE]
    ready_in_all = sum(each.is_waiting for each in candidates)
    signed_in_all = sum(each.waits_for_others for each in candidates)
    not_yet_in_all = sum(each.not_yet is not None for each in candidates)
    return CandidatePage(
        ready=[each for each in shown if each.is_waiting],
        signed=[each for each in shown if each.waits_for_others],
        nearly=[each for each in shown if each.not_yet is None and each.missing],
        not_yet=_not_yet_lines(shown),
        ready_in_all=ready_in_all,
        signed_in_all=signed_in_all,
        nearly_in_all=len(candidates) - ready_in_all - signed_in_all - not_yet_in_all,
        not_yet_in_all=not_yet_in_all,
        number=number,
        pages=pages,
    )
