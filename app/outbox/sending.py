"""Sending what the outbox holds. Any number of workers may run at once; rows decide which worker sends what.

A worker claims one e-mail at a time, by a lease with a fencing token. It renews the lease when the mail server is ready
for the content, and hands nothing over if another worker has the e-mail by then. When a worker dies, another claims its
e-mail after the lease ends. A crash between the mail server's "250" and our commit can send an e-mail twice, with the
same Message-ID. At-least-once is deliberate: sending nothing about a shift would be worse.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import DBAPIError

from app import clock, db, settings
from app.inbox import keeping as inbox
from app.outbox import circuit_breaker
from app.outbox import notice as notices
from app.outbox.lines import Line, line_of
from app.outbox.mail_transports import PHASE_LIMIT, EmailRefused, MailTransport, TransportFault, mail_transport
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.render import render_email
from app.people.models import CLOSED, Person

# Longer than either phase of a conversation, so that no worker hands over an e-mail after its lease.
LEASE = timedelta(seconds=PHASE_LIMIT + 30)
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=30)
RECORD_AGAIN_SECONDS = 0.5
STOP_RECORDING_AFTER = timedelta(seconds=30)

log = structlog.get_logger()


class LeaseLost(Exception):
    """Another worker has this e-mail, or may have it by now."""


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended: the row's next state, and what it says about the mail server.

    At most one of the three is set: the server accepted the e-mail, refused it, or could not be used. `is_due` says
    that the e-mail is due again at once, because the failure was not its own.
    """

    state: DeliveryState
    error: str | None = None
    was_accepted: bool = False
    refused: EmailRefused | None = None
    fault: TransportFault | None = None
    is_due: bool = False


def never() -> bool:
    """Nobody asks us to stop."""
    return False


def send_due(should_stop: Callable[[], bool] = never) -> int:
    """Send everything that is due, until `should_stop` returns True; return how many e-mails were sent."""
    sent = 0
    with mail_transport(settings.current().mail_url) as transport:
        while not should_stop() and (claimed := claim(clock.now())):
            sent += send_one(*claimed, transport, should_stop)
        if not should_stop():
            _check_when_idle(transport)
    return sent


def claim(now: datetime) -> tuple[int, int] | None:
    """Claim the e-mail that has been due longest; return its row's id and the fencing token, or None."""
    due = and_(
        OutboxRow.next_try_at <= now,
        or_(
            OutboxRow.state == DeliveryState.WAITING,
            and_(OutboxRow.state == DeliveryState.SENDING, OutboxRow.lease_until < now),
        ),
    )
    oldest = select(OutboxRow.id).where(due).order_by(OutboxRow.next_try_at, OutboxRow.id).limit(1)
    # Most calls find nothing; they need not take the write lock.
    if db.session.scalars(oldest).one_or_none() is None or not circuit_breaker.may_try(circuit_breaker.get(), now):
        db.session.rollback()
        return None
    with db.writing():
        if not circuit_breaker.take_turn(now, until=now + LEASE):
            return None
        claimed = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id == oldest.with_for_update(skip_locked=True, key_share=True).scalar_subquery())
            .values(
                state=DeliveryState.SENDING,
                lease_until=now + LEASE,
                fence=OutboxRow.fence + 1,
                attempts=OutboxRow.attempts + 1,
            )
            .returning(OutboxRow.id, OutboxRow.fence)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if claimed is None:
            circuit_breaker.return_turn(now)
    return (claimed.id, claimed.fence) if claimed else None


def send_one(row_id: int, fence: int, transport: MailTransport, should_stop: Callable[[], bool] = never) -> bool:
    """Send one claimed e-mail and record the outcome; return whether it was sent."""
    now = clock.now()
    row = db.session.get_one(OutboxRow, row_id, populate_existing=True)
    if row.fence != fence or row.lease_until is None or row.lease_until <= now:
        db.session.rollback()
        return False
    try:
        outcome = _attempt(row, fence, transport, now)
    except LeaseLost:
        db.session.rollback()
        log.warning("another worker has this email now", row=row_id)
        return False
    _record_surely(row_id, fence, outcome, began=now, should_stop=should_stop)
    return outcome.was_accepted


def _attempt(row: OutboxRow, fence: int, transport: MailTransport, now: datetime) -> Outcome:
    if now > row.deadline:
        return Outcome(DeliveryState.EXPIRED, row.last_error)
    uuid, kind = row.uuid, row.kind
    try:
        return _deliver(row, fence, transport, now)
    except EmailRefused as refused:
        return Outcome(DeliveryState.WAITING, refused.code, refused=refused)
    except TransportFault as fault:
        return Outcome(DeliveryState.WAITING, fault.code, fault=fault, is_due=True)
    except DBAPIError as error:
        log.warning("email not sent without a database", email=uuid, error=type(error.orig).__name__)
        return Outcome(DeliveryState.WAITING, type(error.orig).__name__, is_due=True)
    except LeaseLost:
        raise
    except Exception as error:
        # An e-mail that cannot be rendered must not hold up the ones behind it.
        log.exception("email could not be rendered", email=uuid, kind=kind)
        return Outcome(DeliveryState.WAITING, type(error).__name__)


