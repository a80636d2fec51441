"""Sending what the outbox holds. Any number of workers may run at once; rows decide which worker sends what.

A worker claims a few e-mails at a time, each by a lease with a fencing token. It renews an e-mail's lease when the mail
server is ready for the content, and hands nothing over if another worker has the e-mail by then. What it cannot send
within seconds it gives back. When a worker dies, another claims its e-mails after their leases end. A crash between the
mail server's "250" and our commit can send an e-mail twice, with the same Message-ID. At-least-once is deliberate:
sending nothing about a shift would be worse.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import and_, exists, or_, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from app import clock, db, settings
from app.inbox import keeping as inbox
from app.outbox import bounces, circuit_breaker, queue
from app.outbox import notice as notices
from app.outbox.lines import Line, line_of
from app.outbox.mail_transports import (
    PHASE_LIMIT,
    EmailRefused,
    MailTransport,
    TransportFault,
    addr_spec,
    mail_transport,
)
from app.outbox.marks import mark_of, return_address
from app.outbox.models import DeliveryState, EmailBounce, EmailTurnedOff, OutboxRow
from app.outbox.render import render_email
from app.people.models import CLOSED, Person

# Longer than either phase of a conversation, so that no worker hands over an e-mail after its lease.
LEASE = timedelta(seconds=PHASE_LIMIT + 30)
AT_ONCE = 20  # e-mails claimed at a time: one transaction for all of them, and few that wait when a worker dies
GIVEN_BACK_AFTER = 5.0  # seconds since the claim; with a slow mail server a worker holds little more than one e-mail
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
    mark: str | None = None  # of the address that was refused
    is_due: bool = False


def never() -> bool:
    """Nobody asks us to stop."""
    return False


def send_due(should_stop: Callable[[], bool] = never) -> int:
    """Send everything that is due, until `should_stop` returns True; return how many e-mails were sent."""
    sent = 0
    with mail_transport(settings.current().mail_url) as transport:
        while not should_stop() and (claimed := claim(clock.now())):
            sent += _send_claimed(claimed, transport, should_stop)
        if not should_stop():
            _check_when_idle(transport)
    return sent


def claim(now: datetime, *, most: int = AT_ONCE) -> list[tuple[int, int]]:
    """Claim the e-mails that have been due longest; return the id and the fencing token of each row, or nothing.

    While the mail server fails it is one e-mail at most, in turn with the other workers.
    """
    due = and_(
        OutboxRow.next_try_at <= now,
        or_(
            OutboxRow.state == DeliveryState.WAITING,
            and_(OutboxRow.state == DeliveryState.SENDING, OutboxRow.lease_until < now),
        ),
    )
    oldest = select(OutboxRow.id).where(due).order_by(OutboxRow.next_try_at, OutboxRow.id)
    # Most calls find nothing; they need not take the write lock.
    breaker = circuit_breaker.get()
    if db.session.scalars(oldest.limit(1)).one_or_none() is None or not circuit_breaker.may_try(breaker, now):
        db.session.rollback()
        return []
    with db.writing():
        if not circuit_breaker.take_turn(now, until=now + LEASE):
            return []
        wanted = oldest.limit(1 if circuit_breaker.get().failing_since else most)
        claimed = db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(wanted.with_for_update(skip_locked=True, key_share=True)))
            .values(
                state=DeliveryState.SENDING,
                lease_until=now + LEASE,
                fence=OutboxRow.fence + 1,
                attempts=OutboxRow.attempts + 1,
            )
            .returning(OutboxRow.next_try_at, OutboxRow.id, OutboxRow.fence)
            .execution_options(synchronize_session=False)
        ).all()
        if not claimed:
            circuit_breaker.return_turn(now)
    return [(row.id, row.fence) for row in sorted(claimed)]


def _send_claimed(claimed: Sequence[tuple[int, int]], transport: MailTransport, should_stop: Callable[[], bool]) -> int:
    """Send claimed e-mails one after the other; return how many were sent, and give back what must wait."""
    sent, began = 0, time.monotonic()
    for number, (row_id, fence) in enumerate(claimed):
        if number and (should_stop() or time.monotonic() - began > GIVEN_BACK_AFTER):
            _give_back(claimed[number:])
            break
        outcome = send_one(row_id, fence, transport, should_stop)
        if outcome is not None and outcome.was_accepted:
            sent += 1
        elif outcome is not None and (outcome.fault or outcome.refused):
            _give_back(claimed[number + 1 :])  # The mail server may be the fault, and all of them would meet it.
            break
    return sent


def _give_back(claimed: Sequence[tuple[int, int]]) -> None:
    """Let any worker have e-mails that this one has claimed and not tried."""
    if claimed:
        with db.writing():
            db.session.execute(
                update(OutboxRow)
                .where(tuple_(OutboxRow.id, OutboxRow.fence).in_(claimed), OutboxRow.state == DeliveryState.SENDING)
                .values(state=DeliveryState.WAITING, lease_until=None, attempts=OutboxRow.attempts - 1)
                .execution_options(synchronize_session=False)
            )


def send_one(
    row_id: int, fence: int, transport: MailTransport, should_stop: Callable[[], bool] = never
) -> Outcome | None:
    """Send one claimed e-mail and record the outcome; return it, or None where another worker has the e-mail."""
    now = clock.now()
    row, known = _read(row_id)
    if row.fence != fence or row.lease_until is None or row.lease_until <= now:
        db.session.rollback()
        return None
    try:
        outcome = _attempt(row, fence, known, transport, now)
    except LeaseLost:
        db.session.rollback()
        log.warning("another worker has this email now", row=row_id)
        return None
    _record_surely(row_id, fence, outcome, began=now, should_stop=should_stop)
    return outcome


class _Known(NamedTuple):
    """What one query tells of the reader of an e-mail, so that most e-mails need no other."""

    reader: Person
    is_off: bool  # whether the reader turned e-mails of this kind off
    has_bounces: bool


def _read(row_id: int) -> tuple[OutboxRow, _Known]:
    is_off = exists().where(EmailTurnedOff.person_id == OutboxRow.person_id, EmailTurnedOff.kind == OutboxRow.kind)
    bounces_kept = exists().where(EmailBounce.person_id == OutboxRow.person_id, EmailBounce.cleared_at.is_(None))
    row, reader, off, has_bounces = db.session.execute(
        select(OutboxRow, Person, is_off, bounces_kept)
        .join(Person, Person.id == OutboxRow.person_id)
        .where(OutboxRow.id == row_id)
        .execution_options(populate_existing=True)
    ).one()
    return row, _Known(reader, off, has_bounces)


def _attempt(row: OutboxRow, fence: int, known: _Known, transport: MailTransport, now: datetime) -> Outcome:
    if now > row.deadline:
        return Outcome(DeliveryState.EXPIRED, row.last_error)
    uuid, kind = row.uuid, row.kind
    try:
        return _deliver(row, fence, known, transport, now)
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


def _deliver(row: OutboxRow, fence: int, known: _Known, transport: MailTransport, now: datetime) -> Outcome:
    notice = notices.from_row(row.kind, row.facts)
    is_closed = known.reader.state in CLOSED and not notice.reaches_closed
    if is_closed or not notice.still_wanted(row.person_id, now):
        return Outcome(DeliveryState.UNWANTED)
    declared = notices.kind_called(row.kind)
    email, row_id, name = render_email(row, notice, now=now), row.id, row.uuid
    line, mark = line_of(email) if declared.in_inbox else None, mark_of(addr_spec(email, "To"))
    if known.is_off and not declared.is_essential:
        _renew(row_id, fence, mark, line)
        return Outcome(DeliveryState.UNWANTED, queue.TURNED_OFF)
    if known.has_bounces and not notice.tries_every_address and bounces.takes_none(row.person_id, mark, now):
        _renew(row_id, fence, mark, line)
        return Outcome(DeliveryState.REFUSED, queue.TAKES_NONE)
    db.session.rollback()  # No transaction stays open while the mail server works.
    try:
        transport.send(
            email, name=name, sender=return_address(name), before_content=lambda: _renew(row_id, fence, mark, line)
        )
    except EmailRefused as refused:
        return Outcome(DeliveryState.WAITING, refused.code, refused=refused, mark=mark)
    return Outcome(DeliveryState.SENT, was_accepted=True)


def _renew(row_id: int, fence: int, mark: str, line: Line | None) -> None:
    """Renew the lease before the e-mail is handed over. A database that cannot be written now stops it here.

    In the same transaction the notice comes under its reader's Messages, also where no e-mail is sent to them.
    """
    now = clock.now()
    with db.writing():
        renewed = db.session.scalars(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.fence == fence, OutboxRow.lease_until > now)
            .values(lease_until=now + LEASE, sent_to=mark)
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
    if outcome.was_accepted:
        _record_sent(row_id, fence, now)
        return
    with db.writing():
        row = db.session.get_one(OutboxRow, row_id, with_for_update={"key_share": True}, populate_existing=True)
        is_ours = row.fence == fence and row.state == DeliveryState.SENDING
        if is_ours:
            row.state, row.last_error, row.lease_until = outcome.state, outcome.error, None
            if outcome.refused:
                if outcome.refused.is_final and circuit_breaker.is_proven(row.refused_at):
                    row.state, row.sent_to = DeliveryState.REFUSED, outcome.mark
                    bounces.bounced(row, hard=outcome.refused.is_hard, status=outcome.refused.status, now=now)
                row.refused_at = now
            if outcome.is_due:
                row.attempts, row.next_try_at = row.attempts - 1, now  # behind the others that are due
            elif row.state == DeliveryState.WAITING:
                row.next_try_at = now + wait_after(row.attempts)
            row.finished_at = None if row.state == DeliveryState.WAITING else now
            db.session.flush()
        _tell_breaker(outcome, began=began, now=now)
        state = row.state if is_ours else outcome.state
        kind = row.kind
    _log_outcome(row_id, kind, state, outcome.error, is_ours=is_ours)


def _record_sent(row_id: int, fence: int, now: datetime) -> None:
    """Record that the mail server took an e-mail, in as few statements as can be: what is not recorded goes twice."""
    with db.writing():
        kind = db.session.scalars(
            update(OutboxRow)
            .where(OutboxRow.id == row_id, OutboxRow.fence == fence, OutboxRow.state == DeliveryState.SENDING)
            .values(state=DeliveryState.SENT, last_error=None, lease_until=None, finished_at=now)
            .returning(OutboxRow.kind)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        is_ours = kind is not None
        if kind is None:
            kind = db.session.scalars(select(OutboxRow.kind).where(OutboxRow.id == row_id)).one()
        circuit_breaker.record_accepted(now)
    _log_outcome(row_id, kind, DeliveryState.SENT, None, is_ours=is_ours)


def _log_outcome(row_id: int, kind: str, state: DeliveryState, error: str | None, *, is_ours: bool) -> None:
    if kind in notices.private_kinds():
        log.info("private email", row=row_id)  # whether it was sent or not wanted is nobody's to read
    else:
        log.info("email", outcome=state, row=row_id, error=error, overtaken=not is_ours)


def _tell_breaker(outcome: Outcome, *, began: datetime, now: datetime) -> None:
    if outcome.fault:
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
