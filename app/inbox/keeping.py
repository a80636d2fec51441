"""Putting notices under Messages, and deleting them when their time is over.

A notice stands there from the moment at which its e-mail is handed over, or earlier where the mail server cannot be
used (`meanwhile`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from app import db
from app.inbox.models import InboxLine
from app.outbox.lines import Line
from app.outbox.policy import telling_now


def keep(outbox_id: int, person_id: int, line: Line, *, now: datetime) -> None:
    """Put a notice under its reader's Messages, in this transaction. One that is there stays as it is."""
    values = {"outbox_id": outbox_id, "person_id": person_id, **line._asdict(), "told_at": now}
    db.insert_or_ignore(InboxLine, values, key=("outbox_id",))


def delete_old(now: datetime) -> None:
    """Delete what stood under people's Messages for longer than the policy says, read or not."""
    kept_for = timedelta(days=telling_now(now).keep_notices_days)
    with db.writing():
        db.session.execute(
            delete(InboxLine).where(InboxLine.told_at < now - kept_for),
            execution_options={"synchronize_session": False},
        )
