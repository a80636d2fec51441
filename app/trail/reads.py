"""Lines about reading: who looked at what is kept about somebody else.

One line tells of all that one reader opens about one person, of one kind, within `ONE_LINE_FOR`: opening a page, going
back and opening it again is one look, and the trail stays readable.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from app import audit, db
from app.audit import AuditLine

ONE_LINE_FOR = timedelta(minutes=15)


def is_recorded(action: str, *, of: int, by: int, now: datetime) -> ColumnElement[bool]:
    """The condition that this reading has its line already, for a page that asks other things in the same query."""
    line = select(AuditLine.id).where(
        AuditLine.subject == f"person:{of}",
        AuditLine.action == action,
        AuditLine.by_id == by,
        AuditLine.at > now - ONE_LINE_FOR,
    )
    return line.exists()


def record_reading(action: str, *, of: int, by: int, now: datetime, recorded: bool | None = None) -> None:
    """Record that `by` reads what is kept about person `of`, before it is shown; nothing for one's own.

    Opens its own transaction, so call it outside `db.writing()`. `recorded` is the answer to `is_recorded`, where the
    page has asked it.
    """
    if recorded is None and of != by:
        recorded = db.session.scalar(select(is_recorded(action, of=of, by=by, now=now)))
    if of == by or recorded:
        return
    with db.writing():
        audit.record(action, by=by, subject=f"person:{of}", now=now)
