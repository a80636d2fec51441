"""The audit trail: who did what to what, and when, as a hash chain.

Lines hold codes and ids only, so that a person's data can be erased without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db

AUDIT_CHAIN_LOCK = 7_061_746_001  # number of the advisory lock held while lines are appended; any fixed number
FIRST_HASH = "0" * 64


@db.append_only
class AuditLine(db.Model):
    """One audited action. Append-only: the ORM and triggers refuse changes."""

    __tablename__ = "audit_line"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # position in the chain, from 1
    at: Mapped[datetime] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(index=True)
    # No foreign key: a line outlives the rows it refers to.
    by_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(index=True)
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    def expected_hash(self) -> str:
        """Compute the SHA-256 over this line's content and the previous line's hash."""
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
    The line is appended to the chain just before the commit.
    """
    if not db.session().info.get("writing"):
        raise db.WriteOutsideTransaction("record an audit line in the transaction of the change it describes")
    db.deferred_to_commit("audit").append((now, action, by, subject, details or {}))


@db.before_commit
def _append_to_chain() -> None:
    deferred = db.deferred_to_commit("audit")
    if not deferred:
        return
    db.advisory_lock(AUDIT_CHAIN_LOCK)
    last = db.session.execute(select(AuditLine.id, AuditLine.hash).order_by(AuditLine.id.desc()).limit(1)).one_or_none()
    number, previous = (last.id, last.hash) if last else (0, FIRST_HASH)
    for now, action, by, subject, details in deferred:
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
        line.hash = previous = line.expected_hash()
        db.session.add(line)
    db.session.flush()


@dataclass(frozen=True)
class BrokenLine:
    """A position at which the chain is broken, and why."""

    id: int
    why: str


def broken_lines() -> Iterator[BrokenLine]:
    """Check the whole chain and yield each line that was changed, moved or removed."""
    previous, expected = FIRST_HASH, 1
    for line in db.session.scalars(select(AuditLine).order_by(AuditLine.id).execution_options(yield_per=1000)):
        if line.id != expected:
            yield BrokenLine(expected, f"line {expected} is missing")
        elif line.previous_hash != previous:
            yield BrokenLine(line.id, f"line {line.id} does not follow the line before it")
        if line.hash != line.expected_hash():
            yield BrokenLine(line.id, f"line {line.id} was changed after it was written")
        previous, expected = line.hash, line.id + 1


def latest_lines(limit: int) -> Sequence[AuditLine]:
    """The newest lines of the trail, newest first."""
    return db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(limit)).all()


def count_lines() -> int:
    """The number of lines in the trail."""
    return db.session.scalar(select(func.count()).select_from(AuditLine)) or 0
