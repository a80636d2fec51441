"""Reading the ledger: facts of many people at once, and their notes."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update

from app import db
from app.people.models import Person
from progression.ledger import facts_of_people, facts_of_person, notes_of
from progression.models import Evidence, EvidenceNote
from tests.conftest import People
from tests.progression.bringing import is_observed, passes_conflict

pytestmark = pytest.mark.both_databases


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren")


@pytest.fixture
def sable(people: People) -> Person:
    return people.person("Sable")


@pytest.fixture
def observed(wren: Person, sable: Person) -> Evidence:
    return is_observed(wren, "shift", by=sable)


def test_a_note_can_be_erased_and_the_fact_stays(observed: Evidence) -> None:
    assert notes_of([observed.id])[observed.id].text == "Calm and kind, and asked for help early."
    with db.writing():
        db.session.execute(delete(EvidenceNote).where(EvidenceNote.evidence_id == observed.id))
    assert notes_of([observed.id]) == {}
    assert [fact.id for fact in facts_of_person(observed.person_id)] == [observed.id]
    assert db.session.get_one(Evidence, observed.id).note_hash is not None


def test_a_note_that_somebody_changed_is_known_to_be_changed(observed: Evidence) -> None:
    assert notes_of([observed.id])[observed.id].is_as_written
    with db.writing():
        db.session.execute(update(EvidenceNote).values(text="Careless."))
    assert not notes_of([observed.id])[observed.id].is_as_written


def test_two_equal_notes_have_different_hashes(wren: Person, sable: Person, observed: Evidence) -> None:
    again = is_observed(wren, "shift", by=sable)
    assert again.note_hash != observed.note_hash


def test_facts_of_many_people_come_in_one_answer_with_an_entry_for_everybody(
    wren: Person, sable: Person, observed: Evidence
) -> None:
    passes_conflict(sable)
    known = facts_of_people([wren.id, sable.id, 9999])
    assert {person_id: [fact.requirement for fact in facts] for person_id, facts in known.items()} == {
        wren.id: ["observed:shift"],
        sable.id: ["training:conflict"],
        9999: [],
    }
    assert facts_of_people([wren.id], kinds={"training"}) == {wren.id: []}
    assert facts_of_people([]) == {}
