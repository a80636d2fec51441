"""The outbox queue: adding deliveries, and counting them by state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import func, select

from app import db
from app.health import upkeep
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.notice import Notice, private_kinds

KEPT_BACK = "Restored"
"""The code of an e-mail that was not sent after a restore; `app.outbox.wording` has its sentence."""
TAKES_NONE = "Bounces"
"""The code of an e-mail that was not sent because others to its address came back."""
TURNED_OFF = "TurnedOff"
"""The code of an e-mail that its reader does not want."""
AT_ONCE = 200  # e-mails queued in one transaction, so that nobody waits long for its lock
REMIND_DAYS_BEFORE = (3, 14)  # a last day by which something new is asked of people

T = TypeVar("T")


def enqueue(
    notice: Notice,
    *,
    to: int,
    once: str,
    now: datetime,
    deadline: datetime,
    not_before: datetime | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Queue a notice to a person, in this transaction; return whether it was new.

    `once` is a deduplication key that includes the version of what is announced: a second notice with the same key is
    never queued. It is sent no earlier than `not_before` and no later than `deadline`.

    `due_at` is the moment at which a notice that time brings about, such as a reminder, fell due. One that fell due
    between the instant of a backup and its restore is kept and not sent, because it was sent by what was restored from.
    """
    kept_back = due_at is not None and upkeep.was_restored_after(due_at)
    values = {
        "uuid": str(uuid4()),
        "kind": notice.kind,
        "person_id": to,
        "facts": notice.facts(),
        "once": once,
        "enqueued_at": now,
        "deadline": deadline,
        "state": DeliveryState.EXPIRED if kept_back else DeliveryState.WAITING,
        "finished_at": now if kept_back else None,
        "last_error": KEPT_BACK if kept_back else None,
        "attempts": 0,
        "next_try_at": not_before or now,
        "fence": 0,
    }
    return db.insert_or_ignore(OutboxRow, values, key=("once",))


def waits(once: str) -> bool:
    """Whether the notice with this key still waits to be sent. Until this transaction ends, nothing sends it, so that
    what the transaction writes is in it when it is rendered."""
    wanted = select(OutboxRow.id).where(OutboxRow.once == once, OutboxRow.state == DeliveryState.WAITING)
    return db.session.scalar(wanted.with_for_update(key_share=True)) is not None


def batches(waiting: Sequence[T]) -> Iterator[Sequence[T]]:
    """What many e-mails are queued about, in parts for one transaction each."""
    for first in range(0, len(waiting), AT_ONCE):
        yield waiting[first : first + AT_ONCE]


def step_before(last_day: date, today: date) -> str:
    """Which e-mail about a last day is due: the first, or the reminder that begins 14 or 3 days before it."""
    days_left = (last_day - today).days
    return str(min((days for days in REMIND_DAYS_BEFORE if days_left <= days), default="first"))


def count_by_state() -> dict[DeliveryState, int]:
    """How many deliveries are in each state, without private ones; states without any are left out."""
    rows = db.session.execute(
        select(OutboxRow.state, func.count().label("how_many"))
        .where(OutboxRow.kind.not_in(private_kinds()))
        .group_by(OutboxRow.state)
        .order_by(OutboxRow.state)
    )
    return {row.state: row.how_many for row in rows}
