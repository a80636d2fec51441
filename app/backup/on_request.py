"""A backup that an administrator asks for on a page: made by a worker, in a child process, into the folder for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app import db, migrating, settings
from app.backup import making
from app.backup.archive import BackupRefused
from app.health import upkeep
from app.jobs.models import Task
from app.settings import Settings


def why_not() -> str | None:
    """Why no backup can be asked for on a page, in a sentence; None where one can."""
    folder = settings.started_with().backups
    if folder is None:
        return "The setting NIGHTLIGHT_BACKUPS names no folder on the server to keep backups in."
    there = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    if not there.is_dir() or not os.access(there, os.W_OK):
        return f"Nightlight may not write to {folder}, the folder of the setting NIGHTLIGHT_BACKUPS."
    return None


def prepare(_arguments: dict[str, Any], now: datetime) -> dict[str, Any]:
    """What the child needs: where everything is, and which schema the database has."""
    if reason := why_not():
        raise BackupRefused(reason)
    current = settings.started_with()
    assert current.backups is not None
    settings.make_private_folder(current.backups)
    return {
        "settings": {each.name: _plain(getattr(current, each.name)) for each in fields(Settings)},
        "target": str(current.backups / making.NAME.format(made_at=now)),
        "revision": str(migrating.revision_of(db.extension.engine)),
        "now": now.isoformat(),
    }


def run(
    prepared: dict[str, Any], report: Callable[[dict[str, Any]], None], _should_stop: Callable[[], bool]
) -> dict[str, Any]:
    """Write the backup, in the child process."""
    report({"words": "Copying the database, the keys and the files"})
    given = prepared["settings"]
    current = Settings(**given)
    current = replace(
        current,
        zone=ZoneInfo(given["zone"]),
        keys=Path(given["keys"]),
        var=Path(given["var"]),
        backups=Path(given["backups"]),
        files_at=Path(given["files_at"]) if given["files_at"] else None,
    )
    target = Path(prepared["target"])
    making.write(current, target, revision=prepared["revision"], now=datetime.fromisoformat(prepared["now"]))
    return {"bytes": target.stat().st_size}


def save(_task: Task, prepared: dict[str, Any], output: dict[str, Any], _now: datetime) -> None:
    """Note when the copy was made."""
    made_at = datetime.fromisoformat(prepared["now"])
    upkeep.record(upkeep.Work.BACKUP, now=made_at, details={"bytes": output["bytes"]})


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path | ZoneInfo) else value
