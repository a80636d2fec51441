"""The machine that Nightlight runs on: its disk, its clock, and who else can read its files."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from sqlalchemy import func, select

from app import db
from app.health.troubles import Trouble
from app.settings import Settings

LEAST_FREE = 500 * 1024 * 1024  # bytes: a day of logs and write-ahead files with room to spare
LARGEST_CLOCK_ERROR = timedelta(seconds=30)  # far above what time services leave, and too little to misplace a reminder
NETWORK_FILE_SYSTEMS = frozenset(
    {"afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "lustre", "nfs", "nfs4", "smb3", "smbfs"}
)
MOUNTS = Path("/proc/self/mounts")


def places(settings: Settings) -> list[Path]:
    """The folders that Nightlight writes to, those that exist."""
    folders = [settings.keys, settings.var, settings.files]
    if settings.sqlite_file is not None:
        folders.append(settings.sqlite_file.parent)
    if settings.mail_url.startswith("file:"):
        folders.append(Path(settings.mail_url.removeprefix("file:").removeprefix("//")))
    return [folder for folder in folders if folder.is_dir()]


def least_free(settings: Settings) -> int:
    """The bytes free on the fullest disk that Nightlight writes to."""
    return min(shutil.disk_usage(folder).free for folder in (*places(settings), settings.var.parent))


def full_disks(settings: Settings, *, least: int = LEAST_FREE) -> list[Trouble]:
    """A trouble for the first folder on a disk with less than `least` bytes free."""
    for folder in places(settings):
        free = shutil.disk_usage(folder).free
        if free < least:
            return [
                Trouble(
                    "disk",
                    f"The disk is nearly full: {free // 1024**2} MB are left. When none is, nothing can be saved.",
                    f"Free some space on the disk of {folder}; look at old backups and logs first.",
                )
            ]
    return []


def clock_trouble(difference: timedelta, measured_against: str) -> list[Trouble]:
    """A trouble where this machine's clock differs by more than half a minute from another."""
    if abs(difference) <= LARGEST_CLOCK_ERROR:
        return []
    way = "ahead of" if difference > timedelta(0) else "behind"
    seconds = abs(difference) // timedelta(seconds=1)
    return [
        Trouble(
            "clock",
            f"The clock of a machine is {seconds} seconds {way} {measured_against}. Reminders and shifts come at wrong "
            "times.",
            "Let a time service set the clock, such as systemd-timesyncd: timedatectl set-ntp true",
        )
    ]


def clock_against_database(now: datetime) -> list[Trouble]:
    """Compare this machine's clock with the clock of a PostgreSQL server. SQLite has no clock of its own."""
    if db.session().get_bind().dialect.name != "postgresql":
        return []
    theirs = db.session.scalar(select(func.clock_timestamp()))
    assert isinstance(theirs, datetime)
    return clock_trouble(now - theirs, "the clock of the database server")


def clock_against_answer(now: datetime, date_header: str | None) -> list[Trouble]:
    """Compare this machine's clock with the Date header of another server's answer."""
    try:
        theirs = parsedate_to_datetime(date_header or "")
    except ValueError:
        return []
    return clock_trouble(now - theirs, "the clock of the server that watches from outside") if theirs.tzinfo else []


def readable_by_others(settings: Settings) -> Iterator[Path]:
    """Each file or folder of ours that other users of this machine may read and should not."""
    database = settings.sqlite_file
    if database is not None:
        for file in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
            if is_open_to_others(file):
                yield file
    if settings.mail_url.startswith("file:"):
        folder = Path(settings.mail_url.removeprefix("file:").removeprefix("//"))
        if is_open_to_others(folder):
            yield folder
    secret = settings.var / "secret"
    yield from filter(is_open_to_others, (secret, settings.keys, settings.files))
    for file in sorted(settings.keys.rglob("*.pem")):
        if is_open_to_others(file):
            yield file


def is_open_to_others(path: Path) -> bool:
    """Whether a path exists and its mode gives anything to anybody but its owner."""
    return path.exists() and bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def network_file_system(file: Path, mounts: Path = MOUNTS) -> str | None:
    """The name of the network file system that holds a file, or None for a local disk."""
    best, kind = "", ""
    if not mounts.exists():
        return None
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, type_of, *_ = line.split(" ")
        inside = file.resolve().is_relative_to(point.replace("\\040", " "))
        if inside and len(point) >= len(best):
            best, kind = point, type_of
    return kind if kind in NETWORK_FILE_SYSTEMS else None