def _deliver(row: OutboxRow, fence: int, transport: MailTransport, now: datetime) -> Outcome:
    notice = notices.from_row(row.kind, row.facts)
    recipient = db.session.get_one(Person, row.person_id)
    is_closed = recipient.state in CLOSED and not notice.reaches_closed
    if is_closed or not notice.still_wanted(row.person_id, now):
        return Outcome(DeliveryState.UNWANTED)
    email, row_id, name = render_email(row, notice, now=now), row.id, row.uuid
    line = line_of(email) if notices.kind_called(row.kind).in_inbox else None
    db.session.rollback()  # No transaction stays open while the mail server works.
    transport.send(email, name=name, before_content=lambda: _renew(row_id, fence, line))
    return Outcome(DeliveryState.SENT, was_accepted=True)


def _renew(row_id: int, fence: int, line: Line | None) -> None:
    """Renew the lease before the e-mail is handed over. A database that cannot be written now stops it here.

    In the same transaction the notice comes under its reader's Messages.
    """
    now = clock.now()
    with db.writing():
        renewed = db.session.scalars(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.fence == fence, OutboxRow.lease_until > now)
            .values(lease_until=now + LEASE)
            .returning(OutboxRow.person_id)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        if renewed is not None and line is not None:
            inbox.keep(row_id, renewed, line, now=now)
    if renewed is None:
        raise LeaseLost


def _record_surely(
    row_id: int, fence: int, outcome: Outcome, *, began: datetime, should_stop: Callable[[], bool]
) -> None:
    """Record an outcome, trying again while the database cannot be written.

    While this worker cannot write, it has nothing else to do; and what it does not record is sent twice. When it is
    asked to stop, it goes on for half a minute.
    """
    stop_at: float | None = None
    while True:
        try:
            _record(row_id, fence, outcome, began=began)
        except DBAPIError as error:
            db.session.rollback()
            if should_stop():
                stop_at = stop_at or time.monotonic() + STOP_RECORDING_AFTER.total_seconds()
                if time.monotonic() >= stop_at:
                    raise
            log.warning("outcome not recorded yet", row=row_id, error=type(error.orig).__name__)
            time.sleep(RECORD_AGAIN_SECONDS)
        else:
            return


def _record(row_id: int, fence: int, outcome: Outcome, *, began: datetime) -> None:
    """Record the outcome of one attempt, unless another worker has claimed the e-mail since."""
    now = clock.now()
    with db.writing():
        row = db.session.get_one(OutboxRow, row_id, with_for_update={"key_share": True}, populate_existing=True)
        is_ours = row.fence == fence and row.state == DeliveryState.SENDING
        if is_ours:
            row.state, row.last_error, row.lease_until = outcome.state, outcome.error, None
            if outcome.refused:
                if outcome.refused.is_final and circuit_breaker.is_proven(row.refused_at):
                    row.state = DeliveryState.REFUSED
                row.refused_at = now
            if outcome.is_due:
                row.attempts, row.next_try_at = row.attempts - 1, now  # behind the others that are due
            elif row.state == DeliveryState.WAITING:
                row.next_try_at = now + wait_after(row.attempts)
            row.finished_at = None if row.state == DeliveryState.WAITING else now
            db.session.flush()
        _tell_breaker(outcome, began=began, now=now)
        state = row.state if is_ours else outcome.state
        is_private = row.kind in notices.private_kinds()
    if is_private:
        log.info("private email", row=row_id)  # whether it was sent or not wanted is nobody's to read
    else:
        log.info("email", outcome=state, row=row_id, error=outcome.error, overtaken=not is_ours)


def _tell_breaker(outcome: Outcome, *, began: datetime, now: datetime) -> None:
    if outcome.was_accepted:
        circuit_breaker.record_accepted(now)
    elif outcome.fault:
        circuit_breaker.record_fault(outcome.fault.code, began=began, now=now)
    elif outcome.refused:
        circuit_breaker.record_refused(outcome.refused.code, began=began, now=now)
    else:
        circuit_breaker.return_turn(now)


def _check_when_idle(transport: MailTransport) -> None:
    """After a minute without an e-mail, look whether the mail server answers, so that nobody finds out too late."""
    began = clock.now()
    if not circuit_breaker.wants_check(circuit_breaker.get(), began):
        db.session.rollback()
        return
    with db.writing():
        is_ours = circuit_breaker.take_check(began)
    if not is_ours:
        return
    code = None
    try:
        transport.check()
    except TransportFault as fault:
        code = fault.code
    now = clock.now()
    with db.writing():
        if code is None:
            circuit_breaker.record_connected()
        else:
            circuit_breaker.record_fault(code, began=began, now=now)


def wait_after(attempts: int) -> timedelta:
    """The wait after the nth failed attempt: doubling from 15 s to half an hour, with a jitter of a quarter."""
    doubled: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 10), LONGEST_WAIT)
    return doubled * random.uniform(0.75, 1.25)  # noqa: S311  spreads load; nothing secret about it
