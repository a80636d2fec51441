"""The file of a backup: a compressed tar with a manifest first, then the database, the keys, the files
of people and the kept secret.

The manifest names every other file with its SHA-256, so that a damaged or altered backup is refused before anything is
changed. Nothing is unpacked that the manifest does not name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from app.refusals import Refusal

FORMAT = 2  # 1 had no files of people
MANIFEST = "manifest.json"
STAGE_PREFIX = ".nightlight-stage-"
LARGEST_MANIFEST = 4 * 1024 * 1024  # bytes
ABANDONED_AFTER = timedelta(days=1)  # a stage this old belongs to a process that was killed
# One of ours: a place in the archive that stays inside the folder it is unpacked to.
NAME = re.compile(r"(?:database|keys|files)(?:/(?!\.\.?(?:/|$))[^/\0]+)+|secret")


class BackupRefused(Refusal):
    """A backup that cannot be made, read or restored, with the reason in a sentence."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, and of what."""

    made_at: datetime
    database: str  # "sqlite" or "postgresql"
    revision: str  # the last migration that had run
    tables: dict[str, list[str]] = field(default_factory=dict)  # of PostgreSQL: the columns of each, in their order
    files: dict[str, str] = field(default_factory=dict)  # the SHA-256 of each file, by its name in the archive

    def as_json(self) -> bytes:
        """The manifest as the archive holds it."""
        data = {**asdict(self), "made_at": self.made_at.isoformat(), "format": FORMAT}
        return json.dumps(data, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Manifest:
        """Read a manifest; refuse one that is not ours or of a later format."""
        try:
            data: dict[str, Any] = json.loads(content)
            version = int(data.pop("format"))
            made_at = datetime.fromisoformat(data.pop("made_at"))
            manifest = cls(made_at=made_at, **data)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BackupRefused("This file is not a backup of Nightlight.") from None
        if version > FORMAT:
            raise BackupRefused("This backup was made by a newer version of Nightlight. Restore it with that version.")
        if not all(NAME.fullmatch(name) for name in manifest.files):
            raise BackupRefused("This backup names a file outside its own folder, so it is not one of Nightlight's.")
        return manifest


@contextmanager
def stage(beside: Path, *, now: datetime) -> Iterator[Path]:
    """A folder for this user alone on the disk of `beside`, removed at the end. Old ones of killed processes go too."""
    for old in beside.glob(f"{STAGE_PREFIX}*"):
        if now.timestamp() - old.stat().st_mtime > ABANDONED_AFTER.total_seconds():
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=STAGE_PREFIX, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Pack a folder with its manifest into `target`: whole, or not at all, and for this user alone."""
    unfinished = folder / "unfinished.tar.gz"
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            # Level 1: a backup runs beside the pages, and the rest would win a tenth for three times the work.
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as tar:
                _add_bytes(tar, folder, manifest.as_json())
                for name in sorted(manifest.files):
                    tar.add(folder / name, arcname=name, recursive=False)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
        _sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _add_bytes(tar: tarfile.TarFile, folder: Path, content: bytes) -> None:
    path = folder / MANIFEST
    path.write_bytes(content)
    tar.add(path, arcname=MANIFEST)


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder, by its path there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in files}


def unpack(source: Path, folder: Path) -> Manifest:
    """Unpack a backup into a folder and return its manifest. Refuses one that is damaged, cut short or altered."""
    try:
        with tarfile.open(source, mode="r:gz") as tar:
            first = tar.next()
            content = tar.extractfile(first) if first is not None and first.name == MANIFEST else None
            if first is None or content is None or first.size > LARGEST_MANIFEST:
                raise BackupRefused("This file is not a backup of Nightlight.")
            manifest = Manifest.from_json(content.read())
            for member in tar:
                file = tar.extractfile(member) if member.name in manifest.files and member.isfile() else None
                if file is not None:
                    _copy_out(file, folder / member.name)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise BackupRefused(f"The backup {source} cannot be read: {type(error).__name__}.") from None
    for name, wanted in manifest.files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != wanted:
            raise BackupRefused(f"The backup is damaged: its file {name} is missing or not as it was written.")
    return manifest


def _copy_out(file: IO[bytes], path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as written:
        shutil.copyfileobj(file, written)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
