"""Reading one's Messages: what is there, what was read, and how many are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, func, select, update

from app import clock, db
from app.inbox.models import InboxLine
from app.outbox.models import OutboxRow
from app.people.models import Person
from app.refusals import NotFound

ON_A_PAGE = 30
ON_TODAY = 3


@dataclass(frozen=True)
class Entry:
    """One line as a page shows it; `kind` is that of its notice."""

    id: int
    kind: str
    title: str
    words: str
    button: str
    path: str
    told_at: datetime
    is_read: bool


@dataclass(frozen=True)
class PageOfMessages:
    """One page: what is not read, newest first, then the rest by the days of the reader."""

    unread: tuple[Entry, ...]
    days: tuple[tuple[date, tuple[Entry, ...]], ...]
    number: int
    pages: int
    newest: int
    """The largest id on the page; marking all as read leaves what came after it."""


class Unread(NamedTuple):
    """What somebody has not read: how many lines, and the titles of the newest three."""

    how_many: int
    titles: tuple[str, ...]


def unread_in_query() -> tuple[ScalarSelect[Any], ...]:
    """What somebody has not read, as columns of a query for people: `unread_from` puts them together.

    So a page needs no query of its own for it, and Today shows what is new.
    """
    own = (InboxLine.person_id == Person.id, InboxLine.read_at.is_(None))
    newest_first = (InboxLine.told_at.desc(), InboxLine.outbox_id.desc())
    count = select(func.count()).select_from(InboxLine).where(*own).correlate(Person).scalar_subquery()
    titles = (
        select(InboxLine.title).where(*own).order_by(*newest_first).offset(place).limit(1).correlate(Person)
        for place in range(ON_TODAY)
    )
    return count, *(title.scalar_subquery() for title in titles)


def unread_from(columns: Sequence[Any]) -> Unread:
    """What the columns of `unread_in_query` say."""
    count, *titles = columns
    return Unread(count, tuple(title for title in titles if title is not None))


@db.cached_per_request
def unread_of(person_id: int) -> Unread:
    """What somebody has not read. Pages have it from the query of the session."""
    return unread_from(db.session.execute(select(*unread_in_query()).where(Person.id == person_id)).one())


def how_many_unread(person_id: int) -> int:
    """How many lines somebody has not read."""
    return unread_of(person_id).how_many


def page_of_messages(person_id: int, number: int, *, zone: ZoneInfo) -> PageOfMessages:
    """One page of somebody's own messages; a number beyond the last page gives the last. Three queries."""
    own = InboxLine.person_id == person_id
    count, newest = db.session.execute(
        select(func.count(), func.coalesce(func.max(InboxLine.outbox_id), 0)).where(own)
    ).one()
    pages = max(1, -(-count // ON_A_PAGE))
    number = min(max(number, 1), pages)
    rows = db.session.execute(
        select(InboxLine, OutboxRow.kind)
        .join(OutboxRow, OutboxRow.id == InboxLine.outbox_id)
        .where(own)
        .order_by(InboxLine.read_at.is_not(None), InboxLine.told_at.desc(), InboxLine.outbox_id.desc())
        .offset((number - 1) * ON_A_PAGE)
        .limit(ON_A_PAGE)
    )
    entries = [_entry(line, kind) for line, kind in rows]
    read = [each for each in entries if each.is_read]
    days = tuple((day, tuple(of)) for day, of in groupby(read, key=lambda each: clock.on(each.told_at, zone)))
    return PageOfMessages(tuple(each for each in entries if not each.is_read), days, number, pages, newest)


def _entry(line: InboxLine, kind: str) -> Entry:
    return Entry(
        line.outbox_id,
        kind,
        line.title,
        line.words,
        line.button,
        line.path,
        line.told_at,
        is_read=line.read_at is not None,
    )


def read(line_id: int, *, person_id: int, now: datetime) -> InboxLine:
    """Mark one of somebody's own lines as read; another person's is unknown. Twice changes nothing."""
    own = (InboxLine.outbox_id == line_id, InboxLine.person_id == person_id)
    line = db.session.scalars(select(InboxLine).where(*own)).one_or_none()
    if line is None:
        raise NotFound("There is no such message. It may have been deleted, as all are after some weeks.")
    line.read_at = line.read_at or now
    return line


def read_all(person_id: int, *, up_to: int, now: datetime) -> None:
    """Mark all of somebody's own lines as read that they could see: those up to an id."""
    db.session.execute(
        update(InboxLine)
        .where(InboxLine.person_id == person_id, InboxLine.read_at.is_(None), InboxLine.outbox_id <= up_to)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
