"""Whether e-mails get out, for the health checks, `doctor` and the pages of administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select

from app import db
from app.outbox.models import DeliveryState, MailCircuitBreaker, OutboxRow
from app.outbox.notice import private_kinds

FAILING_AFTER = timedelta(seconds=30)  # A single line that drops mends itself at the next try, seconds later.
LATE_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class MailState:
    """What the workers have found about the mail server, and what waits for it.

    `overdue` counts the e-mails that should have been sent by now, the oldest of them due since `overdue_since`.
    `last_error` is a code without any address; `app.outbox.wording.words_of` puts it into a sentence.
    """

    failing_since: datetime | None
    last_error: str | None
    overdue: int
    overdue_since: datetime | None
    last_accepted_at: datetime | None
    now: datetime

    @property
    def is_failing(self) -> bool:
        """Whether the mail server has taken no e-mail for half a minute of trying. It is tried again by itself."""
        return self.failing_since is not None and self.now - self.failing_since >= FAILING_AFTER

    @property
    def is_late(self) -> bool:
        """Whether an e-mail has been due for five minutes, for whatever reason: the mail server, or no worker runs."""
        return self.overdue_since is not None and self.now - self.overdue_since >= LATE_AFTER


def mail_state(now: datetime) -> MailState:
    """Whether e-mails get out, in one query."""
    due = or_(
        and_(OutboxRow.state == DeliveryState.WAITING, OutboxRow.next_try_at <= now),
        and_(OutboxRow.state == DeliveryState.SENDING, OutboxRow.lease_until < now),
    )
    overdue = select(func.count().label("how_many"), func.min(OutboxRow.next_try_at).label("since")).where(
        due, OutboxRow.kind.not_in(private_kinds())
    )
    waiting = overdue.subquery()
    row = db.session.execute(
        select(
            MailCircuitBreaker.failing_since,
            MailCircuitBreaker.last_error,
            MailCircuitBreaker.last_accepted_at,
            waiting.c.how_many,
            waiting.c.since,
        ).outerjoin_from(waiting, MailCircuitBreaker, MailCircuitBreaker.id == 1)
    ).one()
    return MailState(row.failing_since, row.last_error, row.how_many, row.since, row.last_accepted_at, now)
