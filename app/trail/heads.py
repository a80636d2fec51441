"""The head of the audit trail, written outside the database: up to where it went at a time, and its last hash.

A trail that was cut off, emptied or computed again disagrees with the heads that were written before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from app import key_files
from app.trail.keys import FOLDER

FILE = "heads.log"

log = structlog.get_logger()


@dataclass(frozen=True)
class Head:
    """The number and the hash of the last line at an instant."""

    number: int
    hash: str
    at: datetime


def write(keys: Path, head: Head) -> None:
    """Add a head to the end of the file, and to the log, where a copy may be out of reach of this host."""
    with key_files.locked(keys / FOLDER):
        entry = {"at": head.at.isoformat(), "number": head.number, "hash": head.hash}
        key_files.append_durably(keys / FOLDER / FILE, json.dumps(entry))
    log.info("head of the audit trail", number=head.number, hash=head.hash)


def read(keys: Path) -> Iterator[Head]:
    """Every head that was written, oldest first. A line cut short by a crash is left out."""
    path = keys / FOLDER / FILE
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
            yield Head(int(entry["number"]), str(entry["hash"]), datetime.fromisoformat(entry["at"]))
        except (ValueError, KeyError, TypeError):
            log.warning("a line of the heads of the audit trail cannot be read")
