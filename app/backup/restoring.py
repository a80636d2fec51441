"""Restoring a backup, and what must not happen because of it.

The backup is older than what people have seen. E-mails that wait in it were probably sent afterwards, sessions and
one-time links may have been ended or used since, and the workers it names are gone. All of that is settled in the same
transaction that brings the rows, so that no process ever meets them unsettled.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from app import audit, db, migrating, settings
from app.backup import archive, postgresql, sqlite
from app.backup.archive import BackupRefused, Manifest
from app.backup.making import SECRET, kind_of
from app.health import upkeep
from app.jobs import heartbeats
from app.outbox.queue import KEPT_BACK
from app.settings import Settings, make_private_folder

# In plain SQL, because they meet the tables as they were when the backup was made, whichever version that was.
SETTLE = (
    "UPDATE outbox SET state = 'expired', finished_at = :now, lease_until = NULL, last_error = :why"
    " WHERE state IN ('waiting', 'sending')",
    "UPDATE signed_in_session SET ended_at = :now WHERE ended_at IS NULL",
    "UPDATE one_time_link SET expires_at = :now WHERE used_at IS NULL AND expires_at > :now",
    "UPDATE task SET state = 'stopped', finished_at = :now, lease_until = NULL WHERE state IN ('waiting', 'running')",
    "DELETE FROM worker_beat",
)


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    made_at: datetime
    people: int
    kept_back: int  # e-mails that waited in the backup and are not sent
    moved_aside: list[str]  # where what was there before is now


def restore(source: Path, *, replace: bool, now: datetime) -> Restored:
    """Put a backup in the place that the settings name, upgraded to this version.

    Refuses a place with people in it unless `replace`, which moves what is there aside; a backup of a newer version, of
    the other kind of database, or damaged; and to work beside a running worker.
    """
    current = settings.started_with()
    db.session.remove()
    # Where it writes anyhow: the service's user may not write in the folder of the code.
    parent = current.sqlite_file.parent if current.sqlite_file is not None else current.keys.parent
    make_private_folder(parent)
    with archive.stage(parent, now=now) as folder:
        manifest = archive.unpack(source, folder)
        _check(manifest, current, replace=replace, now=now)
        if current.sqlite_file is not None:
            moved = _restore_sqlite(folder, current.sqlite_file, now=now)
        else:
            moved = _restore_postgresql(folder, manifest, current.database_url, now=now)
        moved += _restore_keys(folder, current, now=now)
        _restore_files(folder, current)
    db.extension.engine.dispose()
    with db.writing():
        upkeep.record(upkeep.Work.RESTORE, now=now, details={"made_at": manifest.made_at.isoformat()})
        audit.record("system.restored", by=None, subject="system:restore", now=now)
    return Restored(manifest.made_at, _count("person"), _count("outbox", "last_error = 'Restored'"), moved)


def _check(manifest: Manifest, current: Settings, *, replace: bool, now: datetime) -> None:
    if manifest.database != kind_of(current):
        theirs, ours = _words(manifest.database), _words(kind_of(current))
        raise BackupRefused(f"This is a backup of {theirs}, and NIGHTLIGHT_DATABASE_URL names {ours}.")
    if manifest.revision not in migrating.revisions():
        raise BackupRefused(
            f"This backup was made by a newer version of Nightlight (migration {manifest.revision}; this version knows "
            f"up to {migrating.revisions()[-1]}). Restore it with that version."
        )
    held = (
        sqlite.holds_people(current.sqlite_file)
        if current.sqlite_file is not None
        else postgresql.holds_people(current.database_url)
    )
    if held and not replace:
        raise BackupRefused(
            "There are people in this database. With --replace it is moved aside, not deleted, and the backup takes "
            "its place."
        )
    if held and migrating.is_up_to_date() and heartbeats.is_any_worker_running(now):
        db.session.remove()
        raise BackupRefused("A worker is running. Stop Nightlight first, or it would send from both at once.")
    db.session.remove()
    db.extension.engine.dispose()


def _words(kind: str) -> str:
    return "SQLite" if kind == "sqlite" else "PostgreSQL"


def _restore_sqlite(folder: Path, file: Path, *, now: datetime) -> list[str]:
    with sqlite.engine_of(folder) as engine:
        with engine.begin() as connection:
            for statement in SETTLE:
                connection.execute(text(statement), {"now": _sqlite_instant(now), "why": KEPT_BACK})
        migrating.upgrade(engine)
    before = sqlite.put_in_place(folder, file, now=now)
    return [] if before is None else [str(before)]


def _sqlite_instant(now: datetime) -> str:
    """An instant as our columns hold it on SQLite: in UTC, without a zone."""
    return f"{now:%Y-%m-%d %H:%M:%S.%f}"


def _restore_postgresql(folder: Path, manifest: Manifest, database_url: str, *, now: datetime) -> list[str]:
    before = postgresql.make_room(database_url, now=now)
    engine: Engine = db.extension.engine
    migrating.upgrade(engine, to=manifest.revision)
    values = {"now": now, "why": KEPT_BACK}
    settle = [(statement.replace(":now", "%(now)s").replace(":why", "%(why)s"), values) for statement in SETTLE]
    postgresql.fill(engine, folder, manifest.tables, then=settle)
    migrating.upgrade(engine)
    return [] if before is None else [f"the schema {before} of the database"]


def _restore_keys(folder: Path, current: Settings, *, now: datetime) -> list[str]:
    """Put each key of the backup in the key folder. Keys made since stay: their certificates are still out there."""
    moved = []
    files = [path for path in sorted((folder / "keys").rglob("*")) if path.is_file()]
    places = {file: current.keys / file.relative_to(folder / "keys") for file in files}
    if (folder / SECRET).is_file():
        places[folder / SECRET] = current.var / SECRET
    for file, place in places.items():
        make_private_folder(place.parent)
        if place.exists() and place.read_bytes() != file.read_bytes():
            aside = place.with_name(f"{place.name}.before-restore-{now:%Y%m%dT%H%M%S}")
            place.rename(aside)
            moved.append(str(aside))
        shutil.copyfile(file, place)
        place.chmod(0o600)
    return moved


def _restore_files(folder: Path, current: Settings) -> None:
    """Put each file of people where it lay. Its name is the hash of its content, so what is there already is the same.

    Files that came since stay: Health tells of them.
    """
    for file in sorted(path for path in (folder / "files").rglob("*") if path.is_file()):
        place = current.files / file.relative_to(folder / "files")
        make_private_folder(place.parent)
        shutil.copyfile(file, place)
        place.chmod(0o600)


def _count(table: str, condition: str = "TRUE") -> int:
    counted = db.session.execute(text(f"SELECT count(*) FROM {table} WHERE {condition}"))  # noqa: S608  our own words
    return int(counted.scalar_one())
