"""Samples of notices: invented people and things in the place of those that a notice would be about.

Each domain gives, for each of its kinds, what `Notice.context` would give, so that a page can show staff how a notice
looks without showing anybody's mail. The templates and the rendering are those of every e-mail.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from app import settings
from app.domain import domains
from app.outbox.notice import NoticeKind
from app.outbox.render import fill, link

Contexts = Mapping[str, Mapping[str, Any]]
"""By the name of each kind: what its templates are given."""
Samples = Callable[[datetime], Contexts]

READER = "Wren"
READERS_ZONE = "America/Halifax"  # other than the organisation's, so that a sample shows the times on both clocks
TOKEN = "what-stands-here-works-once"  # noqa: S105


def invented(**parts: Any) -> SimpleNamespace:
    """Something with these parts, in the place of what a notice would read from the database."""
    return SimpleNamespace(**parts)


def named(name: str, person_id: int = 7) -> SimpleNamespace:
    """A person who does not exist."""
    return invented(id=person_id, display_name=name)


def context_of(kind: str, now: datetime) -> Mapping[str, Any]:
    """What the templates of a kind are given for its sample; LookupError for a kind that has none."""
    for domain in domains:
        if domain.notice_samples is not None and kind in (found := domain.notice_samples(now)):
            return found[kind]
    raise LookupError(kind)


def email_of(kind: NoticeKind, now: datetime) -> EmailMessage:
    """The sample of a kind, rendered as every e-mail is. It has no address, and no link of it leads anywhere."""
    email = EmailMessage()
    turn_off = None if kind.is_essential else link("outbox.turn_off", token=TOKEN)
    context = {
        **context_of(kind.kind, now),
        "reader": invented(display_name=READER),
        "zone": ZoneInfo(READERS_ZONE),
        "organisation_name": settings.current().organisation,
        "link": link,
        "now": now,
    }
    fill(email, kind.kind, context, turn_off=turn_off)
    return email
