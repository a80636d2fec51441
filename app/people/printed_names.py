"""The name on what somebody prints for themselves: certificates, a transcript, a statement of what they gave."""

from __future__ import annotations

from datetime import datetime

from app import clock, settings
from app.people.models import Person
from app.people.private import private_details
from app.printing import fonts
from app.refusals import Conflict


def names_to_print(holder: Person, *, now: datetime) -> list[str]:
    """The names that papers of this person's may bear: the display name, and the legal name if there is one."""
    today = clock.on(now, settings.current().zone)
    private = private_details(holder.id, by=holder, why="certificate", today=today, now=now)
    return list(dict.fromkeys(name for name in (holder.display_name, private.legal_name) if name))


def check_name(name: str) -> None:
    """Refuse a name that would be printed as boxes."""
    if missing := fonts.characters_missing(name):
        raise Conflict(f"We cannot print {' '.join(missing)} yet, and are sorry. The page itself can be printed.")
