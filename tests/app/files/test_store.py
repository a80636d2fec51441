"""The store of files: whole or not there, opened only as a download that is on record, and erased for good."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import audit, db
from app import settings as settings_module
from app.audit import AuditLine
from app.files import checking, store
from app.files.kinds import FileKind
from app.files.models import StoredFile
from app.files.views import response_to
from app.refusals import NotFound
from app.trail.seals import ChangedWithoutLine
from tests.conftest import People
from tests.times import NOW

CONTENT = b"%PDF-1.7 the content of a file"


def add(content: bytes = CONTENT, *, by: int | None = None, keep_until: timedelta | None = None) -> StoredFile:
    """Keep a file, with an audit line as every use case records."""
    with store.written(content, FileKind.PDF) as new, db.writing():
        audit.record("files.opened", by=by, subject="stored_file:0", now=NOW)
        until = NOW + keep_until if keep_until else None
        return store.keep(new, purpose="test", by=by, now=NOW, keep_until=until)


def keep_without_audit_line() -> None:
    """Keep a file in a transaction that fails when it is to be committed."""
    with store.written(CONTENT, FileKind.PDF) as new, db.writing():
        store.keep(new, purpose="test", by=None, now=NOW)


def files() -> list[Path]:
    return [path for path in settings_module.current().files.rglob("*") if path.is_file()]


@pytest.mark.both_databases
def test_a_file_lies_under_its_hash_for_its_owner_alone_and_leaves_as_a_download_on_record(
    app: Flask, people: People
) -> None:
    reader = people.person("Juniper")
    file = add()
    [path] = files()
    assert path.name == file.sha256
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    response = response_to(file, "certificate-1", by=reader.id, now=NOW)
    assert response.data == CONTENT
    assert response.mimetype == "application/pdf"
    assert response.headers["Content-Disposition"] == 'attachment; filename="certificate-1.pdf"'
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    line = db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(1)).one()
    assert (line.action, line.by_id, line.subject) == ("files.opened", reader.id, f"stored_file:{file.id}")


def test_of_a_transaction_that_fails_nothing_stays(app: Flask) -> None:
    with pytest.raises(ChangedWithoutLine):
        keep_without_audit_line()
    assert files() == []
    assert db.session.scalars(select(StoredFile)).all() == []


def test_a_failure_leaves_the_same_content_of_somebody_else(app: Flask) -> None:
    add()
    with pytest.raises(ChangedWithoutLine):
        keep_without_audit_line()
    assert len(files()) == 1


def test_a_content_is_gone_when_the_last_row_that_has_it_is_erased(app: Flask, people: People) -> None:
    reader = people.person("Juniper")
    first, second = add(), add()
    assert len(files()) == 1
    with db.writing():
        store.erase(db.session.get_one(StoredFile, first.id), by=None, now=NOW)
    with pytest.raises(NotFound):
        response_to(first, "x", by=reader.id, now=NOW)
    assert response_to(second, "x", by=reader.id, now=NOW).data == CONTENT
    with db.writing():
        store.erase(db.session.get_one(StoredFile, second.id), by=None, now=NOW)
        store.erase(db.session.get_one(StoredFile, second.id), by=None, now=NOW)
    assert files() == []


def test_a_content_that_was_changed_is_not_given_out(app: Flask, people: People) -> None:
    file = add()
    files()[0].write_bytes(b"something else")
    with pytest.raises(NotFound):
        response_to(file, "x", by=people.person("Juniper").id, now=NOW)


def test_what_is_due_is_erased_by_the_job_and_the_rest_stays(app: Flask) -> None:
    add(b"%PDF kept for a day", keep_until=timedelta(days=1))
    add()
    checking.check_files(NOW + timedelta(hours=23))
    assert len(files()) == 2
    checking.check_files(NOW + timedelta(hours=24))
    assert len(files()) == 1
    assert checking.files_troubles(NOW) == []
