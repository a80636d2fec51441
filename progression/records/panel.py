"""The panel beside a decision that says which branches somebody is in, and what references said about them."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from progression.branches.joining import branches_of
from progression.fact_kinds import FactKind
from progression.facts import without_withdrawn
from progression.ledger import facts_of_person
from progression.permissions import ProgressionPermission
from progression.record_details import RECORD_KINDS
from progression.records.recording import RECORDED_AS, asked_for, words_of_references
from progression.standing import pathway_now


def records_about(about: Person, reader: Person, now: datetime) -> Card | None:
    """Branches, references and the forms to record with; None where the pathway asks for none, and none is there."""
    policy, facts = pathway_now(now), facts_of_person(about.id)
    references = [fact for fact in without_withdrawn(facts) if fact.kind == FactKind.REFERENCE]
    kinds = [(kind, RECORDED_AS[kind]) for kind in RECORD_KINDS if asked_for(policy, kind)]
    if not (references or kinds or policy.branches):
        return None
    said = words_of_references(fact.id for fact in references) if references else {}
    today = clock.on(now, settings.current().zone)
    return Card(
        template="progression/panels/records.html",
        context={
            "of": about,
            "branches": branches_of(facts, policy, person_id=about.id, at=now),
            "references": [(fact, said.get(fact.id)) for fact in reversed(references)],
            "kinds": kinds,
            "may_record": ProgressionPermission.RECORD in permissions_of(reader.id, on=today),
        },
        order=40,
    )
