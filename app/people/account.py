"""What a person may change about themselves."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select

from app import audit, db
from app.people.directory import ACCOUNT_NAMES_LOCK, NewPerson, faults_of
from app.people.models import Person, PersonPrivate
from app.people.private import address_of
from app.refusals import Conflict, Invalid

A_NUMBER = re.compile(r"\+?[0-9 ()-]{3,30}")


def change_profile(
    person: Person, *, display_name: str, phone: str | None, zone_name: str | None, now: datetime
) -> None:
    """Change one's display name, telephone and time zone.

    Refuses a name that is taken, a number that cannot be rung and a zone that does not exist.
    """
    name = display_name.strip()
    for field, sentence in faults_of(NewPerson(name, address_of(person.id), zone_name=zone_name)):
        raise Invalid(sentence, field="zone_name" if field == "zone" else field)
    if phone and not A_NUMBER.fullmatch(phone):
        raise Invalid("A telephone number has figures and spaces, and may begin with +.", field="phone")
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    taken = db.session.scalar(
        select(Person.id).where(func.lower(Person.display_name) == name.lower(), Person.id != person.id)
    )
    if taken:
        raise Conflict(f"There is already somebody called {name}. Please choose another.", field="display_name")
    person.display_name, person.zone_name = name, zone_name
    db.session.get_one(PersonPrivate, person.id).phone = phone
    audit.record("people.profile-changed", by=person.id, subject=f"person:{person.id}", now=now)
