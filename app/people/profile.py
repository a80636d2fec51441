"""What people may change about themselves."""

from __future__ import annotations

import re
from datetime import datetime

from app import audit, db
from app.people.directory import ACCOUNT_NAMES_LOCK, NewPerson, faults_of, is_display_name_taken
from app.people.models import Person, PersonPrivate
from app.people.private import email_of
from app.refusals import Conflict, Invalid

PHONE_NUMBER = re.compile(r"\+?[0-9 ()-]{3,30}")


def change_profile(
    person: Person, *, display_name: str, phone: str | None, zone_name: str | None, now: datetime
) -> None:
    """Change a person's display name, telephone number and time zone.

    Refuses a name that is taken, a malformed number and an unknown zone.
    """
    name = display_name.strip()
    for field, sentence in faults_of(NewPerson(name, email_of(person.id), zone_name=zone_name)):
        raise Invalid(sentence, field="zone_name" if field == "zone" else field)
    if phone and not PHONE_NUMBER.fullmatch(phone):
        raise Invalid("A telephone number has figures and spaces, and may begin with +.", field="phone")
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    if is_display_name_taken(name, except_for=person.id):
        raise Conflict(f"There is already somebody called {name}. Please choose another.", field="display_name")
    person.display_name, person.zone_name = name, zone_name
    db.session.get_one(PersonPrivate, person.id).phone = phone
    audit.record("people.profile-changed", by=person.id, subject=f"person:{person.id}", now=now)
