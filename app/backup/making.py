"""Making a backup of a running installation: database, keys, files of people and kept secret in one file."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from app import db, migrating, settings
from app.backup import archive, postgresql, sqlite
from app.backup.archive import BackupRefused, Manifest
from app.health import upkeep
from app.settings import Settings

NAME = "nightlight-{made_at:%Y%m%dT%H%M%SZ}.backup"
SECRET = "secret"  # noqa: S105  the name of a file, not its content


def back_up(target: Path, *, now: datetime) -> Path:
    """Write a backup and return its path; into a folder, under a name made from the time.

    The database is copied as it is at one instant, while pages and workers go on. The file is whole or not there.
    """
    current = settings.started_with()
    schema = migrating.schema()
    if schema in (migrating.Schema.EMPTY, migrating.Schema.NEWER):
        raise BackupRefused(schema.value)
    if target.is_dir():
        target = target / NAME.format(made_at=now)
    if not target.parent.is_dir():
        raise BackupRefused(f"There is no folder {target.parent}.")
    db.session.rollback()
    write(current, target, revision=str(migrating.revision_of(db.extension.engine)), now=now)
    if schema is migrating.Schema.CURRENT:  # An older one, just before its upgrade, has no place to note it.
        with db.writing():
            upkeep.record(upkeep.Work.BACKUP, now=now, details={"bytes": target.stat().st_size})
    return target


def write(current: Settings, target: Path, *, revision: str, now: datetime) -> None:
    """Write the file of a backup. It needs these settings and no application."""
    with archive.stage(target.parent, now=now) as folder:
        tables = _dump_database(current, folder)
        # After the database: a key is made before the first row that needs it, so every row has its key in the copy.
        _copy_keys(current, folder)
        _copy_files(current, folder)  # each was there before its row, too
        manifest = Manifest(
            made_at=now,
            database=kind_of(current),
            revision=revision,
            tables=tables,
            files=archive.checksums(folder),
        )
        archive.write(target, manifest, folder)


def remove_older(folder: Path, *, than: timedelta, now: datetime) -> list[Path]:
    """Remove the backups of a folder that are older, the newest always kept; return what was removed."""
    oldest = NAME.format(made_at=now - than)
    backups = sorted(folder.glob("nightlight-*.backup"))
    old = [path for path in backups[:-1] if path.name < oldest]
    for path in old:
        path.unlink()
    return old


def kind_of(current: Settings) -> str:
    """The kind of database, as a manifest names it."""
    return "postgresql" if current.sqlite_file is None else "sqlite"


def _dump_database(current: Settings, folder: Path) -> dict[str, list[str]]:
    if current.sqlite_file is None:
        return postgresql.dump(current.database_url, folder)
    sqlite.dump(current.sqlite_file, folder)
    return {}


def _copy_keys(current: Settings, folder: Path) -> None:
    if current.keys.is_dir():
        files = (path for path in current.keys.rglob("*") if path.is_file() and not path.name.startswith("."))
        for file in files:
            copy = folder / "keys" / file.relative_to(current.keys)
            copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    secret = current.var / SECRET
    if secret.is_file() and secret.read_text() == current.secret_key:
        shutil.copyfile(secret, folder / SECRET)


def _copy_files(current: Settings, folder: Path) -> None:
    files = (path for path in current.files.rglob("*") if path.is_file() and not path.name.startswith("."))
    for file in files:
        copy = folder / "files" / file.relative_to(current.files)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # erased since
            shutil.copyfile(file, copy)
