"""Rendering an outbox row as an e-mail, from the three templates of its kind and the data as it is now."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, render_template

from app import db, settings
from app.outbox import samples
from app.outbox.choices import token_for
from app.outbox.models import OutboxRow
from app.outbox.notice import Notice, NoticeKind, kind_called
from app.people.email_addresses import for_mail_server
from app.people.models import Person
from app.people.private import email_of

TURN_OFF_WORDS = "No more e-mails of this kind"
# What several e-mails to one person can be about, by the names of the facts that hold its id. The first that a notice
# holds decides.
ABOUT = ("change_id", "application_id", "absence_id", "session_id", "try_id", "assignment_id", "seat_id")


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
    turn_off = None
    if not kind_called(row.kind).is_essential:
        turn_off = link("outbox.turn_off", token=token_for(row.person_id, row.kind))
    email = EmailMessage()
    email["From"] = Address(chosen.organisation, "nightlight", host)
    email["To"] = for_mail_server(notice.address(row.person_id) or email_of(row.person_id))
    email["Date"] = format_datetime(now)
    if "@" in chosen.contact:
        email["Reply-To"] = for_mail_server(chosen.contact)
    email["Message-ID"] = f"<out-{row.uuid}@{host}>"
    if thread := _thread(row, notice):
        # Nobody has the e-mail that both name; mail programs show together what names the same one (RFC 5322, 3.6.4).
        email["In-Reply-To"] = email["References"] = f"<{thread}@{host}>"
    email["Auto-Submitted"] = "auto-generated"
    email["X-Auto-Response-Suppress"] = "All"
    if turn_off:
        email["List-Unsubscribe"] = f"<{turn_off}>"
        if chosen.is_https:  # The header promises what holds over HTTPS only (RFC 8058, 3.1).
            email["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    _fill(email, row.kind, context, turn_off=turn_off)
    return email


def render_sample(kind: NoticeKind, *, now: datetime) -> EmailMessage:
    """Render the sample of a kind as every e-mail is: about people who do not exist, and to no address."""
    context = {
        **samples.context_of(kind.kind, now),
        "reader": samples.named(samples.READER),
        "zone": ZoneInfo(samples.READERS_ZONE),
        "organisation_name": settings.current().organisation,
        "link": link,
        "now": now,
    }
    email = EmailMessage()
    _fill(
        email,
        kind.kind,
        context,
        turn_off=None if kind.is_essential else link("outbox.turn_off", token=samples.TOKEN),
    )
    return email


def _fill(email: EmailMessage, kind: str, context: dict[str, Any], *, turn_off: str | None) -> None:
    """Give an e-mail the subject, the text and the HTML of a kind, from what its templates need.

    `turn_off` is the address that turns the kind off, or None for an essential one.
    """
    # Whitespace is collapsed: a line break in a display name must not start a header of its own.
    subject = re.sub(r"\s+", " ", render_template(f"notices/{kind}/subject.txt", **context)).strip()
    email["Subject"] = subject
    context = {**context, "turn_off": turn_off}
    text = render_template(f"notices/{kind}/body.txt", **context)
    email.set_content(f"{text.rstrip()}\n\n{TURN_OFF_WORDS}: {turn_off}\n" if turn_off else text)
    html = render_template(f"notices/{kind}/body.html", subject=subject, **context)
    email.add_alternative(html, subtype="html")


def _thread(row: OutboxRow, notice: Notice) -> str | None:
    """What the e-mails to one person about one thing share: a name from which nobody can tell what it is about."""
    about = next((name for name in ABOUT if row.facts.get(name) is not None), None)
    if about is None:
        return None
    domain = type(notice).__module__.partition(".")[0]
    key = settings.started_with().secret_key.encode()
    words = f"thread {row.person_id} {domain} {about} {row.facts[about]}"
    return "about-" + hmac.new(key, words.encode(), hashlib.sha256).hexdigest()[:32]
