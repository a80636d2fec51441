"""The panel of a person's file with the help that they were given in person."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.domain import Card
from app.people.models import Person
from app.people.rights import permissions_of
from progression.helping.giving import help_given_to
from progression.permissions import ProgressionPermission


def help_for(about: Person, reader: Person, now: datetime) -> Card | None:
    """What help was given, with the buttons for readers who record; None for others where there was none."""
    found, today = help_given_to(about.id), clock.on(now, settings.current().zone)
    may_record = ProgressionPermission.RECORD in permissions_of(reader.id, on=today)
    if not (found or may_record):
        return None
    return Card(
        template="progression/panels/help.html",
        context={"of": about, "found": found, "may_record": may_record},
        order=50,
    )
