"""E-mails that came back, and the people whom no e-mail reaches because of them.

A hard bounce says that the address takes no e-mail; a soft one that it did not take this one, and several of those
within some days count like a hard one. Bounces hold for the address that was used: a new address starts without any.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Exists, exists, select, update

from app import audit, db
from app.outbox import queue
from app.outbox.mail_rules import rules_now
from app.outbox.marks import mark_of
from app.outbox.models import DeliveryState, EmailBounce, OutboxRow
from app.outbox.notice import private_kinds
from app.people.email_addresses import for_mail_server
from app.people.private import emails_of


@dataclass(frozen=True)
class Unreachable:
    """Somebody whom no e-mail reaches: since when, and what another server said of the last one."""

    person_id: int
    since: datetime
    status: str | None
    is_hard: bool

    @property
    def words(self) -> str:
        """Why, in a sentence."""
        code = f" ({self.status})" if self.status else ""
        if self.is_hard:
            return f"The mail server of the address says that it takes no e-mail.{code}"
        return f"Several e-mails came back, though the address may exist: its mailbox may be full.{code}"


def record(uuid: str, *, hard: bool, status: str | None, now: datetime) -> bool:
    """Record that the e-mail of an outbox row came back; return whether it is one of ours that had been handed over.

    `uuid` is the row's, from the Message-ID or the envelope sender. An e-mail counts once, and a hard bounce weighs
    more than a soft one that came before it.
    """
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.uuid == uuid)).one_or_none()
    if row is None or row.sent_to is None:
        return False
    bounced(row, hard=hard, status=status, now=now)
    return True


def bounced(row: OutboxRow, *, hard: bool, status: str | None, now: datetime) -> None:
    """Record a bounce of a row that was handed over, or that the mail server refused because of its address.

    Nothing is kept of a private e-mail that came back: who reads since when an address is out of use could tell from
    the minute that there was one. The next ordinary e-mail shows the same of the address.
    """
    if row.kind in private_kinds():
        return
    values = {
        "outbox_id": row.id,
        "person_id": row.person_id,
        "address_mark": row.sent_to,
        "is_hard": hard,
        "status": status,
        "at": now,
    }
    if hard:
        graver = EmailBounce.is_hard.is_(False)
        changes = {"is_hard": True, "status": status, "at": now}
        db.upsert(EmailBounce, values, key=("outbox_id",), update=changes, where=graver)
    else:
        db.insert_or_ignore(EmailBounce, values, key=("outbox_id",))


def any_open_in_query() -> Exists:
    """Whether any bounce counts, as a column of a query: nearly always none does, and then nobody need ask further."""
    return exists().where(EmailBounce.cleared_at.is_(None))


@db.cached_per_request
def any_open() -> bool:
    """Whether any bounce counts. Pages have it from the query of the session."""
    return bool(db.session.scalar(select(any_open_in_query())))


@db.cached_per_request
def unreachable(now: datetime) -> Mapping[int, Unreachable]:
    """Everybody whom no e-mail reaches, by person."""
    return _unreachable(_open_bounces(None), now) if any_open() else {}


def unreachable_one(person_id: int, now: datetime) -> Unreachable | None:
    """Whether no e-mail reaches this person."""
    return _unreachable(_open_bounces(person_id), now).get(person_id)


def takes_none(person_id: int, mark: str, now: datetime) -> bool:
    """Whether an address of this person, given by its mark, is one that nothing more is sent to."""
    with_mark = [each for each in _open_bounces(person_id) if each.address_mark == mark]
    return _verdict(with_mark, now) is not None


def clear(person_id: int, *, by: int | None, now: datetime) -> None:
    """Count the bounces of this person's address no more, and send what was not sent because of them and is in time.

    To be called where somebody says that the address works again, proves it by a link, or has another one now.
    """
    cleared = db.session.scalars(
        update(EmailBounce)
        .where(EmailBounce.person_id == person_id, EmailBounce.cleared_at.is_(None))
        .values(cleared_at=now)
        .returning(EmailBounce.outbox_id)
        .execution_options(synchronize_session=False)
    ).all()
    if not cleared:
        return
    db.session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.person_id == person_id,
            OutboxRow.state == DeliveryState.REFUSED,
            OutboxRow.last_error == queue.TAKES_NONE,
            OutboxRow.deadline > now,
        )
        .values(state=DeliveryState.WAITING, next_try_at=now, finished_at=None, last_error=None, attempts=0)
        .execution_options(synchronize_session=False)
    )
    audit.record("outbox.address-cleared", by=by, subject=f"person:{person_id}", now=now)


def _open_bounces(person_id: int | None) -> Sequence[EmailBounce]:
    found = select(EmailBounce).where(EmailBounce.cleared_at.is_(None)).order_by(EmailBounce.at, EmailBounce.outbox_id)
    if person_id is not None:
        found = found.where(EmailBounce.person_id == person_id)
    return db.session.scalars(found).all()


def _unreachable(bounces: Collection[EmailBounce], now: datetime) -> dict[int, Unreachable]:
    if not bounces:
        return {}
    addresses = emails_of([each.person_id for each in bounces])
    marks = {person_id: mark_of(for_mail_server(address)) for person_id, address in addresses.items()}
    of_person: dict[int, list[EmailBounce]] = defaultdict(list)
    for each in bounces:
        if marks.get(each.person_id) == each.address_mark:
            of_person[each.person_id].append(each)
    verdicts = (_verdict(each, now) for each in of_person.values())
    return {verdict.person_id: verdict for verdict in verdicts if verdict is not None}


def _verdict(bounces: Sequence[EmailBounce], now: datetime) -> Unreachable | None:
    """What the bounces of one address come to, the oldest first."""
    if not bounces:
        return None
    hard = [each for each in bounces if each.is_hard]
    if hard:
        return Unreachable(hard[0].person_id, hard[0].at, hard[-1].status, is_hard=True)
    rules = rules_now(now)
    within = timedelta(days=rules.within_days)
    for last, first in zip(bounces[rules.soft_bounces - 1 :], bounces, strict=False):
        # Once given up nothing more is sent, so the days are counted back from the last bounce and not from today.
        if last.at - first.at <= within:
            return Unreachable(last.person_id, last.at, last.status, is_hard=False)
    return None
