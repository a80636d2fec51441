"""The audit trail: append-only, and its hash chain shows every tampering."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app import audit, db
from app.audit import AuditLine
from app.db import AppendOnly, WriteOutsideTransaction
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


def without_triggers() -> None:
    """Disable the triggers, as a database administrator could."""
    if db.session().get_bind().dialect.name == "sqlite":
        db.session.execute(text("DROP TRIGGER audit_line_no_update"))
        db.session.execute(text("DROP TRIGGER audit_line_no_delete"))
    else:
        db.session.execute(text("ALTER TABLE audit_line DISABLE TRIGGER ALL"))


def test_an_untouched_chain_is_unbroken() -> None:
    assert list(audit.broken_lines()) == []
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
    assert list(audit.broken_lines()) == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE audit_line SET action = 'test.lied' WHERE id = 2", "line 2 was changed after it was written"),
        ("UPDATE audit_line SET at = '2027-01-01 00:00:00+00:00' WHERE id = 1", "line 1 was changed"),
        ("DELETE FROM audit_line WHERE id = 2", "line 2 is missing"),
        ("UPDATE audit_line SET id = id + 10 WHERE id = 3", "line 3 is missing"),
    ],
)
def test_tampering_in_the_database_is_detected(statement: str, finding: str) -> None:
    with db.writing():
        without_triggers()
        db.session.execute(text(statement))
    db.session.expire_all()
    assert any(finding in line.why for line in list(audit.broken_lines()))


def test_lines_of_one_transaction_follow_each_other() -> None:
    with db.writing():
        audit.record("test.first", by=None, subject="thing:4", now=NOW)
        audit.record("test.second", by=None, subject="thing:4", now=NOW)
    lines = db.session.scalars(select(AuditLine).order_by(AuditLine.id)).all()
    assert [line.action for line in lines[-2:]] == ["test.first", "test.second"]
    assert lines[-1].previous_hash == lines[-2].hash
    assert list(audit.broken_lines()) == []
