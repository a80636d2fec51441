"""The audit trail: who did what to what, and when; each line hashed over the one before it.

Lines hold codes and ids only, so that a person can be forgotten without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db

ONE_CHAIN = 7_061_746_001  # the lock of the one chain; any fixed number
FIRST_HASH = "0" * 64


@db.append_only
class AuditLine(db.Model):
    """One thing that happened. Added, never changed: refused by the ORM and by triggers."""

    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # its place in the chain, from 1
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(index=True)
    # No foreign key: a line outlives whatever it speaks of.
    by_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(index=True)
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    def worked_out_hash(self) -> str:
        """The SHA-256 this line must bear, over its own content and the hash before it."""
        content = [
            self.id,
            self.at.isoformat(),
            self.action,
            self.by_id,
            self.subject,
            self.details,
            self.previous_hash,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def record(action: str, *, by: int | None, subject: str, now: datetime, details: dict[str, Any] | None = None) -> None:
    """Add a line to the trail, in this transaction; `by` is None for what the system did by itself.

    `action` reads `area.what-happened`, `subject` `table:id`, and `details` holds codes and ids, never free text.
    The line takes its place in the chain just before the commit.
    """
    if not db.session().info.get("writing"):
        raise db.WroteOutsideWriting("an audit line belongs in the transaction of what it tells of")
    db.pending("audit").append((now, action, by, subject, details or {}))


@db.before_commit
def _append_to_chain() -> None:
    waiting = db.pending("audit")
    if not waiting:
        return
    db.take_turns(ONE_CHAIN)
    last = db.session.execute(select(AuditLine.id, AuditLine.hash).order_by(AuditLine.id.desc()).limit(1)).one_or_none()
    number, previous = (last.id, last.hash) if last else (0, FIRST_HASH)
    for now, action, by, subject, details in waiting:
        number += 1
        line = AuditLine(
            id=number,
            at=now,
            action=action,
            by_id=by,
            subject=subject,
            details=details,
            previous_hash=previous,
        )
        line.hash = previous = line.worked_out_hash()
        db.session.add(line)
    db.session.flush()


@dataclass(frozen=True)
class BrokenLine:
    """A place where the chain does not hold, and why."""

    id: int
    why: str


def broken_lines() -> Iterator[BrokenLine]:
    """Walk the whole chain and name each line that was changed, moved or taken out."""
    previous, expected = FIRST_HASH, 1
    for line in db.session.scalars(select(AuditLine).order_by(AuditLine.id).execution_options(yield_per=1000)):
        if line.id != expected:
            yield BrokenLine(expected, f"line {expected} is missing")
        elif line.previous_hash != previous:
            yield BrokenLine(line.id, f"line {line.id} does not follow the line before it")
        if line.hash != line.worked_out_hash():
            yield BrokenLine(line.id, f"line {line.id} was changed after it was written")
        previous, expected = line.hash, line.id + 1


def how_many_lines() -> int:
    """The number of lines in the trail."""
    return db.session.scalar(select(func.count()).select_from(AuditLine)) or 0
