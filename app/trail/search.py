"""Finding lines of the audit trail, and security events: by person, kind and days, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select

from app import clock, db
from app.audit import AuditLine
from app.people.models import Person
from app.security_events import EventKind, SecurityEvent
from app.typed_text import compare_key

LINES_ON_A_PAGE = 50
HIGHEST_NUMBER = 2**31 - 1  # of a line, in the database; a higher one in an address finds what this one finds


@dataclass(frozen=True)
class Wanted:
    """What is looked for. None stands for everything; both days are included."""

    person_id: int | None = None
    kind: str | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class PageOfLines:
    """Lines, newest first, and the number below which the older ones are; None on the last page."""

    lines: Sequence[AuditLine]
    older: int | None
    count: int  # of all pages


@dataclass(frozen=True)
class PageOfEvents:
    """Security events, newest first, as `PageOfLines`."""

    events: Sequence[SecurityEvent]
    older: int | None
    count: int


def person_called(name: str) -> Person | None:
    """The person whose display name is read as this one; else the only one with these words in it."""
    wanted = compare_key(name)
    if not wanted:
        return None
    same = db.session.scalars(select(Person).where(Person.name_key == wanted)).one_or_none()
    if same is not None:
        return same
    alike = db.session.scalars(select(Person).where(Person.name_key.contains(wanted, autoescape=True)).limit(2)).all()
    return alike[0] if len(alike) == 1 else None


def lines(wanted: Wanted, *, below: int | None, zone: ZoneInfo) -> PageOfLines:
    """A page of the trail: lines that this person wrote or that are about them, of this kind, on these days."""
    conditions = _on_days(AuditLine.at, wanted, zone)
    if wanted.person_id is not None:
        about = AuditLine.subject == f"person:{wanted.person_id}"
        conditions.append(or_(about, AuditLine.by_id == wanted.person_id))
    if wanted.kind is not None:
        conditions.append(AuditLine.action == wanted.kind)
    count = db.session.scalar(select(func.count()).select_from(AuditLine).where(*conditions)) or 0
    query = select(AuditLine).where(*conditions).order_by(AuditLine.id.desc()).limit(LINES_ON_A_PAGE + 1)
    if below is not None:
        query = query.where(AuditLine.id < min(below, HIGHEST_NUMBER))
    found = db.session.scalars(query).all()
    shown = found[:LINES_ON_A_PAGE]
    return PageOfLines(shown, shown[-1].id if len(found) > len(shown) else None, count)


def events(wanted: Wanted, *, below: int | None, zone: ZoneInfo) -> PageOfEvents:
    """A page of security events about this person's account, of this kind, on these days."""
    conditions = _on_days(SecurityEvent.at, wanted, zone)
    if wanted.person_id is not None:
        conditions.append(SecurityEvent.person_id == wanted.person_id)
    if wanted.kind is not None:
        conditions.append(SecurityEvent.kind == EventKind(wanted.kind))
    count = db.session.scalar(select(func.count()).select_from(SecurityEvent).where(*conditions)) or 0
    query = select(SecurityEvent).where(*conditions).order_by(SecurityEvent.id.desc()).limit(LINES_ON_A_PAGE + 1)
    if below is not None:
        query = query.where(SecurityEvent.id < min(below, HIGHEST_NUMBER))
    found = db.session.scalars(query).all()
    shown = found[:LINES_ON_A_PAGE]
    return PageOfEvents(shown, shown[-1].id if len(found) > len(shown) else None, count)


def _on_days(column: SQLColumnExpression[datetime], wanted: Wanted, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.first_day is not None:
        conditions.append(column >= clock.starts(wanted.first_day, zone))
    if wanted.last_day is not None:
        conditions.append(column < clock.ends(wanted.last_day, zone))
    return conditions
