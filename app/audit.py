"""The audit trail: who did what to what, and when, as a chain of keyed hashes.

Lines hold codes and ids only, so that a person's data can be erased without breaking the chain. `app/trail/` checks the
chain and reads it for pages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db, settings
from app.trail import keys, seals
from app.trail.keys import AuditKey

AUDIT_CHAIN_LOCK = 7_061_746_001  # number of the advisory lock held while lines are appended; any fixed number
FIRST_HASH = "0" * 64
SEALS = "rows"  # the key in `content` under which a line keeps the seals of the rows that it changed
HEAD_REPLACED = "audit.head-replaced"


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
    content: Mapped[dict[str, Any]] = mapped_column("details")  # the details, and the seals of rows
    previous_hash: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)

    @property
    def details(self) -> dict[str, Any]:
        """The codes and ids that were recorded with the action."""
        return {name: value for name, value in self.content.items() if name != SEALS}

    @property
    def seals(self) -> dict[str, str | None]:
        """The seals of the rows that this action changed, by `table:id`; None for a row that it removed."""
        found: dict[str, str | None] = self.content.get(SEALS, {})
        return found

    @property
    def is_keyed(self) -> bool:
        """Whether the line was written with a key; lines of before there was one were not."""
        return ":" in self.hash

    def is_as_written(self, key: AuditKey | None) -> bool:
        """Whether its hash is the one of its content, made with this key; without one, for a line of before."""
        if self.is_keyed:
            return key is not None and key.matches(self.hash, "line", self._hashed_content())
        return self.hash == self._hash_without_key()

    def hash_with(self, key: AuditKey) -> str:
        """The keyed hash over everything in this line, and over the hash of the line before it."""
        return key.mac("line", self._hashed_content())

    def _hash_without_key(self) -> str:
        content = json.dumps(self._hashed_content(), sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def _hashed_content(self) -> list[Any]:
        return [
            self.id,
            self.at.astimezone(UTC).isoformat(),
            self.action,
            self.by_id,
            self.subject,
            self.content,
            self.previous_hash,
        ]


class AuditHead(db.Model):
    """One row: the number and hash of the last line, signed with the key. A trail that ends before it was cut off."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str]
    mac: Mapped[str]

    def is_as_written(self, key: AuditKey | None) -> bool:
        """Whether this key signed it."""
        return key is not None and key.matches(self.mac, "head", [self.number, self.hash])

    def move_to(self, number: int, last_hash: str, key: AuditKey) -> None:
        """Point to a new last line."""
        self.number, self.hash, self.mac = number, last_hash, key.mac("head", [number, last_hash])


@dataclass
class _NewLine:
    at: datetime
    action: str
    by_id: int | None
    subject: str
    details: dict[str, Any] = field(default_factory=dict)
    seals: dict[str, str | None] = field(default_factory=dict)


def record(action: str, *, by: int | None, subject: str, now: datetime, details: dict[str, Any] | None = None) -> None:
    """Add a line to the trail, in this transaction; `by` is None for what the system did by itself.

    `action` reads `area.what-happened`, `subject` `table:id`, and `details` holds codes and ids, never free text.
    The line is appended to the chain just before the commit, with the seals of the rows that the transaction changed.
    """
    if not db.session().info.get("writing"):
        raise db.WriteOutsideTransaction("record an audit line in the transaction of the change it describes")
    db.deferred_to_commit("audit").append(_NewLine(now, action, by, subject, details or {}))


@db.before_commit
def _append_to_chain() -> None:
    new_lines: list[_NewLine] = db.deferred_to_commit("audit")
    to_seal = seals.rows_to_seal()
    if not new_lines:
        if to_seal:
            raise seals.ChangedWithoutLine(f"record an audit line for the change of {', '.join(to_seal)}")
        return
    key_folder = settings.current().keys
    key = keys.current(key_folder, now=new_lines[0].at)
    db.advisory_lock(AUDIT_CHAIN_LOCK)
    _attach_seals(new_lines, to_seal, key)
    head = db.session.get(AuditHead, 1, populate_existing=True)
    last = db.session.scalar(select(func.max(AuditLine.id))) or 0
    if head is None or last > head.number or not head.is_as_written(keys.of_hash(key_folder, head.mac)):
        if head is not None or last > 0:
            new_lines.insert(0, _NewLine(new_lines[0].at, HEAD_REPLACED, None, "audit_head:1"))
        head = _head_at(head, last)
    number, previous = head.number, head.hash
    for new in new_lines:
        number += 1
        line = AuditLine(
            id=number,
            at=new.at,
            action=new.action,
            by_id=new.by_id,
            subject=new.subject,
            content={**new.details, SEALS: new.seals} if new.seals else new.details,
            previous_hash=previous,
        )
        line.hash = previous = line.hash_with(key)
        db.session.add(line)
    head.move_to(number, previous, key)
    db.session.flush()


def _head_at(head: AuditHead | None, last: int) -> AuditHead:
    """The head of a trail without one, or after somebody changed it: at the last line there is, so work goes on."""
    last_hash = db.session.scalar(select(AuditLine.hash).where(AuditLine.id == last)) or FIRST_HASH
    if head is None:
        head = AuditHead(id=1)
        db.session.add(head)
    head.number, head.hash = last, last_hash
    return head


def _attach_seals(new_lines: list[_NewLine], to_seal: dict[str, list[int]], key: AuditKey) -> None:
    """Give the seal of each changed row to the last line about its person, or else to the last line."""
    line_about = {line.subject: line for line in new_lines}
    for table in seals.sealed_tables():
        ids = to_seal.get(table.name, [])
        values_by_id = dict(seals.read(table, ids))
        for row_id in ids:
            name = f"{table.name}:{row_id}"
            values = values_by_id.get(row_id)
            person_id = row_id if table.name == "person" else (values or {}).get("person_id")
            line = line_about.get(f"person:{person_id}", new_lines[-1])
            line.seals[name] = None if values is None else seals.seal(key, name, values)


def latest_lines(limit: int) -> Sequence[AuditLine]:
    """The newest lines of the trail, newest first."""
    return db.session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(limit)).all()


def count_lines() -> int:
    """The number of lines in the trail."""
    return db.session.scalar(select(func.count()).select_from(AuditLine)) or 0
