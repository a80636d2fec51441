"""References, the right to work and interviews: which details the ledger keeps of each, and their words."""

from __future__ import annotations

from enum import StrEnum

from progression.fact_kinds import FactKind
from progression.facts import Fact


class Relation(StrEnum):
    """How somebody who gives a reference knows the person."""

    WORK = "work"
    VOLUNTEERING = "volunteering"
    EDUCATION = "education"
    PERSONAL = "personal"

    @property
    def words(self) -> str:
        return {
            Relation.WORK: "From work",
            Relation.VOLUNTEERING: "From volunteering",
            Relation.EDUCATION: "From school, college or university",
            Relation.PERSONAL: "In person, and not as family",
        }[self]


class Proof(StrEnum):
    """What showed the right to work."""

    DOCUMENT = "document"
    ONLINE = "online"

    @property
    def words(self) -> str:
        return {
            Proof.DOCUMENT: "An original document, with the person present",
            Proof.ONLINE: "The government’s online service, with a share code",
        }[self]


class RecordOutcome(StrEnum):
    """What a reference or an interview came to."""

    GOOD = "good"
    UNDER_CONDITIONS = "under-conditions"
    CONCERNS = "concerns"

    @property
    def words(self) -> str:
        return {
            RecordOutcome.GOOD: "Good",
            RecordOutcome.UNDER_CONDITIONS: "Good, with something to look at first",
            RecordOutcome.CONCERNS: "Speaks against it",
        }[self]


RECORD_KINDS = (FactKind.REFERENCE, FactKind.RIGHT_TO_WORK, FactKind.INTERVIEW)
"""The kinds that are recorded on one form, each where the pathway asks for it."""


def record_details(fact: Fact) -> list[str]:
    """What an assessor reads of such a record besides its dates; empty for other facts."""
    if fact.kind not in RECORD_KINDS:
        return []
    words = []
    if fact.facts.get("relation") in set(Relation):
        words.append(f"Knows them: {Relation(fact.facts['relation']).words.lower()}")
    if fact.facts.get("proof") in set(Proof):
        words.append(Proof(fact.facts["proof"]).words)
    if fact.facts.get("outcome") in set(RecordOutcome):
        words.append(f"Outcome: {RecordOutcome(fact.facts['outcome']).words.lower()}")
    return words
