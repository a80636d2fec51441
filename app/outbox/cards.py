"""The card on Today that tells somebody that no e-mail reaches them."""

from __future__ import annotations

from datetime import datetime

from app.domain import Card
from app.outbox import bounces
from app.people.models import Person


def unreachable_card(person: Person, now: datetime) -> Card | None:
    """Say since when e-mails to this person come back, and how to mend it."""
    found = bounces.unreachable(now).get(person.id)
    if found is None:
        return None
    return Card("home/cards/unreachable.html", {"unreachable": found}, order=4, may_be_lit=True)
