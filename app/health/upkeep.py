"""When the installation was last backed up and restored: one row for each kind of work, the newest only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app import db


class Work(StrEnum):
    """A kind of work on the installation that is worth knowing the time of."""

    BACKUP = "backup"
    RESTORE = "restore"
    FILES = "files"  # comparing the file store with its rows


class Upkeep(db.Model):
    """When one kind of work was last done."""

    __tablename__ = "upkeep"
    __table_args__ = (db.one_of("work", Work),)

    work: Mapped[Work] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    details: Mapped[dict[str, Any]]


def record(work: Work, *, now: datetime, details: dict[str, Any] | None = None) -> None:
    """Note, in this transaction, that the work was done now."""
    values = {"work": work, "at": now, "details": details or {}}
    db.upsert(Upkeep, values, key=("work",), update={"at": now, "details": details or {}})


def was_restored_after(instant: datetime) -> bool:
    """Whether an instant lies between that of the backup restored last and its restore: time this database lost."""
    row = db.session.get(Upkeep, Work.RESTORE)
    return row is not None and datetime.fromisoformat(row.details["made_at"]) < instant <= row.at


@db.cached_per_request
def last(work: Work) -> datetime | None:
    """When the work was last done, or None if never."""
    return db.session.scalar(select(Upkeep.at).where(Upkeep.work == work))


def details_of(work: Work) -> dict[str, Any]:
    """What was noted when the work was last done; empty if never."""
    return db.session.scalar(select(Upkeep.details).where(Upkeep.work == work)) or {}
