"""The audit trail: lines are added in the transaction of their change, in a chain, and never changed.

That the chain shows every tampering is in `tests/app/trail/test_verification.py`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app import audit, db
from app.audit import AuditLine
from app.db import AppendOnly, WriteOutsideTransaction
from app.people.models import Person, PersonState
from app.settings import Settings
from app.trail import verification
from app.trail.seals import ChangedWithoutLine
from tests.conftest import People
from tests.times import NOW

pytestmark = pytest.mark.both_databases


@pytest.fixture(autouse=True)
def three_lines(app: Flask) -> None:
    for number in (1, 2, 3):
        with db.writing():
            audit.record(
                "test.happened",
                by=None,
                subject=f"thing:{number}",
                now=NOW + timedelta(minutes=number),
                details={"n": number},
            )


def test_an_untouched_chain_is_unbroken() -> None:
    assert list(verification.check()) == []
    assert audit.count_lines() == 3


def test_a_line_is_rolled_back_with_its_change() -> None:
    def record_and_fail() -> None:
        audit.record("test.happened", by=None, subject="thing:4", now=NOW)
        raise RuntimeError

    with pytest.raises(RuntimeError), db.writing():
        record_and_fail()
    assert audit.count_lines() == 3


def test_a_line_outside_a_writing_transaction_is_refused() -> None:
    with pytest.raises(WriteOutsideTransaction):
        audit.record("test.happened", by=None, subject="thing:4", now=NOW)


def test_no_line_can_be_changed_or_removed_through_the_orm() -> None:
    with pytest.raises(AppendOnly), db.writing():
        db.session.get_one(AuditLine, 2).action = "test.lied"
    with pytest.raises(AppendOnly), db.writing():
        db.session.delete(db.session.get_one(AuditLine, 2))


def test_no_line_can_be_changed_or_removed_in_bulk() -> None:
    with pytest.raises(AppendOnly), db.writing():
        db.session.execute(update(AuditLine).values(action="test.lied"))
    with pytest.raises(AppendOnly), db.writing():
        db.session.execute(delete(AuditLine))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET action = 'test.lied' WHERE id = 2",
        "DELETE FROM audit_line WHERE id = 2",
        "DELETE FROM policy_version",
    ],
)
def test_no_line_can_be_changed_or_removed_in_plain_sql(statement: str) -> None:
    if "policy" in statement:
        insert = "INSERT INTO policy_version (kind, holds_from, document, why, written_at) VALUES"
        with db.writing():
            db.session.execute(text(f"{insert} ('p', '2027-01-01', '{{}}', 'w', '2027-01-01')"))
    with pytest.raises(DBAPIError, match="only grows"), db.writing():
        db.session.execute(text(statement))
    db.session.rollback()
    assert audit.count_lines() == 3


def test_lines_of_one_transaction_follow_each_other() -> None:
    with db.writing():
        audit.record("test.first", by=None, subject="thing:4", now=NOW)
        audit.record("test.second", by=None, subject="thing:4", now=NOW)
    lines = db.session.scalars(select(AuditLine).order_by(AuditLine.id)).all()
    assert [line.action for line in lines[-2:]] == ["test.first", "test.second"]
    assert lines[-1].previous_hash == lines[-2].hash
    assert list(verification.check()) == []


def test_a_row_that_grants_something_cannot_change_without_a_line(people: People) -> None:
    wren = people.person("Wren")
    with pytest.raises(ChangedWithoutLine, match="record an audit line for the change of person"), db.writing():
        wren.state = PersonState.SUSPENDED
    with pytest.raises(ChangedWithoutLine, match="singly"), db.writing():
        db.session.execute(update(Person).values(state=PersonState.SUSPENDED))
    assert list(verification.check()) == []


def test_no_connection_can_replace_a_row_by_any_of_its_unique_columns(settings_for_tests: Settings) -> None:
    """SQLite only: PostgreSQL has no insert that replaces, and the one that updates fires the guard of updates."""
    if not settings_for_tests.database_url.startswith("sqlite"):
        return
    hashed = db.session.get_one(AuditLine, 2).hash
    with closing(sqlite3.connect(settings_for_tests.database_url.removeprefix("sqlite:///"))) as foreign:
        for number, written in ((2, "another"), (77, hashed)):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                foreign.execute(
                    "INSERT OR REPLACE INTO audit_line (id, at, action, subject, details, previous_hash, hash) "
                    "VALUES (?, '2027-01-01', 'test.lied', 'thing:1', '{}', '', ?)",
                    (number, written),
                )
    assert list(verification.check()) == []
