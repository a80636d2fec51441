"""What people may change about themselves."""

from __future__ import annotations

from datetime import datetime

from app import audit, db
from app.people.directory import ACCOUNT_NAMES_LOCK, zone_named
from app.people.models import Person, PersonPrivate
from app.people.names import NamesInUse
from app.people.names import display_name as display_name_kept
from app.people.telephone import telephone
from app.refusals import Invalid


def change_profile(
    person: Person, *, display_name: str, phone: str | None, zone_name: str | None, now: datetime
) -> None:
    """Change a person's display name, telephone number and time zone.

    Refuses a name that is taken or unreadable, a malformed number and an unknown zone.
    """
    name, number = display_name_kept(display_name), telephone(phone)
    try:
        zone = zone_named(zone_name or "")
    except Invalid as refusal:
        raise Invalid(*refusal.sentences, field="zone_name") from None
    db.lock_people([person.id])
    if name != person.display_name:
        db.advisory_lock(ACCOUNT_NAMES_LOCK)
        NamesInUse().refuse_taken(name, except_for=person.id)
    person.display_name, person.zone_name = name, zone
    db.session.get_one(PersonPrivate, person.id).phone = number
    audit.record("people.profile-changed", by=person.id, subject=f"person:{person.id}", now=now)
