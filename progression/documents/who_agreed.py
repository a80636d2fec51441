"""Who agreed to which edition of a document, and when; and who has to agree again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app import db
from app.people.models import CLOSED, Person
from progression.asked_again import edition_named
from progression.documents.agreeing import Agreement, agreements_among
from progression.documents.shipped import DOCUMENTS, Document
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person
from progression.models import Evidence


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """That a person agreed to an edition, and whether they did so here or records say so."""

    person_id: int
    name: str
    edition: int
    agreed_at: datetime
    is_taken_over: bool


def agreed_to(document: Document) -> list[AgreedLine]:
    """The newest agreement of each person with an open account, by name; one query."""
    correction = aliased(Evidence)
    rows = db.session.execute(
        select(Evidence.person_id, Person.display_name, Evidence.facts, Evidence.happened_at, Evidence.takeover_id)
        .join(Person, Person.id == Evidence.person_id)
        .where(
            Evidence.kind == FactKind.ACCEPTED,
            Evidence.key == document.key,
            Person.state.not_in(CLOSED),
            ~exists().where(correction.withdraws_id == Evidence.id),
        )
        .order_by(Person.display_name, Evidence.person_id, Evidence.id)
    )
    newest: dict[int, AgreedLine] = {}
    for person_id, name, facts, agreed_at, takeover_id in rows:
        edition = edition_named(FactKind.ACCEPTED, facts)
        earlier = newest.get(person_id)
        if edition is not None and (earlier is None or earlier.edition <= edition):
            newest[person_id] = AgreedLine(person_id, name, edition, agreed_at, takeover_id is not None)
    return list(newest.values())


def to_agree_again(document: Document, number: int) -> list[AgreedLine]:
    """The people who agreed to an edition before this one, and to none from it on, by name."""
    return [line for line in agreed_to(document) if line.edition < number]


def agreements_of(person_id: int) -> Sequence[tuple[Document, Sequence[Agreement]]]:
    """Every agreement of one person by document, the newest first; documents without one are left out."""
    facts = facts_of_person(person_id)
    found = [(document, agreements_among(facts, document)[::-1]) for document in DOCUMENTS]
    return [(document, agreements) for document, agreements in found if agreements]
