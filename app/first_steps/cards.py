"""The card of first steps on Today, for administrators while something is to do."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.domain import Card
from app.first_steps import glance
from app.people.models import Person
from app.people.rights import CorePermission, permissions_of


def first_steps_card(person: Person, now: datetime) -> Card | None:
    """Show what comes next and how far the organisation is."""
    if CorePermission.ADMINISTER not in permissions_of(person.id, on=clock.on(now, settings.current().zone)):
        return None
    steps = glance.of_today(now)
    if steps.is_complete:
        return None
    return Card("home/cards/first_steps.html", {"steps": steps}, order=5, may_be_lit=steps.next is not None)
