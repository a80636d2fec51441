"""Sending what the outbox holds. Any number of workers may do it at once; rows decide who sends what.

A claim is a lease with a fence. A worker that dies leaves its rows to the next when the lease ends; one that only
slept finds its fence overtaken and keeps quiet. Between the mail server's "250" and our commit a crash can make a
letter go twice, bearing the same Message-ID; that is chosen: silence about a shift would be worse.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select, update

from app import clock, db, settings
from app.outbox import notice as notices
from app.outbox.models import LetterState, OutboxRow
from app.outbox.render import message
from app.outbox.transports import Carrier, NeverWill, TryAgain, carrier
from app.people.models import Person, PersonState

LEASE = timedelta(minutes=2)
BATCH = 50
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)

log = structlog.get_logger()


def send_due() -> int:
    """Send every letter that is due, batch by batch; return how many left."""
    sent = 0
    while claimed := claim(clock.now(), most=BATCH):
        with carrier(settings.current().mail_url) as away:
            for row_id, fence in claimed:
                sent += send_one(row_id, fence, away)
    return sent


def claim(now: datetime, *, most: int) -> list[tuple[int, int]]:
    """Take up to `most` due letters for this worker: (row id, fence) each, the longest due first."""
    due = and_(
        OutboxRow.next_try_at <= now,
        or_(
            OutboxRow.state == LetterState.WAITING,
            and_(OutboxRow.state == LetterState.SENDING, OutboxRow.lease_until < now),
        ),
    )
    oldest = select(OutboxRow.id).where(due).order_by(OutboxRow.next_try_at, OutboxRow.id).limit(most)
    if db.session.scalars(oldest.limit(1)).one_or_none() is None:
        return []  # Most looks find nothing; they need not take the write lock.
    with db.writing():
        taken = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(oldest.with_for_update(skip_locked=True)))
            .values(
                state=LetterState.SENDING,
                lease_until=now + LEASE,
                fence=OutboxRow.fence + 1,
                attempts=OutboxRow.attempts + 1,
            )
            .returning(OutboxRow.id, OutboxRow.fence)
            .execution_options(synchronize_session=False)
        ).all()
    return sorted((row.id, row.fence) for row in taken)


def send_one(row_id: int, fence: int, away: Carrier) -> bool:
    """Send one claimed letter and write down how it went; say whether it left."""
    now = clock.now()
    row = db.session.get_one(OutboxRow, row_id, populate_existing=True)
    if row.fence != fence or row.lease_until is None or row.lease_until <= now:
        db.session.rollback()
        return False  # This worker was too slow: another has the letter now.
    outcome, error = LetterState.SENT, None
    try:
        outcome = _carry(row, away, now)
    except TryAgain as later:
        outcome, error = LetterState.WAITING, later.code
    except NeverWill as never:
        outcome, error = LetterState.REFUSED, never.code
    except Exception as fault:
        # A letter that cannot even be rendered must not hold up the ones behind it.
        log.exception("letter could not be made", letter=row.uuid, kind=row.kind)
        outcome, error = LetterState.WAITING, type(fault).__name__
    _finish(row_id, fence, outcome, error, attempts=row.attempts, now=clock.now())
    return outcome is LetterState.SENT


def _carry(row: OutboxRow, away: Carrier, now: datetime) -> LetterState:
    if now > row.deadline:
        return LetterState.EXPIRED
    notice = notices.from_row(row.kind, row.facts)
    reader = db.session.get_one(Person, row.person_id)
    if reader.state == PersonState.SUSPENDED or not notice.still_wanted(row.person_id, now):
        return LetterState.UNWANTED
    letter = message(row, notice, now=now)
    db.session.rollback()  # Nothing stays open while the mail server takes its time.
    away.carry(letter, name=row.uuid)
    return LetterState.SENT


def _finish(row_id: int, fence: int, outcome: LetterState, error: str | None, *, attempts: int, now: datetime) -> None:
    again = outcome is LetterState.WAITING
    with db.writing():
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.fence == fence)
            .values(
                state=outcome,
                last_error=error,
                lease_until=None,
                finished_at=None if again else now,
                **({"next_try_at": now + wait_after(attempts)} if again else {}),
            )
            .execution_options(synchronize_session=False)
        )
    log.info("letter", outcome=outcome, row=row_id, error=error)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after the nth failed try: doubling from 15 s to half an hour, jittered by a quarter."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    return doubled * random.uniform(0.75, 1.25)  # noqa: S311  spreads load; nothing secret about it
