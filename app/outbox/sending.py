"""Sending what the outbox holds. Any number of workers may run at once; rows decide which worker sends what.

A claim is a lease with a fencing token. When a worker dies, another claims its rows after the lease expires; a worker
that was only suspended finds that its token is outdated and sends nothing. A crash between the mail server's "250" and
our commit can send an e-mail twice, with the same Message-ID. At-least-once is deliberate: sending nothing about a
shift would be worse.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select, update

from app import clock, db, settings
from app.outbox import notice as notices
from app.outbox.mail_transports import MailTransport, PermanentFailure, TemporaryFailure, mail_transport
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.render import render_email
from app.people.models import Person, PersonState

LEASE = timedelta(minutes=2)
BATCH_SIZE = 50
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)

log = structlog.get_logger()


def send_due() -> int:
    """Send everything that is due, batch by batch; return how many e-mails were sent."""
    sent = 0
    while claimed := claim(clock.now(), limit=BATCH_SIZE):
        with mail_transport(settings.current().mail_url) as transport:
            for row_id, fence in claimed:
                sent += send_one(row_id, fence, transport)
    return sent


def claim(now: datetime, *, limit: int) -> list[tuple[int, int]]:
    """Claim up to `limit` due rows for this worker, the longest due first; return (row id, fencing token) of each."""
    due = and_(
        OutboxRow.next_try_at <= now,
        or_(
            OutboxRow.state == DeliveryState.WAITING,
            and_(OutboxRow.state == DeliveryState.SENDING, OutboxRow.lease_until < now),
        ),
    )
    oldest = select(OutboxRow.id).where(due).order_by(OutboxRow.next_try_at, OutboxRow.id).limit(limit)
    if db.session.scalars(oldest.limit(1)).one_or_none() is None:
        return []  # Most calls find nothing; they need not take the write lock.
    with db.writing():
        claimed = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(oldest.with_for_update(skip_locked=True)))
            .values(
                state=DeliveryState.SENDING,
                lease_until=now + LEASE,
                fence=OutboxRow.fence + 1,
                attempts=OutboxRow.attempts + 1,
            )
            .returning(OutboxRow.id, OutboxRow.fence)
            .execution_options(synchronize_session=False)
        ).all()
    return sorted((row.id, row.fence) for row in claimed)


def send_one(row_id: int, fence: int, transport: MailTransport) -> bool:
    """Send one claimed row and record the outcome; return whether an e-mail was sent."""
    now = clock.now()
    row = db.session.get_one(OutboxRow, row_id, populate_existing=True)
    if row.fence != fence or row.lease_until is None or row.lease_until <= now:
        db.session.rollback()
        return False  # The lease expired, so another worker may have claimed the row.
    outcome, error = DeliveryState.SENT, None
    try:
        outcome = _deliver(row, transport, now)
    except TemporaryFailure as failure:
        outcome, error = DeliveryState.WAITING, failure.code
    except PermanentFailure as failure:
        outcome, error = DeliveryState.REFUSED, failure.code
    except Exception as fault:
        # An e-mail that cannot be rendered must not hold up the ones behind it.
        log.exception("email could not be rendered", email=row.uuid, kind=row.kind)
        outcome, error = DeliveryState.WAITING, type(fault).__name__
    _finish(row_id, fence, outcome, error, attempts=row.attempts)
    return outcome is DeliveryState.SENT


def _deliver(row: OutboxRow, transport: MailTransport, now: datetime) -> DeliveryState:
    if now > row.deadline:
        return DeliveryState.EXPIRED
    notice = notices.from_row(row.kind, row.facts)
    recipient = db.session.get_one(Person, row.person_id)
    if recipient.state == PersonState.SUSPENDED or not notice.still_wanted(row.person_id, now):
        return DeliveryState.UNWANTED
    email, name = render_email(row, notice, now=now), row.uuid
    db.session.rollback()  # No transaction stays open while the mail server works.
    transport.send(email, name=name)
    return DeliveryState.SENT


def _finish(row_id: int, fence: int, outcome: DeliveryState, error: str | None, *, attempts: int) -> None:
    """Record the outcome of one attempt, unless another worker has claimed the row since."""
    now = clock.now()
    retry = outcome is DeliveryState.WAITING
    with db.writing():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.fence == fence)
            .values(
                state=outcome,
                last_error=error,
                lease_until=None,
                finished_at=None if retry else now,
                **({"next_try_at": now + wait_after(attempts)} if retry else {}),
            )
            .execution_options(synchronize_session=False)
        )
    log.info("email", outcome=outcome, row=row_id, error=error)


def wait_after(attempts: int) -> timedelta:
    """The wait after the nth failed attempt: doubling from 15 s to half an hour, with a jitter of a quarter."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    return doubled * random.uniform(0.75, 1.25)  # noqa: S311  spreads load; nothing secret about it
