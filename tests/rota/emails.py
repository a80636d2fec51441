"""The e-mails that the rota has queued, rendered as they would be sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from app import db
from app.outbox.models import OutboxRow
from app.outbox.notice import from_row
from app.outbox.render import render_email
from tests.times import NOW


def newest_email(kind: str, reader: int, *, now: datetime = NOW) -> tuple[str, str, str]:
    """Render a person's newest e-mail of a kind; return its subject, text and HTML."""
    db.session.rollback()
    row = db.session.scalars(
        select(OutboxRow).where(OutboxRow.kind == kind, OutboxRow.person_id == reader).order_by(OutboxRow.id.desc())
    ).first()
    assert row is not None
    notice = from_row(row.kind, row.facts)
    assert notice.still_wanted(reader, now)
    made = render_email(row, notice, now=now)
    text, html = made.get_body(("plain",)), made.get_body(("html",))
    assert text is not None
    assert html is not None
    return made["Subject"], text.get_content(), html.get_content()


def queued(kind: str) -> list[OutboxRow]:
    """Return all queued e-mails of a kind."""
    db.session.rollback()
    return list(db.session.scalars(select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))
