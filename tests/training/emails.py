"""What training queued for people, and how it reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import render_email
from tests.times import NOW


def queued(kind: str) -> list[OutboxRow]:
    """Every row of a kind of notice, in the order of queueing."""
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def days_before(days: int) -> datetime:
    """So many days before training that was passed now lapses."""
    return NOW + timedelta(days=731 - days)


def words_of(row: OutboxRow, *, now: datetime = NOW) -> tuple[str, str, str]:
    """The subject, the text and the HTML of the e-mail for a row."""
    email = render_email(row, from_row(row.kind, row.facts), now=now)
    text, html = email.get_body(("plain",)), email.get_body(("html",))
    assert text is not None
    assert html is not None
    return str(email["Subject"]), text.get_content(), html.get_content()
