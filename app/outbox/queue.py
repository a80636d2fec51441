"""Putting letters in the outbox."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from app import db
from app.outbox.models import LetterState, OutboxRow
from app.outbox.notice import Notice


def enqueue(
    notice: Notice,
    *,
    to: int,
    once: str,
    now: datetime,
    deadline: datetime,
    not_before: datetime | None = None,
) -> bool:
    """Queue a letter to a person, in this transaction; say whether it was new.

    `once` names the telling (with the version of what is told in it): a second letter of that name is never queued.
    After `deadline` it is not sent any more; before `not_before` not yet.
    """
    values = {
        "uuid": str(uuid4()),
        "kind": notice.kind,
        "person_id": to,
        "facts": notice.facts(),
        "once": once,
        "enqueued_at": now,
        "deadline": deadline,
        "state": LetterState.WAITING,
        "attempts": 0,
        "next_try_at": not_before or now,
        "fence": 0,
    }
    return db.insert_or_ignore(OutboxRow, values, key=("once",))
