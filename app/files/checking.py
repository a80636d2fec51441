"""The job that compares rows and files, and erases what is to be kept no longer; Health tells what it found.

A row without its file is a loss: the file is in a backup, or nowhere. A file without a row is what a restore of an
older database, or a process that died at the wrong moment, left behind; it is told, and never removed by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import audit, db, settings
from app.files import store
from app.files.models import StoredFile
from app.files.store import UNFINISHED
from app.health import upkeep
from app.health.troubles import Trouble
from app.wording import plural

UNFINISHED_FOR = timedelta(days=1)  # longer than anything is written; what is older was left by a process that died
YOUNG = timedelta(hours=1)  # a file this young may belong to a transaction that is not over


def check_files(now: datetime) -> None:
    """Erase what is due, remove what was never finished, and note which rows and files have no counterpart."""
    _erase_due(now)
    found = compare(now)
    with db.writing():
        upkeep.record(upkeep.Work.FILES, now=now, details=found)


def compare(now: datetime) -> dict[str, Any]:
    """How many rows are without their file, with the first ids, and how many files without a row."""
    rows = db.session.execute(
        select(StoredFile.id, StoredFile.sha256).where(StoredFile.erased_at.is_(None)).order_by(StoredFile.id)
    ).all()
    db.session.rollback()
    there = {path.name for path in _files(now)}
    missing = [row.id for row in rows if not store.place_of(row.sha256).is_file()]
    return {
        "missing": len(missing),
        "first_missing": missing[:10],
        "without_row": len(there - {row.sha256 for row in rows}),
    }


def files_troubles(_now: datetime) -> list[Trouble]:
    """What the last look at the files found; one query."""
    found = upkeep.details_of(upkeep.Work.FILES)
    troubles = []
    if missing := found.get("missing", 0):
        rows = ", ".join(map(str, found["first_missing"]))
        troubles.append(
            Trouble(
                "files-missing",
                f"{plural(missing, 'file that somebody gave is', 'files that people gave are')} not in the file store.",
                f"Put back the folder {settings.started_with().files} from a backup (rows {rows} of stored_file).",
                stops_service=False,
            )
        )
    if without := found.get("without_row", 0):
        troubles.append(
            Trouble(
                "files-without-row",
                f"{plural(without, 'file in the file store belongs', 'files in the file store belong')} to nothing in "
                "the database.",
                "After the restore of an older backup that is so. Look at them with: nightlight files unknown. With "
                "--remove they are removed.",
                stops_service=False,
            )
        )
    return troubles


def without_row(now: datetime) -> list[Path]:
    """The files of the store that no row names, but the youngest."""
    known = set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.erased_at.is_(None))))
    db.session.rollback()
    return sorted(path for path in _files(now) if path.name not in known)


def remove(paths: Sequence[Path], *, now: datetime) -> None:
    """Remove files that no row names, after another look at each."""
    with db.writing():
        db.advisory_lock(store.FILES_LOCK)
        known = set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.erased_at.is_(None))))
        for path in paths:
            if path.name not in known:
                path.unlink(missing_ok=True)
        audit.record("files.removed-unknown", by=None, subject="stored_file:0", now=now, details={"files": len(paths)})
        upkeep.record(upkeep.Work.FILES, now=now)


def _erase_due(now: datetime) -> None:
    due = select(StoredFile.id).where(StoredFile.keep_until <= now, StoredFile.erased_at.is_(None))
    ids = list(db.session.scalars(due))
    db.session.rollback()
    for row_id in ids:
        with db.writing():
            file = db.session.get_one(StoredFile, row_id, with_for_update={"key_share": True})
            if file.keep_until is not None and file.keep_until <= now:
                store.erase(file, by=None, now=now)


def _files(now: datetime) -> Iterator[Path]:
    """Each content of the store that is not of this hour. What was never finished is removed."""
    for path in settings.started_with().files.glob("**/*"):
        try:
            age = timedelta(seconds=now.timestamp() - path.stat().st_mtime)
        except FileNotFoundError:
            continue
        if path.name.startswith(UNFINISHED):
            if age > UNFINISHED_FOR:
                path.unlink(missing_ok=True)
        elif path.is_file() and age > YOUNG:
            yield path
