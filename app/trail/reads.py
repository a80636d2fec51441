"""Lines about reading: who looked at what is kept about somebody else.

One line tells of all that one reader opens about one person, of one kind, within `ONE_LINE_FOR`: opening a page, going
back and opening it again is one look, and the trail stays readable.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import audit, db
from app.audit import AuditLine

ONE_LINE_FOR = timedelta(minutes=15)


def record_reading(action: str, *, of: int, by: int, now: datetime) -> None:
    """Record that `by` reads what is kept about person `of`, before it is shown; nothing for one's own.

    Opens its own transaction, so call it outside `db.writing()`.
    """
    subject = f"person:{of}"
    recorded = select(AuditLine.id).where(
        AuditLine.subject == subject,
        AuditLine.action == action,
        AuditLine.by_id == by,
        AuditLine.at > now - ONE_LINE_FOR,
    )
    if of == by or db.session.scalar(recorded.limit(1)) is not None:
        return
    with db.writing():
        audit.record(action, by=by, subject=subject, now=now)
