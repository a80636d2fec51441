"""Messages while the mail server cannot be used: another way to reach people, which does not wait for the first."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, or_, select
from sqlalchemy.exc import DBAPIError

from app import db
from app.inbox.keeping import keep
from app.inbox.models import InboxLine
from app.outbox import notice as notices
from app.outbox.lines import Line, line_of
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.render import render_email
from app.people.models import CLOSED, Person

WAITED = timedelta(minutes=2)  # due for so long, and the e-mail is not about to be sent
LOOK_BACK = timedelta(hours=1)  # for what was refused between two runs
AT_ONCE = 50  # in one transaction
MOST = 1000  # in one run, which happens every minute

log = structlog.get_logger()


def keep_what_waits(now: datetime) -> None:
    """Put under Messages what should have been sent and was not: the mail server fails, or refuses the address."""
    seen = 0
    for _ in range(MOST // AT_ONCE):
        rows = db.session.scalars(_not_kept(now).where(OutboxRow.id > seen).limit(AT_ONCE)).all()
        lines = [(row.id, row.person_id, line) for row in rows if (line := _line(row, now)) is not None]
        seen = max((row.id for row in rows), default=seen)
        with db.writing():
            for row_id, person_id, line in lines:
                keep(row_id, person_id, line, now=now)
        if len(rows) < AT_ONCE:
            return


def _not_kept(now: datetime) -> Select[OutboxRow]:
    shown = [kind.kind for kind in notices.kinds if kind.in_inbox]
    late = or_(OutboxRow.next_try_at <= now - WAITED, OutboxRow.attempts > 0)
    waits = OutboxRow.state.in_((DeliveryState.WAITING, DeliveryState.SENDING)) & late & (OutboxRow.deadline > now)
    refused = (OutboxRow.state == DeliveryState.REFUSED) & (OutboxRow.finished_at > now - LOOK_BACK)
    return (
        select(OutboxRow)
        .outerjoin(InboxLine, InboxLine.outbox_id == OutboxRow.id)
        .join(Person, Person.id == OutboxRow.person_id)
        .where(
            or_(waits, refused),
            OutboxRow.kind.in_(shown),
            InboxLine.outbox_id.is_(None),
            Person.state.not_in(CLOSED),
        )
        .order_by(OutboxRow.id)
    )


def _line(row: OutboxRow, now: datetime) -> Line | None:
    """The line of a notice that is still wanted. One that cannot be rendered must not hold up the others."""
    try:
        notice = notices.from_row(row.kind, row.facts)
        return line_of(render_email(row, notice, now=now)) if notice.still_wanted(row.person_id, now) else None
    except DBAPIError:
        raise
    except Exception:
        log.exception("notice could not be rendered", kind=row.kind)
        return None
