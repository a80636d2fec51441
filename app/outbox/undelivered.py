"""E-mails that did not arrive, or not yet, for those who look after the installation: which, why, and once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import NoResultFound

from app import audit, db
from app.outbox import bounces
from app.outbox import notice as notices
from app.outbox.bounces import Unreachable
from app.outbox.health import MailState, mail_state
from app.outbox.models import DeliveryState, OutboxRow
from app.outbox.wording import words_of
from app.people.directory import names_of
from app.people.models import CLOSED, Person
from app.refusals import Conflict, NotFound

ON_A_PAGE = 50
LISTED_FOR = timedelta(days=90)
FAILED_LATELY = timedelta(days=1)
SEND_AGAIN_WITHIN = timedelta(days=1)

STATE_WORDS = {
    DeliveryState.WAITING: "Waiting",
    DeliveryState.SENDING: "Waiting",
    DeliveryState.REFUSED: "Refused",
    DeliveryState.EXPIRED: "Too late",
}
NO_LONGER_APPLIES = "This e-mail no longer applies, so it is not sent again: what it says is no longer so."


@dataclass(frozen=True)
class Undelivered:
    """One e-mail that did not arrive, or not yet. It holds neither its text nor an address."""

    id: int
    kind: str
    person_id: int
    name: str
    state: DeliveryState
    queued_at: datetime
    why: str

    @property
    def words(self) -> str:
        """Its kind, in words: Shift reminder."""
        return self.kind.replace("-", " ").capitalize()

    @property
    def state_words(self) -> str:
        """Its state, in words."""
        return STATE_WORDS[self.state]


@dataclass(frozen=True)
class PageOfUndelivered:
    """One page of the list, newest first; `count` is the number on all pages."""

    emails: tuple[Undelivered, ...]
    count: int
    number: int
    pages: int
    mail: MailState
    queued: int  # e-mails that are to leave at some time, those of later included
    failed_lately: int  # refused or too late in the last day
    unreachable: tuple[tuple[Unreachable, str], ...]  # with their names


def page_of_undelivered(number: int, *, now: datetime) -> PageOfUndelivered:
    """E-mails that were refused or came too late in the last 90 days, and those that should have left by now.

    Private ones are not among them: who caused one reads
    on a page of their own whether it arrived. A number beyond the last page gives the last.
    """
    listed = OutboxRow.kind.not_in(notices.private_kinds()) & or_(
        and_(
            OutboxRow.state.in_((DeliveryState.REFUSED, DeliveryState.EXPIRED)),
            OutboxRow.finished_at > now - LISTED_FOR,
        ),
        and_(
            OutboxRow.state.in_((DeliveryState.WAITING, DeliveryState.SENDING)),
            or_(OutboxRow.next_try_at <= now, OutboxRow.last_error.is_not(None)),
        ),
    )
    count = db.session.scalar(select(func.count()).select_from(OutboxRow).where(listed)) or 0
    pages = max(1, -(-count // ON_A_PAGE))
    number = min(max(number, 1), pages)
    rows = db.session.execute(
        select(OutboxRow, Person.display_name)
        .join(Person, Person.id == OutboxRow.person_id)
        .where(listed)
        .order_by(OutboxRow.id.desc())
        .offset((number - 1) * ON_A_PAGE)
        .limit(ON_A_PAGE)
    )
    emails = tuple(
        Undelivered(row.id, row.kind, row.person_id, name, row.state, row.enqueued_at, words_of(row.last_error))
        for row, name in rows
    )
    queued, failed = queued_and_failed(now)
    return PageOfUndelivered(emails, count, number, pages, mail_state(now), queued, failed, _unreachable(now))


def queued_and_failed(now: datetime) -> tuple[int, int]:
    """How many e-mails are still to leave, and how many failed in the last day; without private ones."""
    is_open = OutboxRow.state.in_((DeliveryState.WAITING, DeliveryState.SENDING))
    has_failed = OutboxRow.state.in_((DeliveryState.REFUSED, DeliveryState.EXPIRED)) & (
        OutboxRow.finished_at > now - FAILED_LATELY
    )
    figures = db.session.execute(
        select(func.count().filter(is_open), func.count().filter(has_failed)).where(
            or_(is_open, has_failed), OutboxRow.kind.not_in(notices.private_kinds())
        )
    ).one()
    return figures[0], figures[1]


def _unreachable(now: datetime) -> tuple[tuple[Unreachable, str], ...]:
    found = bounces.unreachable(now)
    names = names_of(found) if found else {}
    listed = sorted(found.values(), key=lambda each: each.since, reverse=True)
    return tuple((each, names[each.person_id]) for each in listed)


def write_again(person_id: int, *, by: int, now: datetime) -> None:
    """Have e-mails sent to somebody's address again, although some came back. Refuses where none is held back."""
    if bounces.unreachable_one(person_id, now) is None:
        raise Conflict("E-mails to this person are not held back any more. Nothing more needs doing.")
    bounces.clear(person_id, by=by, now=now)


def send_again(row_id: int, *, by: int, now: datetime) -> None:
    """Have an e-mail sent as soon as a worker can, within a day where its own time has passed.

    Refuses one that has left meanwhile, and one that no longer applies: its link has run out, or its shift changed.
    """
    row = db.session.get(OutboxRow, row_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.kind in notices.private_kinds():
        raise NotFound("There is no such e-mail.")
    if row.state not in (DeliveryState.WAITING, DeliveryState.REFUSED, DeliveryState.EXPIRED):
        raise Conflict("This e-mail has left meanwhile, or is just being sent. Nothing more needs doing.")
    if not _still_applies(row, now):
        raise Conflict(NO_LONGER_APPLIES)
    row.state, row.attempts, row.next_try_at = DeliveryState.WAITING, 0, now
    row.refused_at, row.finished_at = None, None
    if row.deadline <= now:
        row.deadline = now + SEND_AGAIN_WITHIN
    audit.record(
        "outbox.sent-again",
        by=by,
        subject=f"outbox:{row.id}",
        now=now,
        details={"kind": row.kind, "person": row.person_id},
    )


def _still_applies(row: OutboxRow, now: datetime) -> bool:
    known = {each.kind for each in notices.kinds}
    if row.kind not in known or db.session.get_one(Person, row.person_id).state in CLOSED:
        return False
    try:
        return notices.from_row(row.kind, row.facts).still_wanted(row.person_id, now)
    except NoResultFound:
        return False  # What it is about is gone.
