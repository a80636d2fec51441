"""The tables of the ledger: facts are only ever added, and the database refuses what the use cases refuse."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from app import db
from app.people.models import Person
from app.settings import Settings
from progression import evidence
from progression.evidence import NewEvidence
from progression.ledger import facts_of_person
from progression.models import Evidence
from tests.conftest import People
from tests.progression.bringing import is_observed
from tests.times import NOW

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


def test_evidence_cannot_be_changed_through_the_orm(observed: Evidence) -> None:
    def change() -> None:
        with db.writing():
            db.session.get_one(Evidence, observed.id).key = "lead"

    with pytest.raises(db.AppendOnly):
        change()
    assert db.session.get_one(Evidence, observed.id).key == "shift"


def test_evidence_cannot_be_removed_through_the_orm(observed: Evidence) -> None:
    with pytest.raises(db.AppendOnly), db.writing():
        db.session.delete(db.session.get_one(Evidence, observed.id))


def test_evidence_cannot_be_changed_or_removed_in_bulk(observed: Evidence) -> None:
    with pytest.raises(db.AppendOnly), db.writing():
        db.session.execute(update(Evidence).values(key="lead"))
    with pytest.raises(db.AppendOnly), db.writing():
        db.session.execute(delete(Evidence))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE evidence SET key = 'lead'",
        "UPDATE evidence SET id = id + 1",
        "DELETE FROM evidence",
        "DELETE FROM evidence WHERE kind = 'observed'",
    ],
)
def test_evidence_cannot_be_changed_or_removed_in_plain_sql(observed: Evidence, statement: str) -> None:
    with pytest.raises(DatabaseError, match="evidence only grows"), db.writing():
        db.session.execute(text(statement))
    assert [fact.key for fact in facts_of_person(observed.person_id)] == ["shift"]


SAME_NUMBER = (
    "INTO evidence (id, person_id, kind, key, happened_at, recorded_at, facts, once) "
    "SELECT id, person_id, 'worked', 'shift', happened_at, recorded_at, facts, 'another' FROM evidence"
)


SAME_MARK = (
    "INTO evidence (id, person_id, kind, key, happened_at, recorded_at, facts, once) "
    "SELECT id + 1, person_id, 'worked', 'shift', happened_at, recorded_at, facts, once FROM evidence"
)


@pytest.mark.parametrize("overwriting", [SAME_NUMBER, SAME_MARK])
def test_evidence_cannot_be_overwritten(wren: Person, overwriting: str) -> None:
    with db.writing():
        evidence.record(
            NewEvidence(person_id=wren.id, kind="training", key="conflict"), by=None, now=NOW, once="completion:7"
        )
    on_sqlite = db.session().get_bind().dialect.name == "sqlite"
    with pytest.raises(DatabaseError), db.writing():
        db.session.execute(text(f"INSERT {'OR REPLACE ' if on_sqlite else ''}{overwriting}"))
    assert [fact.kind for fact in facts_of_person(wren.id)] == ["training"]


def test_a_foreign_tool_cannot_overwrite_evidence_either(observed: Evidence, settings_for_tests: Settings) -> None:
    if not settings_for_tests.database_url.startswith("sqlite"):
        return  # PostgreSQL knows no insert that replaces; the one that updates wakes the guard of updates.
    with (
        closing(sqlite3.connect(settings_for_tests.database_url.removeprefix("sqlite:///"))) as foreign,
        pytest.raises(sqlite3.IntegrityError, match="only grows"),
    ):
        foreign.execute(f"INSERT OR REPLACE {SAME_NUMBER}")


@pytest.mark.parametrize("kind", ["check", "observed", "sign-off", "signature", "confirmed", "not-yet"])
def test_the_database_itself_refuses_what_somebody_says_of_themselves(wren: Person, kind: str) -> None:
    for by in (wren.id, None):
        with pytest.raises(IntegrityError, match="decided_by_somebody_else"), db.writing():
            db.session.execute(insert(Evidence).values(_row(wren, kind=kind, by_person_id=by)))


def test_the_database_itself_refuses_an_agreement_by_another(wren: Person, sable: Person) -> None:
    with pytest.raises(IntegrityError, match="accepted_by_themselves"), db.writing():
        db.session.execute(insert(Evidence).values(_row(wren, kind="accepted", by_person_id=sable.id)))


def _row(person: Person, **values: object) -> dict[str, object]:
    basis: dict[str, object] = {
        "person_id": person.id,
        "key": "shift",
        "happened_at": NOW,
        "recorded_at": NOW,
        "facts": {},
    }
    return basis | values
