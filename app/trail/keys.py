"""The key of the audit trail: a file in the key folder, outside the database.

Somebody who can write to the database but not read this folder cannot compute the hash of a line. This is not the
secret key of the settings, which may be changed at any time. The newest key is used; older ones stay, to check what was
written with them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from app import key_files

FOLDER = "audit"
KEY_BYTES = 32  # as long as the hash, which RFC 2104 recommends
ID_CHARACTERS = 8


@dataclass(frozen=True)
class AuditKey:
    """A key, and its id, which every hash made with it begins with."""

    id: str
    secret: bytes

    def mac(self, purpose: str, content: Mapping[str, Any] | Sequence[Any]) -> str:
        """The HMAC-SHA-256 of content, behind the key's id. `purpose` keeps one kind of hash from passing as another.

        Instants are hashed in UTC, so a row gives the same hash whichever database it was read from.
        """
        written = json.dumps([purpose, content], sort_keys=True, ensure_ascii=True, default=_plain)
        return f"{self.id}:{hmac.new(self.secret, written.encode(), hashlib.sha256).hexdigest()}"

    def matches(self, mac: str, purpose: str, content: Mapping[str, Any] | Sequence[Any]) -> bool:
        """Whether this key made this hash of this content."""
        return hmac.compare_digest(mac.encode(), self.mac(purpose, content).encode())


def current(keys: Path, *, now: datetime) -> AuditKey:
    """The key that is used now; made if there is none."""
    files = _files(keys)
    if not files:
        with key_files.locked(keys / FOLDER):
            files = _files(keys) or [_make(keys, now)]
    return _load(str(files[-1]))


def find(keys: Path, key_id: str) -> AuditKey | None:
    """Our key with this id, or None."""
    return next((key for key in map(_load, map(str, _files(keys))) if key.id == key_id), None)


def of_hash(keys: Path, written: str) -> AuditKey | None:
    """The key that a hash says it was made with, or None where it names none of ours."""
    key_id, colon, _ = written.partition(":")
    return find(keys, key_id) if colon else None


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be hashed")


def _files(keys: Path) -> list[Path]:
    # The names begin with the time the key was made, so the last is the newest.
    return sorted((keys / FOLDER).glob("*.key"))


def _make(keys: Path, now: datetime) -> Path:
    secret = secrets.token_bytes(KEY_BYTES)
    path = keys / FOLDER / f"{now:%Y%m%dT%H%M%S%f}-{_id_of(secret)}.key"
    key_files.write_durably(path, secret.hex().encode())
    return path


def _id_of(secret: bytes) -> str:
    return hashlib.sha256(b"nightlight audit key\n" + secret).hexdigest()[:ID_CHARACTERS]


@lru_cache(maxsize=64)
def _load(path: str) -> AuditKey:
    secret = bytes.fromhex(Path(path).read_text().strip())
    return AuditKey(_id_of(secret), secret)
