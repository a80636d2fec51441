"""Agreeing to a document: what the person has agreed to, and recording a new agreement as evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from app import clock, db, settings
from app.people.models import Person
from app.refusals import Conflict
from progression.asked_again import edition_of
from progression.documents.editions import Edition, asked_by, present_edition
from progression.documents.shipped import Document
from progression.evidence import NewEvidence, record
from progression.fact_kinds import FactKind
from progression.facts import Fact, without_withdrawn
from progression.ledger import facts_of_person
from progression.models import Evidence


@dataclass(frozen=True, slots=True)
class Agreement:
    """That a person agreed to one edition of a document."""

    edition: int
    fact: Fact

    @property
    def counts_until(self) -> date | None:
        """The last day on which it counts; None while no later edition asks again."""
        return self.fact.valid_until


def agreements_among(facts: Iterable[Fact], document: Document) -> list[Agreement]:
    """What these facts of one person say of agreements to a document, by edition and then as they were recorded."""
    found = [
        Agreement(number, fact)
        for fact in without_withdrawn(facts)
        if fact.kind == FactKind.ACCEPTED and fact.key == document.key and (number := edition_of(fact)) is not None
    ]
    return sorted(found, key=lambda each: (each.edition, each.fact.id))


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as one person meets it now: the present edition, their newest agreement, and what is asked of them."""

    edition: Edition
    agreement: Agreement | None
    agree_by: date | None
    """The day by which they are asked to agree again, which may be past; None where they are not asked again."""

    @property
    def has_agreed(self) -> bool:
        """Whether nothing is to be agreed to: they have agreed, and no newer edition that holds asks again."""
        return self.agreement is not None and self.agree_by is None

    def is_new_to_them(self, edition: Edition) -> bool:
        """Whether it holds since they agreed to an earlier one."""
        return self.agreement is not None and self.agreement.edition < edition.number <= self.edition.number


def reading_of(person_id: int, document: Document, now: datetime) -> Reading:
    """A document as this person meets it now."""
    today = clock.on(now, settings.current().zone)
    agreements = agreements_among(facts_of_person(person_id), document)
    newest = agreements[-1] if agreements else None
    agree_by = asked_by(document, newest.edition, today) if newest else None
    return Reading(present_edition(document, today), newest, agree_by)


def agree(
    person: Person, document: Document, *, edition: int, now: datetime, once: str | None = None
) -> Evidence | None:
    """Record the person's own agreement to the present edition; None when nothing is to be agreed to.

    Refuses an edition that is not the one that holds now: they would agree to a text they have not seen.
    """
    db.lock_people([person.id])
    reading = reading_of(person.id, document, now)
    if edition != reading.edition.number:
        raise Conflict(
            "There is another edition since you opened the page. Please read it again. Nothing was recorded."
        )
    if reading.has_agreed:
        return None
    return record(agreement_evidence(person.id, reading.edition), by=person.id, now=now, once=once)


def agreement_evidence(person_id: int, edition: Edition, happened_at: datetime | None = None) -> NewEvidence:
    """The evidence of an agreement to an edition, with the hash of its words."""
    return NewEvidence(
        person_id=person_id,
        kind=FactKind.ACCEPTED,
        key=edition.document.key,
        happened_at=happened_at,
        facts={"edition": str(edition.number), "text": edition.text_hash},
    )
