"""Checking the audit trail: each way to tamper with it in the database is named, on both databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from app import audit, cli, db, migrating, settings
from app.audit import AuditHead, AuditLine
from app.people import rights
from app.people.models import Person, Role
from app.settings import Settings
from app.trail import heads, verification
from app.trail.heads import Head
from app.trail.keys import AuditKey
from app.trail.verification import Tampering
from tests.conftest import People
from tests.tampering import tamper
from tests.times import NOW

pytestmark = pytest.mark.both_databases

LINES = 8


@pytest.fixture(autouse=True)
def lines(app: Flask) -> None:
    for number in range(1, LINES + 1):
        with db.writing():
            audit.record(
                "people.signed-in",
                by=number,
                subject=f"person:{number}",
                now=NOW + timedelta(minutes=number),
                details={"n": number},
            )


def verify() -> tuple[int, str]:
    """Run the command; return its exit status and what it printed."""
    result = CliRunner().invoke(cli.audit_group, ["verify"])
    db.session.rollback()
    return result.exit_code, result.output


def assert_named(kind: Tampering, words: str) -> None:
    """The command fails and names this kind of tampering, in these words."""
    status, output = verify()
    assert status == 1
    assert any(line.startswith(f"Broken: {kind}:") and words in line for line in output.splitlines()), output


def kinds_found() -> set[Tampering]:
    return {finding.what for finding in verification.check()}


def test_an_untouched_trail_is_unbroken_and_its_head_is_written_outside_the_database() -> None:
    assert verify() == (0, f"{LINES} lines, unbroken.\n")
    [head] = heads.read(settings.current().keys)
    assert (head.number, head.hash) == (LINES, db.session.get_one(AuditLine, LINES).hash)


def test_an_edited_line_is_named_whichever_field_was_edited() -> None:
    changes = {
        "at": "'2027-01-01 00:00:00+00:00'",
        "action": "'people.reinstated'",
        "by_id": "77",
        "subject": "'person:77'",
        "details": "'{\"n\": 77}'",
        "previous_hash": f"'{'7' * 64}'",
    }
    assert {*changes, "id", "hash"} == set(AuditLine.__table__.columns.keys())  # the others are tried below
    for field, value in changes.items():
        tamper("CREATE TABLE kept AS SELECT * FROM audit_line", f"UPDATE audit_line SET {field} = {value} WHERE id = 4")
        assert kinds_found() == {Tampering.EDITED}, field
        assert_named(Tampering.EDITED, "line 4 was changed after it was written")
        tamper("DELETE FROM audit_line", "INSERT INTO audit_line SELECT * FROM kept", "DROP TABLE kept")
    assert verify()[0] == 0


def test_an_edited_last_line_is_named() -> None:
    tamper(f"UPDATE audit_line SET by_id = 77 WHERE id = {LINES}")
    assert kinds_found() == {Tampering.EDITED}


def test_a_deleted_line_is_named() -> None:
    tamper("DELETE FROM audit_line WHERE id IN (3, 4)")
    assert kinds_found() == {Tampering.DELETED}
    assert_named(Tampering.DELETED, "lines 3 to 4 are missing")


def test_a_line_that_was_moved_leaves_a_gap() -> None:
    tamper("UPDATE audit_line SET id = id + 10 WHERE id = 8")
    assert_named(Tampering.DELETED, "lines 8 to 17 are missing")


def test_a_cut_tail_is_named_before_any_head_was_written_outside() -> None:
    tamper("DELETE FROM audit_line WHERE id > 5")
    assert kinds_found() == {Tampering.CUT_TAIL}
    assert_named(Tampering.CUT_TAIL, "the trail went to line 8, and ends with line 5")


def test_a_cut_tail_is_still_named_after_more_lines_were_added() -> None:
    tamper("DELETE FROM audit_line WHERE id > 5")
    with db.writing():
        audit.record("people.signed-in", by=1, subject="person:1", now=NOW)
    assert_named(Tampering.DELETED, "lines 6 to 8 are missing")


def test_a_cut_tail_with_the_head_put_back_to_an_older_one_disagrees_with_the_head_outside() -> None:
    old = db.session.get_one(AuditHead, 1)
    number, last_hash, mac = old.number, old.hash, old.mac
    with db.writing():
        audit.record("people.signed-in", by=1, subject="person:1", now=NOW)
    assert verify()[0] == 0
    tamper(
        "DELETE FROM audit_line WHERE id = 9",
        "UPDATE audit_head SET number = :number, hash = :hash, mac = :mac",
        number=number,
        hash=last_hash,
        mac=mac,
    )
    assert kinds_found() == {Tampering.CUT_TAIL}


def test_an_emptied_table_is_named() -> None:
    tamper("DELETE FROM audit_line")
    assert kinds_found() == {Tampering.EMPTIED}
    assert_named(Tampering.EMPTIED, "there were 8 lines, and there are none")


def test_an_emptied_table_is_named_even_where_its_head_was_set_back_too(people: People) -> None:
    people.person("Wren", roles=(Role.LEAD,))
    tamper("DELETE FROM audit_line", f"UPDATE audit_head SET number = 0, hash = '{'0' * 64}', mac = ''")
    assert_named(Tampering.EMPTIED, "2 rows that grant or prove something are in no line")


def _recompute(key: AuditKey | None) -> None:
    """Change who did line 3, and compute the hashes of it and of all that follow again."""
    found = db.session.scalars(select(AuditLine).order_by(AuditLine.id)).all()
    previous, statements = found[1].hash, []
    values: dict[str, object] = {}
    for line in found[2:]:
        by = 77 if line.id == 3 else line.by_id
        again = AuditLine(
            id=line.id, at=line.at, action=line.action, by_id=by, subject=line.subject, content=line.content,
            previous_hash=previous,
        )  # fmt: skip
        hashed = again.hash_with(key) if key else again._hash_without_key()
        statements.append(f"UPDATE audit_line SET by_id = {by}, previous_hash = :p{line.id}, hash = :h{line.id} "
                          f"WHERE id = {line.id}")  # fmt: skip
        values |= {f"p{line.id}": previous, f"h{line.id}": hashed}
        previous = hashed
    db.session.rollback()
    tamper(*statements, "UPDATE audit_head SET hash = :last", last=previous, **values)


def test_a_chain_that_was_computed_again_is_named() -> None:
    for key in (AuditKey("deadbeef", b"guessed"), None):
        _recompute(key)
        assert Tampering.RECOMPUTED in kinds_found()
        assert_named(Tampering.RECOMPUTED, "lines 3 to 8")


def test_a_replaced_line_is_named() -> None:
    tamper(f"UPDATE audit_line SET by_id = 77, hash = '{'7' * 64}' WHERE id = 8")
    assert kinds_found() == {Tampering.REPLACED}
    tamper(f"UPDATE audit_line SET by_id = 77, hash = '{'8' * 64}' WHERE id = 4")
    assert_named(Tampering.REPLACED, "line 4 was replaced by another")


@pytest.mark.parametrize("statement", ["DELETE FROM audit_head", "UPDATE audit_head SET number = 5"])
def test_a_changed_head_is_named_at_once_and_stays_in_the_trail(statement: str) -> None:
    tamper(statement)
    assert kinds_found() == {Tampering.HEAD}
    with db.writing():
        audit.record("people.signed-in", by=1, subject="person:1", now=NOW)
    assert_named(Tampering.HEAD, "before line 9 the row that holds the head was changed or removed")


def test_a_head_put_back_to_an_older_one_does_not_stop_the_work() -> None:
    old = db.session.get_one(AuditHead, 1)
    number, last_hash, mac = old.number, old.hash, old.mac
    with db.writing():
        audit.record("people.signed-in", by=1, subject="person:1", now=NOW)
    tamper("UPDATE audit_head SET number = :n, hash = :h, mac = :m", n=number, h=last_hash, m=mac)
    with db.writing():
        audit.record("people.signed-in", by=1, subject="person:1", now=NOW)
    assert kinds_found() == {Tampering.HEAD}


def test_heads_of_lines_that_a_restore_lost_are_no_fault() -> None:
    with db.writing():
        audit.record("people.signed-in", by=1, subject="person:1", now=NOW)
    heads.write(settings.current().keys, Head(LINES + 5, "a hash of a line that is lost", NOW))
    assert kinds_found() == {Tampering.CUT_TAIL}
    with db.writing():
        audit.record(verification.RESTORED, by=None, subject="system:restore", now=NOW + timedelta(days=1))
    assert kinds_found() == set()


def test_a_missing_key_is_named_with_what_to_do(settings_for_tests: Settings) -> None:
    shutil.rmtree(settings_for_tests.keys)
    assert_named(Tampering.KEY_MISSING, "put it back from your backup")


def test_another_secret_key_does_not_break_the_trail(settings_for_tests: Settings) -> None:
    before = settings.current()
    try:
        settings.use(replace(settings_for_tests, secret_key="another " * 8))
        assert verify()[0] == 0
    finally:
        settings.use(before)


@pytest.fixture
def wren(people: People) -> Person:
    return people.person("Wren", roles=(Role.LEAD,), password="three calm green lanterns")


def test_a_row_that_was_changed_around_nightlight_is_named(wren: Person) -> None:
    assert verify()[0] == 0
    tamper("CREATE TABLE kept AS SELECT * FROM role_grant")
    for statement, kind, words in (
        ("UPDATE role_grant SET role = 'admin'", Tampering.ROW_CHANGED, "role_grant:1 is not as line"),
        ("UPDATE role_grant SET starts_on = '2020-01-01'", Tampering.ROW_CHANGED, "role_grant:1 is not as line"),
        ("DELETE FROM role_grant", Tampering.ROW_REMOVED, "role_grant:1, which line"),
        ("UPDATE role_grant SET id = 7", Tampering.ROW_REMOVED, "role_grant:1, which line"),
        ("UPDATE role_grant SET id = 7", Tampering.ROW_ADDED, "role_grant:7 is in no line"),
        (
            "INSERT INTO role_grant (id, person_id, role, starts_on, granted_at) "
            "VALUES (2, 1, 'admin', '2027-01-01', '2027-01-01 00:00:00+00:00')",
            Tampering.ROW_ADDED,
            "role_grant:2 is in no line",
        ),
    ):
        tamper(statement)
        assert_named(kind, words)
        tamper("DELETE FROM role_grant", "INSERT INTO role_grant SELECT * FROM kept")
    tamper("UPDATE person SET state = 'suspended'", "UPDATE password SET hashed = 'mine'")
    assert_named(Tampering.ROW_CHANGED, "person:1 is not as line")
    assert_named(Tampering.ROW_CHANGED, "password:1 is not as line")


def test_rows_that_change_as_they_may_agree_with_their_newest_line(wren: Person, people: People) -> None:
    tansy = people.person("Tansy", roles=(Role.ADMIN,))
    with db.writing():
        rights.grant_role(wren, Role.COORDINATOR, by=tansy, today=NOW.date(), now=NOW)
    with db.writing():
        rights.end_role(wren, Role.LEAD, by=tansy, today=NOW.date() + timedelta(days=3), now=NOW + timedelta(days=3))
    with db.writing():
        rights.end_role(wren, Role.COORDINATOR, by=tansy, today=NOW.date(), now=NOW)
    assert verify()[0] == 0


def test_the_line_after_which_the_trail_has_a_key_closes_what_was_written_without_one(app: Flask) -> None:
    _make_it_a_trail_of_before()
    assert list(verification.check()) == []
    assert db.session.get_one(AuditLine, LINES + 1).action == verification.KEYED


def test_tampering_with_a_trail_of_before_is_named_too(app: Flask, people: People) -> None:
    people.person("Wren", roles=(Role.LEAD,))
    _make_it_a_trail_of_before()
    assert list(verification.check()) == []
    tamper(
        "UPDATE audit_line SET by_id = 77 WHERE id = 2",
        "DELETE FROM audit_line WHERE id = 5",
        "UPDATE role_grant SET role = 'admin'",
    )
    assert kinds_found() >= {Tampering.EDITED, Tampering.DELETED, Tampering.ROW_CHANGED}


def test_a_trail_of_before_that_was_computed_again_is_named(app: Flask) -> None:
    _make_it_a_trail_of_before()
    _write_without_key(first=2, by=77)
    assert kinds_found() == {Tampering.RECOMPUTED}


def _write_without_key(*, first: int, by: int | None) -> None:
    """Write the hashes of the first lines as Nightlight did before there was a key."""
    lines = db.session.scalars(select(AuditLine).where(AuditLine.id >= first).order_by(AuditLine.id)).all()
    previous = audit.FIRST_HASH if first == 1 else db.session.get_one(AuditLine, first - 1).hash
    changes = []
    for line in lines:
        if line.action == verification.KEYED:
            break
        again = AuditLine(
            id=line.id, at=line.at, action=line.action, by_id=by or line.by_id, subject=line.subject,
            content=line.details, previous_hash=previous,
        )  # fmt: skip
        changes.append((line.id, again.by_id, json.dumps(line.details), previous, again._hash_without_key()))
        previous = changes[-1][-1]
    for number, by_id, details, before, hashed in changes:
        tamper(
            "UPDATE audit_line SET by_id = :by, details = :details, previous_hash = :before, hash = :hash "
            "WHERE id = :id",
            by=by_id, details=details, before=before, hash=hashed, id=number,
        )  # fmt: skip


def _make_it_a_trail_of_before() -> None:
    """Turn the trail into one of before there was a key, and run the migration that brings the key."""
    _write_without_key(first=1, by=None)
    _migrate("downgrade", "0012")
    _migrate("upgrade", "head")


def _migrate(way: str, to: str) -> None:
    db.session.remove()
    change: Callable[..., None] = getattr(command, way)
    change(migrating.alembic_config(), to)
