"""The store of files: a folder in which each content lies once under its SHA-256, and a row for each file.

A content is written whole under another name, made durable, and renamed within the transaction that adds its row, while
a lock is held; so no row is without its file, and of what was not committed nothing stays. Who may open a file is
decided by the query of the domain that keeps it; `views.response_to` is the only way in which one leaves.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from app import audit, db, settings
from app.files.kinds import FileKind
from app.files.models import StoredFile
from app.refusals import NotFound
from app.settings import make_private_folder

FILES_LOCK = 7_061_746_031  # number of the advisory lock held while contents are put in place or removed
UNFINISHED = ".unfinished-"
NOT_THERE = "This file is not there any more."


@dataclass(frozen=True)
class Written:
    """A content that lies in the folder under a name of its own, until it is kept or removed."""

    path: Path
    kind: FileKind
    sha256: str
    size: int


def unfinished_path() -> Path:
    """A new path in the folder for something that is still being written."""
    folder = settings.started_with().files
    make_private_folder(folder)
    return folder / f"{UNFINISHED}{secrets.token_hex(8)}"


@contextmanager
def written(content: bytes, kind: FileKind) -> Iterator[Written]:
    """Write a content beside the others, outside every transaction; at the end it is kept, or nothing of it stays."""
    path = unfinished_path()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    new = Written(path, kind, hashlib.sha256(content).hexdigest(), len(content))
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield new
    except BaseException:
        _remove_if_of_no_row(new.sha256)
        raise
    finally:
        path.unlink(missing_ok=True)


def measured(path: Path, kind: FileKind) -> Written:
    """A content that another process wrote to an unfinished path."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return Written(path, kind, sha256, path.stat().st_size)


def keep(
    new: Written, *, purpose: str, by: int | None, now: datetime, keep_until: datetime | None = None
) -> StoredFile:
    """Put a content in its place and add its row, in this transaction, which also records an audit line."""
    db.advisory_lock(FILES_LOCK)
    place = place_of(new.sha256)
    make_private_folder(place.parent)
    if place.exists():
        new.path.unlink()
    else:
        new.path.rename(place)
        _sync_folder(place.parent)
    row = StoredFile(
        sha256=new.sha256,
        kind=new.kind,
        size=new.size,
        purpose=purpose,
        uploaded_by_id=by,
        uploaded_at=now,
        keep_until=keep_until,
    )
    db.session.add(row)
    db.session.flush()
    return row


def erase(file: StoredFile, *, by: int | None, now: datetime) -> None:
    """Erase a file, in this transaction; its row stays as the proof that there was one. Erased twice, nothing changes.

    The content is removed unless another row has the same.
    """
    if file.erased_at is not None:
        return
    db.advisory_lock(FILES_LOCK)
    file.erased_at = now
    db.session.flush()
    audit.record("files.erased", by=by, subject=f"stored_file:{file.id}", now=now, details={"purpose": file.purpose})
    if not _is_of_a_row(file.sha256):
        place_of(file.sha256).unlink(missing_ok=True)


def opened(file: StoredFile, *, by: int, now: datetime) -> bytes:
    """The content of a file for a reader, after a line in the audit trail; the caller has decided that they may.

    Opens a transaction of its own. Refuses a file that was erased, is missing, or is not what was stored.
    """
    content = _content_of(file)
    subject, details = f"stored_file:{file.id}", {"purpose": file.purpose}
    with db.writing():
        audit.record("files.opened", by=by, subject=subject, now=now, details=details)
    return content


def text_of(file: StoredFile) -> str:
    """The content of a file that is text, for our own use; refuses one that is not there."""
    return _content_of(file).decode()


def place_of(sha256: str) -> Path:
    """Where a content lies."""
    return settings.started_with().files / sha256[:2] / sha256


def _content_of(file: StoredFile) -> bytes:
    try:
        content = place_of(file.sha256).read_bytes() if file.erased_at is None else None
    except OSError:
        content = None
    if content is None or hashlib.sha256(content).hexdigest() != file.sha256:
        raise NotFound(NOT_THERE)
    return content


def _is_of_a_row(sha256: str) -> bool:
    query = select(StoredFile.id).where(StoredFile.sha256 == sha256, StoredFile.erased_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def _remove_if_of_no_row(sha256: str) -> None:
    """Remove a content whose row was not committed."""
    if not place_of(sha256).exists():
        return
    with db.writing():
        db.advisory_lock(FILES_LOCK)
        if not _is_of_a_row(sha256):
            place_of(sha256).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
