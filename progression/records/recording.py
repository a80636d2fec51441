"""Recording references, the right to work and interviews: each where the pathway asks for it, by somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from app import clock, db, settings
from app.day_bounds import RECORDED_BACK
from app.people.models import Person
from app.refusals import Conflict, Invalid, NotFound
from app.typed_text import one_line
from progression.evidence import NewEvidence, record
from progression.fact_kinds import FactKind
from progression.facts import without_withdrawn
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.pathway import Pathway, Requirement
from progression.record_details import RECORD_KINDS, Proof, RecordOutcome, Relation
from progression.records.models import LONGEST_NAME, LONGEST_WORDS, ReferenceWords
from progression.standing import pathway_now

RECORDED_AS = {
    FactKind.REFERENCE: "a reference",
    FactKind.RIGHT_TO_WORK: "the right to work",
    FactKind.INTERVIEW: "an interview",
}
"""Of each kind, what is recorded, as a sentence has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRecord:
    """What was entered. `words` of a reference are for those who see evidence; of an interview the person reads them.

    `holds_until` is the day by which it has to be looked at again, None where it has no end.
    """

    kind: FactKind
    key: str
    on: date
    holds_until: date | None = None
    outcome: RecordOutcome | None = None
    relation: Relation | None = None
    proof: Proof | None = None
    referee: str = ""
    words: str = ""


def asked_for(policy: Pathway, kind: FactKind) -> list[Requirement]:
    """What the pathway asks for of one of these kinds, each key once; refuses a kind that is not recorded like this."""
    if kind not in RECORD_KINDS:
        raise NotFound("Nothing of that kind is recorded here.")
    found = {need.key: need for need in reversed(policy.requirements.values()) if need.kind == kind}
    return list(reversed(found.values()))


def record_it(person: Person, new: NewRecord, *, by: Person, now: datetime, once: str | None = None) -> Evidence:
    """Record a reference, the right to work or an interview that `by` saw themselves.

    Refuses what the pathway does not ask for, impossible days, one's own, and a second reference by the same person,
    which would be one.
    """
    if new.key not in {need.key for need in asked_for(pathway_now(now), new.kind)}:
        raise Invalid("Choose what it is for.", field="what")
    _refuse_impossible_days(new, now)
    db.lock_people([person.id])
    referee, words = one_line(new.referee), new.words.strip()
    if new.kind is FactKind.REFERENCE:
        _check_reference(person, referee, words, once=once)
    row = record(
        NewEvidence(
            person_id=person.id,
            kind=new.kind,
            key=new.key,
            happened_at=min(clock.starts(new.on, settings.current().zone), now),
            valid_until=new.holds_until,
            facts=_details(new),
            note=words if new.kind is FactKind.INTERVIEW else None,
        ),
        by=by.id,
        now=now,
        once=once,
    )
    if new.kind is FactKind.REFERENCE and db.session.get(ReferenceWords, row.id) is None:
        db.session.add(ReferenceWords(evidence_id=row.id, referee=referee, words=words))
        db.session.flush()
    return row


def words_of_references(evidence_ids: Iterable[int]) -> dict[int, ReferenceWords]:
    """Who gave these references and what they said; without those that were erased. For who may see evidence."""
    rows = db.session.scalars(select(ReferenceWords).where(ReferenceWords.evidence_id.in_(sorted(evidence_ids))))
    return {row.evidence_id: row for row in rows}


def _details(new: NewRecord) -> Mapping[str, str]:
    said = {"outcome": new.outcome, "relation": new.relation, "proof": new.proof}
    return {name: value.value for name, value in said.items() if value is not None}


def _check_reference(person: Person, referee: str, words: str, *, once: str | None) -> None:
    if not referee or len(referee) > LONGEST_NAME:
        raise Invalid(f"Give the name of who gave it, up to {LONGEST_NAME} characters.", field="referee")
    if not words or len(words) > LONGEST_WORDS:
        raise Invalid(f"Write down what they said, up to {LONGEST_WORDS:,} characters.", field="words")
    facts = [fact for fact in without_withdrawn(facts_of_person(person.id)) if fact.kind == FactKind.REFERENCE]
    sent_before = select(Evidence.id).where(Evidence.once == once) if once else None
    earlier = words_of_references(fact.id for fact in facts)
    if sent_before is not None and db.session.scalar(sent_before) is not None:
        return
    if any(each.referee.casefold() == referee.casefold() for each in earlier.values()):
        raise Conflict(
            f"A reference by {referee} is recorded already. If this is another person of that name, add what tells "
            "them apart; if the first was wrong, withdraw it."
        )


def _refuse_impossible_days(new: NewRecord, now: datetime) -> None:
    today = clock.on(now, settings.current().zone)
    if new.on > today:
        raise Invalid("That day is still to come. Give the day it happened.", field="happened_on")
    if new.on < today - RECORDED_BACK:
        raise Invalid("That is more than ten years ago. Look at the year again.", field="happened_on")
    if new.holds_until is not None and new.holds_until <= today:
        raise Invalid("That day is not to come: it would be out of date already.", field="holds_until")
