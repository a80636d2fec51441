"""A test e-mail to oneself: what became of it, and whether it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import Integer, ScalarSelect, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app import db
from app.first_steps import marks
from app.first_steps.models import FirstStepMark, MarkKind
from app.first_steps.steps import Facts, Standing, done, to_do, trouble, waiting
from app.outbox import queue
from app.outbox.health import FAILING_AFTER
from app.outbox.models import DeliveryState, MailCircuitBreaker, OutboxRow
from app.outbox.notice import Notice
from app.outbox.wording import words_of
from app.refusals import Conflict

STEP = "e-mail"
SEND_WITHIN = timedelta(days=1)
OPEN_STATES = (DeliveryState.WAITING, DeliveryState.SENDING)


@dataclass(frozen=True)
class MailTest(Notice):
    """To the administrator who asked for it: e-mails arrive."""

    kind: ClassVar[str] = "mail-test"
    tries_every_address: ClassVar[bool] = True


@dataclass(frozen=True)
class Sent:
    """The newest test e-mail: what became of it, and whether somebody said that it arrived."""

    row_id: int
    state: DeliveryState
    last_error: str | None
    enqueued_at: datetime
    finished_at: datetime | None
    arrived: marks.Mark | None

    @property
    def may_be_confirmed(self) -> bool:
        return self.state is DeliveryState.SENT and self.arrived is None


def send(*, to: int, now: datetime) -> None:
    """Queue a test e-mail to oneself. Refuses another while one waits."""
    last = newest()
    if last is not None and last.state in OPEN_STATES:
        raise Conflict("A test e-mail is on its way already. Its state is below.")
    once = f"mail-test:{uuid4()}"
    queue.enqueue(MailTest(), to=to, once=once, now=now, deadline=now + SEND_WITHIN)
    row_id = db.session.scalars(select(OutboxRow.id).where(OutboxRow.once == once)).one()
    marks.mark(STEP, MarkKind.SENT, by=to, now=now, of=str(row_id))


def confirm(row_id: int, *, by: int, now: datetime) -> None:
    """Say that the newest test e-mail arrived. Refuses an older one, and one that has not left."""
    last = newest()
    if last is None or last.row_id != row_id or last.state is not DeliveryState.SENT:
        raise Conflict("That was another test e-mail. The newest one is below.")
    if last.arrived is None:
        marks.mark(STEP, MarkKind.ARRIVED, by=by, now=now, of=str(row_id))


def newest() -> Sent | None:
    """The newest test e-mail, None before the first."""
    sent, arrived = marks.newest(STEP, MarkKind.SENT), marks.newest(STEP, MarkKind.ARRIVED)
    row = db.session.get(OutboxRow, int(sent.of)) if sent is not None and sent.of else None
    if row is None:
        return None
    has_arrived = arrived is not None and arrived.of == str(row.id)
    return Sent(row.id, row.state, row.last_error, row.enqueued_at, row.finished_at, arrived if has_arrived else None)


def _newest_row(column: InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    row_id = select(cast(func.max(cast(FirstStepMark.of, Integer)), Integer)).where(
        FirstStepMark.step == STEP, FirstStepMark.kind == MarkKind.SENT
    )
    return select(column).where(OutboxRow.id == row_id.scalar_subquery()).scalar_subquery()


def asks(_now: datetime) -> dict[str, ScalarSelect[Any]]:
    """What is known of the mail server, and of the newest test e-mail."""
    breaker = MailCircuitBreaker
    return {
        "mail_failing_since": select(breaker.failing_since).scalar_subquery(),
        "mail_fault": select(breaker.last_error).scalar_subquery(),
        "test_state": _newest_row(OutboxRow.state),
        "test_fault": _newest_row(OutboxRow.last_error),
        "test_finished_at": _newest_row(OutboxRow.finished_at),
    }


def standing(facts: Facts, now: datetime) -> Standing:
    """Where the step stands that tries the mail server."""
    failing_since, state = facts["mail_failing_since"], facts["test_state"]
    if failing_since is not None and now - failing_since >= FAILING_AFTER:
        return trouble(f"E-mails do not get out. {words_of(facts['mail_fault'])}")
    if state is None:
        return to_do("No test e-mail has been sent.")
    if state == DeliveryState.SENT:
        return _left(facts)
    fault = words_of(facts["test_fault"])
    if state not in OPEN_STATES:
        return trouble(f"The test e-mail did not get out. {fault} Mend it, then send another.")
    if fault:
        return trouble(f"The test e-mail has not left. {fault} It is tried again by itself.")
    return waiting("The test e-mail waits for a worker to send it.")


def _left(facts: Facts) -> Standing:
    sent, arrived = marks.newest(STEP, MarkKind.SENT), marks.newest(STEP, MarkKind.ARRIVED)
    if sent is not None and arrived is not None and arrived.of == sent.of:
        return done(f"A test e-mail arrived, {arrived.by} said", arrived.at)
    return waiting("Did the test e-mail arrive? It left", facts["test_finished_at"])
