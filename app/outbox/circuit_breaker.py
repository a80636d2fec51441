"""Whether the mail server takes e-mails at all: a circuit breaker that all workers share.

A fault of the way (no connection, no sign-in, the sender refused) is no fault of any e-mail, so it opens the breaker:
every e-mail waits, and one worker tries again after 5 seconds at first, a minute at most. What the server says of one
e-mail is that e-mail's, unless it says it of three people in a row and takes nobody else's.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, Update, and_, func, select, update

from app import db
from app.outbox.models import DeliveryState, MailCircuitBreaker, OutboxRow

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=1)
REFUSED_PEOPLE = 3  # so many in a row, and it is the server rather than their addresses
CHECK_EVERY = timedelta(minutes=1)
RECORD_ACCEPTED_EVERY = timedelta(seconds=10)


def get() -> MailCircuitBreaker:
    """What is known of the mail server."""
    return db.session.get_one(MailCircuitBreaker, 1, populate_existing=True)


def may_try(breaker: MailCircuitBreaker, now: datetime) -> bool:
    """Whether an e-mail may be tried now. `take_turn` decides which worker does."""
    return breaker.try_again_at is None or breaker.try_again_at <= now


def take_turn(now: datetime, *, until: datetime) -> bool:
    """Whether this worker may try an e-mail, in this transaction.

    While the server fails, one worker at a time may, and if it dies the next may at `until`.
    """
    if get().failing_since is None:
        return True
    return _changed(_update().where(MailCircuitBreaker.try_again_at <= now).values(try_again_at=until))


def wants_check(breaker: MailCircuitBreaker, now: datetime) -> bool:
    """Whether somebody should look if the server answers: nobody has heard from it for a minute, or it fails."""
    if breaker.failing_since is not None:
        return may_try(breaker, now)
    return all(at is None or at <= now - CHECK_EVERY for at in (breaker.checked_at, breaker.last_accepted_at))


def take_check(now: datetime) -> bool:
    """Whether this worker is the one to look, in this transaction."""
    breaker = get()
    before = breaker.checked_at
    unchanged = MailCircuitBreaker.checked_at.is_(None) if before is None else MailCircuitBreaker.checked_at == before
    return wants_check(breaker, now) and _changed(_update().where(unchanged).values(checked_at=now))


def record_fault(code: str, *, began: datetime, now: datetime) -> None:
    """Record that the server could not be used at all, in a try that began at `began`."""
    failures = get().failures + 1
    wait: timedelta = min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    db.session.execute(
        _update().values(
            failing_since=func.coalesce(MailCircuitBreaker.failing_since, began),
            failures=failures,
            last_error=code,
            try_again_at=now + wait,
        )
    )


def record_refused(code: str, *, began: datetime, now: datetime) -> None:
    """Record that the server refused one e-mail, whose row says so already. Of three people's, that is a fault."""
    db.session.execute(_update().values(last_refused_at=now))
    if _people_refused() >= REFUSED_PEOPLE:
        record_fault(code, began=began, now=now)
    else:
        _close()


def record_connected() -> None:
    """Record that the server answered and let us in, without an e-mail."""
    if _people_refused() < REFUSED_PEOPLE:
        _close()


def record_accepted(now: datetime) -> None:
    """Record that the server took an e-mail. What was refused while it took none is due at once."""
    breaker = get()
    last, refused = breaker.last_accepted_at, breaker.last_refused_at
    took_none = last is None or (refused is not None and refused >= last)
    if breaker.failing_since is None and not took_none and last and last > now - RECORD_ACCEPTED_EVERY:
        return  # Nothing new; so that workers seldom wait for each other's row.
    db.session.execute(_update().values(last_accepted_at=now))
    _close()
    if took_none:
        waiting = _refused_since(last).with_only_columns(OutboxRow.id).with_for_update(skip_locked=True, key_share=True)
        db.session.execute(
            update(OutboxRow)
            .where(OutboxRow.id.in_(waiting), OutboxRow.state == DeliveryState.WAITING)
            .values(next_try_at=now)
            .execution_options(synchronize_session=False)
        )


def return_turn(now: datetime) -> None:
    """Let the next e-mail be tried at once: the last one never came to the server."""
    db.session.execute(_update().where(MailCircuitBreaker.failing_since.is_not(None)).values(try_again_at=now))


def is_proven(refused_at: datetime | None) -> bool:
    """Whether the server has taken somebody's e-mail since it refused this one, so that the fault is this one's."""
    accepted = get().last_accepted_at
    return refused_at is not None and accepted is not None and accepted > refused_at


def _close() -> None:
    db.session.execute(
        _update()
        .where(MailCircuitBreaker.failing_since.is_not(None))
        .values(failing_since=None, failures=0, last_error=None, try_again_at=None)
    )


def _people_refused() -> int:
    """How many people's waiting e-mails the server has refused since it last took one."""
    refused = _refused_since(get().last_accepted_at)
    return db.session.scalars(refused.with_only_columns(func.count(OutboxRow.person_id.distinct()))).one()


def _refused_since(last_accepted_at: datetime | None) -> Select[OutboxRow]:
    open_states = (DeliveryState.WAITING, DeliveryState.SENDING)
    refused = and_(OutboxRow.state.in_(open_states), OutboxRow.refused_at.is_not(None))
    if last_accepted_at is not None:
        refused = and_(refused, OutboxRow.refused_at >= last_accepted_at)
    return select(OutboxRow).where(refused)


def _update() -> Update:
    return update(MailCircuitBreaker).where(MailCircuitBreaker.id == 1).execution_options(synchronize_session=False)


def _changed(statement: Update) -> bool:
    return db.session.scalars(statement.returning(MailCircuitBreaker.id)).one_or_none() is not None
