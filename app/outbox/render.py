"""Rendering an outbox row as an e-mail, from the three templates of its kind and the data as it is now."""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, render_template

from app import db, settings
from app.outbox.models import OutboxRow
from app.outbox.notice import Notice
from app.people.email_addresses import for_mail_server
from app.people.models import Person
from app.people.private import email_of


def link(endpoint: str, **values: object) -> str:
    """The public URL of a page, for use in an e-mail."""
    base = urlsplit(settings.current().public_url)
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def render_email(row: OutboxRow, notice: Notice, *, now: datetime) -> EmailMessage:
    """Render text and HTML, with a Message-ID that stays the same on every attempt."""
    reader = db.session.get_one(Person, row.person_id)
    chosen = settings.current()
    context = {
        **notice.context(row.person_id, now),
        "reader": reader,
        "zone": ZoneInfo(reader.zone_name) if reader.zone_name else chosen.zone,
        "organisation_name": chosen.organisation,
        "link": link,
        "now": now,
    }
    host = urlsplit(chosen.public_url).hostname or "localhost"
    email = EmailMessage()
    # Whitespace is collapsed: a line break in a display name must not start a header of its own.
    subject = re.sub(r"\s+", " ", render_template(f"notices/{row.kind}/subject.txt", **context)).strip()
    email["Subject"] = subject
    email["From"] = Address(chosen.organisation, "nightlight", host)
    email["To"] = for_mail_server(notice.address(row.person_id) or email_of(row.person_id))
    email["Date"] = format_datetime(now)
    email["Message-ID"] = f"<out-{row.uuid}@{host}>"
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    email.set_content(render_template(f"notices/{row.kind}/body.txt", **context))
    email.add_alternative(render_template(f"notices/{row.kind}/body.html", subject=subject, **context), subtype="html")
    return email
