"""What people may change about themselves."""

from __future__ import annotations

import hashlib
from datetime import datetime

from app import audit, db
from app.people.directory import ACCOUNT_NAMES_LOCK, zone_named
from app.people.models import Person, PersonPrivate
from app.people.names import NamesInUse
from app.people.names import display_name as display_name_kept
from app.people.telephone import telephone
from app.refusals import Conflict, Invalid


class ChangedInAnotherWindow(Conflict):
    """The profile was changed after the page was opened."""


def mark_of(person: Person, phone: str | None) -> str:
    """A mark of the profile as a page shows it, so that its form says what it changes."""
    return hashlib.sha256(repr((person.display_name, phone, person.zone_name)).encode()).hexdigest()[:32]


def change_profile(
    person: Person,
    *,
    display_name: str,
    phone: str | None,
    zone_name: str | None,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Change a person's display name, telephone number and time zone.

    `seen` is `mark_of` the profile that the page showed. Refuses a profile that was changed since, a name that is taken
    or unreadable, a malformed number and an unknown zone.
    """
    name, number = display_name_kept(display_name), telephone(phone)
    try:
        zone = zone_named(zone_name or "")
    except Invalid as refusal:
        raise Invalid(*refusal.sentences, field="zone_name") from None
    db.lock_people([person.id])
    private = db.session.get_one(PersonPrivate, person.id)
    if seen is not None and seen != mark_of(person, private.phone):
        kept = ", ".join([person.display_name, private.phone or "no number", person.zone_name or "no zone of your own"])
        raise ChangedInAnotherWindow(
            f"You saved something else in another window meanwhile. Kept now: {kept}. What you typed here is below; "
            "look at it, and save again if it is right."
        )
    if name != person.display_name:
        db.advisory_lock(ACCOUNT_NAMES_LOCK)
        NamesInUse().refuse_taken(name, except_for=person.id)
    person.display_name, person.zone_name = name, zone
    private.phone = number
    audit.record("people.profile-changed", by=person.id, subject=f"person:{person.id}", now=now)
