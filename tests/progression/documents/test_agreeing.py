"""Agreeing to a document: which edition, when it is recorded, and what an agreement keeps of the words."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest

from app import db, markdown
from app.people.models import Person, Role
from app.refusals import Conflict, NotFound
from progression import evidence
from progression.documents import agreeing
from progression.documents.agreeing import agree, reading_of
from progression.documents.shipped import (
    CODE_OF_CONDUCT,
    COMMUNITY_GUIDELINES,
    DOCUMENTS,
    Document,
    document_called,
    shipped_text,
)
from progression.evidence import NewEvidence
from progression.facts import Fact
from progression.ledger import facts_of_person
from tests.conftest import People
from tests.times import NOW

# People have agreed to these words. A changed text is another edition, never another file of the same number.
HASHES_OF_SHIPPED_TEXTS = {
    "code-of-conduct": "19b4a70b5a5181a92f9ac9d91f6216d2b3a9b1bf9b0d9782ae1b88573d7b879c",
    "community-guidelines": "6188292ee5bfcc192827bd07887e66bab2f33a317134c15d908919e2e8d28a9b",
    "confidentiality": "83d07bb1068c0c913b9679f43ce2d9de08f8e59793d08dbeb11952595fe284f7",
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: each.key)
def test_a_shipped_text_never_changes_and_keeps_to_the_dialect(document: Document) -> None:
    text = shipped_text(document)
    assert hashlib.sha256(text.encode()).hexdigest() == HASHES_OF_SHIPPED_TEXTS[document.key]
    assert list(markdown.faults(text)) == []


def test_the_guidelines_work_through_at_least_six_posts() -> None:
    examples = re.split(r"^### ", shipped_text(COMMUNITY_GUIDELINES), flags=re.MULTILINE)[1:]
    assert len(examples) >= 6
    assert all("\n> " in each and "**We " in each for each in examples)


def test_agreeing_twice_is_one_agreement_and_an_old_page_is_refused(people: People) -> None:
    moss = people.person("Moss")
    for _ in range(2):
        with db.writing():
            agree(moss, CODE_OF_CONDUCT, edition=1, now=NOW)
    [fact] = facts_of_person(moss.id)
    text_hash = hashlib.sha256(shipped_text(CODE_OF_CONDUCT).encode()).hexdigest()
    assert (fact.kind, fact.key, dict(fact.facts)) == (
        "accepted",
        "code-of-conduct",
        {"edition": "1", "text": text_hash},
    )
    with pytest.raises(Conflict, match="read it again"), db.writing():
        agree(moss, CODE_OF_CONDUCT, edition=2, now=NOW)


def test_an_agreement_of_before_there_were_editions_with_hashes_keeps_counting(people: People) -> None:
    moss = people.person("Moss")
    earlier = NewEvidence(person_id=moss.id, kind="accepted", key="code-of-conduct", facts={"edition": "1"})
    with db.writing():
        evidence.record(earlier, by=moss.id, now=NOW - timedelta(days=300))
    assert reading_of(moss.id, CODE_OF_CONDUCT, NOW).has_agreed
    assert not reading_of(moss.id, COMMUNITY_GUIDELINES, NOW).has_agreed


def test_an_agreement_that_was_withdrawn_can_be_given_again(people: People) -> None:
    moss, sable = people.person("Moss"), people.person("Sable", roles=(Role.ASSESSOR,))
    agreed = _agrees(moss)
    with db.writing():
        evidence.withdraw(agreed, by=sable.id, why="Somebody else was signed in.", now=NOW)
    assert not reading_of(moss.id, CODE_OF_CONDUCT, NOW).has_agreed
    _agrees(moss)
    assert reading_of(moss.id, CODE_OF_CONDUCT, NOW).has_agreed


def _agrees(person: Person) -> int:
    with db.writing():
        agreed = agree(person, CODE_OF_CONDUCT, edition=1, now=NOW)
        assert agreed is not None
        return agreed.id


def test_a_document_that_is_not_there_is_refused() -> None:
    with pytest.raises(NotFound):
        document_called("house-rules")


@pytest.mark.parametrize("named", [None, "", "x", "１", "1" * 20])
def test_an_agreement_that_names_no_edition_is_none(named: str | None, people: People) -> None:
    moss = people.person("Moss")
    facts = {} if named is None else {"edition": named}
    fact = _fact(moss.id)._replace(facts=facts)
    assert agreeing.agreements_among([fact], CODE_OF_CONDUCT) == []


def _fact(person_id: int) -> Fact:
    return Fact(1, person_id, "accepted", "code-of-conduct", NOW, NOW, by_person_id=person_id)
