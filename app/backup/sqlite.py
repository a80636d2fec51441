"""Copying a SQLite database while it is in use, and putting a copy in its place."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, NullPool, create_engine

from app.backup.archive import BackupRefused

NAME = "database/nightlight.db"
BUSY_SECONDS = 60
BESIDE = ("", "-wal", "-shm")  # the files that together are one database


def dump(file: Path, folder: Path) -> None:
    """Copy the database as it is at one instant. Readers and writers go on meanwhile (SQLite's backup API)."""
    target = folder / NAME
    target.parent.mkdir(mode=0o700)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
        fault = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if fault != "ok":
        raise BackupRefused(f"The database is damaged, so this backup would be too: {fault}.")


def _is_filled(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def holds_people(file: Path) -> bool:
    """Whether a database has anybody's account in it."""
    if not _is_filled(file):
        return False
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        try:
            return connection.execute("SELECT 1 FROM person LIMIT 1").fetchone() is not None
        except sqlite3.DatabaseError as error:
            if "no such table" in str(error):
                return False
            raise BackupRefused(f"There is a file {file} that is no database. Move it away first.") from None


@contextmanager
def engine_of(folder: Path) -> Iterator[Engine]:
    """An engine on the unpacked database of a backup."""
    engine = create_engine(f"sqlite:///{folder / NAME}", poolclass=NullPool)
    try:
        yield engine
        with closing(sqlite3.connect(folder / NAME)) as plain:
            plain.execute("PRAGMA journal_mode=DELETE")  # writes the log into the file, which is then moved alone
    finally:
        engine.dispose()


def put_in_place(folder: Path, file: Path, *, now: datetime) -> Path | None:
    """Move the unpacked database to its place; return where the one before it was moved to, if there was one."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = file.with_name(f"{file.name}.before-restore-{now:%Y%m%dT%H%M%S}") if _is_filled(file) else None
    if before is not None:
        for end in BESIDE:
            part = file.with_name(file.name + end)
            if part.exists():
                part.rename(before.with_name(before.name + end))
    with (folder / NAME).open("rb") as unpacked:
        os.fsync(unpacked.fileno())
    (folder / NAME).rename(file)
    return before
