"""The card of messages on Today, while something is not read."""

from __future__ import annotations

from datetime import datetime

from app.domain import Card
from app.inbox.reading import unread_of
from app.people.models import Person


def new_messages(person: Person, now: datetime) -> Card | None:
    """The newest three lines that they have not read, and how many there are in all."""
    unread = unread_of(person.id)
    return Card("inbox/card.html", {"unread": unread}, order=45) if unread.how_many else None
