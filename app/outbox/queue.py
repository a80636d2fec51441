"""The outbox queue: adding deliveries, and counting them by state."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select

from app import db
from app.outbox.models import DeliveryState, OutboxRow
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
    """Queue a notice to a person, in this transaction; return whether it was new.

    `once` is a deduplication key that includes the version of what is announced: a second notice with the same key is
    never queued. It is sent no earlier than `not_before` and no later than `deadline`.
    """
    values = {
        "uuid": str(uuid4()),
        "kind": notice.kind,
        "person_id": to,
        "facts": notice.facts(),
        "once": once,
        "enqueued_at": now,
        "deadline": deadline,
        "state": DeliveryState.WAITING,
        "attempts": 0,
        "next_try_at": not_before or now,
        "fence": 0,
    }
    return db.insert_or_ignore(OutboxRow, values, key=("once",))


def count_by_state() -> dict[DeliveryState, int]:
    """How many deliveries are in each state; states without any are left out."""
    rows = db.session.execute(
        select(OutboxRow.state, func.count().label("how_many")).group_by(OutboxRow.state).order_by(OutboxRow.state)
    )
    return {row.state: row.how_many for row in rows}
