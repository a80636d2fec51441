"""What a person may change about themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from app import audit, db
from app.people.directory import NewPerson, faults_of
from app.people.models import Person
from app.people.private import address_of
from app.refusals import Conflict, Invalid


def change_profile(person: Person, *, display_name: str, zone_name: str | None, now: datetime) -> None:
    """Change one's display name and time zone; refuse a name that is taken and a zone that does not exist."""
    name = display_name.strip()
    for field, sentence in faults_of(NewPerson(name, address_of(person.id), zone_name=zone_name)):
        raise Invalid(sentence, field="zone_name" if field == "zone" else field)
    taken = db.session.scalar(
        select(Person.id).where(func.lower(Person.display_name) == name.lower(), Person.id != person.id)
    )
    if taken:
        raise Conflict(f"There is already somebody called {name}. Please choose another.", field="display_name")
    person.display_name, person.zone_name = name, zone_name
    audit.record("people.profile-changed", by=person.id, subject=f"person:{person.id}", now=now)
