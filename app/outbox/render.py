"""From an outbox row to a message: the three files of its kind, rendered with the world as it is now."""

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
from app.people.models import Person
from app.people.private import address_of


def link(endpoint: str, **values: object) -> str:
    """The public address of a page, for a letter."""
    base = urlsplit(settings.current().public_url)
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


def message(row: OutboxRow, notice: Notice, *, now: datetime) -> EmailMessage:
    """The finished letter: text and HTML, with a Message-ID that stays the same on every try."""
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
    letter = EmailMessage()
    # A display name with a line break in it must not start a header of its own.
    subject = re.sub(r"\s+", " ", render_template(f"notices/{row.kind}/subject.txt", **context)).strip()
    letter["Subject"] = subject
    letter["From"] = Address(chosen.organisation, "nightlight", host)
    letter["To"] = notice.address(row.person_id) or address_of(row.person_id)
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<out-{row.uuid}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content(render_template(f"notices/{row.kind}/body.txt", **context))
    letter.add_alternative(render_template(f"notices/{row.kind}/body.html", subject=subject, **context), subtype="html")
    return letter
