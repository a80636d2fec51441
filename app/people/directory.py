"""The people of the organisation: adding, inviting and finding them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.util import identity_key

from app import audit, db
from app.outbox import queue
from app.outbox.notice import Notice
from app.people import one_time_links
from app.people.email_addresses import email_address
from app.people.models import CLOSED, LinkKind, OneTimeLink, Person, PersonPrivate, PersonState, Role
from app.people.names import NamesInUse, display_name, legal_name
from app.people.notices import Invited
from app.people.rights import grant_role
from app.people.telephone import telephone
from app.people.zones import is_zone
from app.refusals import Conflict, Invalid, NotFound
from app.typed_text import compare_key, quoted

ACCOUNT_NAMES_LOCK = 7_061_746_003  # number of the advisory lock held while a name or an address is taken; arbitrary
ADDRESSES_AT_ONCE = 10_000  # databases limit the parameters of one statement
EARLIEST_BIRTH = date(1900, 1, 1)
NOT_REMOVED = Person.state != PersonState.REMOVED
"""The condition of every list of people."""
NAMED = frozenset({"id", "display_name"})  # the attributes that `names_of` needs


@dataclass(frozen=True)
class NewPerson:
    """The details with which an account is created."""

    display_name: str
    email: str
    legal_name: str | None = None
    born_on: date | None = None
    born_by: date | None = None  # born on this day or before: where only “over 18” is known
    phone: str | None = None
    zone_name: str | None = None
    roles: tuple[Role, ...] = ()


def checked(new: NewPerson, *, today: date) -> tuple[NewPerson, list[tuple[str, str]]]:
    """The details as they are kept, and each fault as (field, sentence); the database is not asked.

    Where there is a fault, the details must not be used.
    """
    faults: list[tuple[str, str]] = []

    def kept(rule: Callable[[str], Any], typed: str | None) -> Any:
        try:
            return rule(typed or "")
        except Invalid as refusal:
            faults.extend((refusal.field or "", sentence) for sentence in refusal.sentences)
            return ""

    tidy = NewPerson(
        display_name=kept(display_name, new.display_name),
        email=kept(email_address, new.email),
        legal_name=kept(legal_name, new.legal_name),
        born_on=new.born_on,
        born_by=new.born_by,
        phone=kept(telephone, new.phone),
        zone_name=kept(zone_named, new.zone_name),
        roles=new.roles,
    )
    if new.born_on and not EARLIEST_BIRTH <= new.born_on <= today:
        faults.append(("born_on", f"{new.born_on.isoformat()} cannot be a birth date."))
    return tidy, faults


def zone_named(typed: str) -> str | None:
    """The time zone of this name, None for nothing; refuses an unknown one."""
    name = typed.strip()
    if name and not is_zone(name):
        raise Invalid(f"{quoted(name)} is not a time zone; they are written like Europe/London.", field="zone")
    return name or None


def add(typed: NewPerson, *, by: Person | None, today: date, now: datetime) -> Person:
    """Create an account without a password; refuse details that cannot be kept, and a name or address that is taken."""
    [person] = add_all([typed], by=by, today=today, now=now)
    return person


def add_all(typed: Sequence[NewPerson], *, by: Person | None, today: date, now: datetime) -> list[Person]:
    """Create accounts without a password, in this order; refuse as `add` does, all or none.

    The number of queries does not grow with the number of people, but for roles.
    """
    every = []
    for each in typed:
        new, faults = checked(each, today=today)
        if faults:
            raise Invalid(*(sentence for _, sentence in faults), field=faults[0][0])
        every.append(new)
    # With the lock, of two who add the same person at once one gets a refusal below, not a database error.
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    emails = [new.email for new in every]
    if person_ids_with_emails(emails) or len(set(emails)) < len(emails):
        raise Conflict("Somebody with this e-mail address already has an account.", field="email")
    names = NamesInUse()
    people = []
    for number, new in enumerate(every, 1):
        names.refuse_taken(new.display_name)
        names.add(-number, new.display_name)
        people.append(Person(display_name=new.display_name, zone_name=new.zone_name, joined_at=now))
    db.session.add_all(people)
    db.session.flush()
    for person, new in zip(people, every, strict=True):
        db.session.add(
            PersonPrivate(
                person_id=person.id,
                legal_name=new.legal_name,
                born_on=new.born_on,
                born_by=new.born_by,
                email=new.email,
                phone=new.phone,
            )
        )
        audit.record("people.added", by=by.id if by else None, subject=f"person:{person.id}", now=now)
    db.session.flush()
    for person, new in zip(people, every, strict=True):
        for role in new.roles:
            grant_role(person, role, by=by, today=today, now=now)
    return people


def invite(
    person: Person, *, by: Person | None, now: datetime, notice: Callable[[int], Notice] = Invited
) -> OneTimeLink:
    """Send a one-time link with which the person chooses a password; earlier links stop working.

    `notice` makes the e-mail from the id of the link.
    """
    if person.state != PersonState.INVITED:
        raise Conflict(f"{person.display_name} has already taken up an invitation.")
    link = one_time_links.create(person.id, LinkKind.INVITATION, by=by.id if by else None, now=now)
    queue.enqueue(notice(link.id), to=person.id, once=f"invitation:{link.id}", now=now, deadline=link.expires_at)
    audit.record("people.invited", by=by.id if by else None, subject=f"person:{person.id}", now=now)
    return link


def find(person_id: int) -> Person:
    """The person with this id; refuses an unknown id."""
    person = db.session.get(Person, person_id)
    if person is None or person.state == PersonState.REMOVED:
        raise NotFound("There is no such person.")
    return person


def person_id_named(display_name: str) -> int | None:
    """The id of the person with this display name, however it is spaced or capitalised; None where nobody has it."""
    return db.session.scalars(
        select(Person.id).where(Person.name_key == compare_key(display_name), Person.state.not_in(CLOSED))
    ).one_or_none()


def person_id_with_email(email: str) -> int | None:
    """The id of the person whose account has this normalized address, or None."""
    return db.session.scalars(select(PersonPrivate.person_id).where(PersonPrivate.email == email)).one_or_none()


def person_ids_with_emails(emails: Iterable[str]) -> dict[str, int]:
    """The ids of the people whose accounts have these normalized addresses, by address."""
    wanted = sorted(set(emails))
    found: dict[str, int] = {}
    for first in range(0, len(wanted), ADDRESSES_AT_ONCE):
        rows = db.session.execute(
            select(PersonPrivate.email, PersonPrivate.person_id).where(
                PersonPrivate.email.in_(wanted[first : first + ADDRESSES_AT_ONCE])
            )
        )
        found.update((row.email, row.person_id) for row in rows)
    return found


def everybody() -> list[Person]:
    """All people, by display name."""
    return list(db.session.scalars(select(Person).where(NOT_REMOVED).order_by(Person.name_key)))


def names_of(ids: Iterable[int]) -> dict[int, str]:
    """Display names by id, in one query at most; people whom the page has read already are not asked for again."""
    wanted = set(ids)
    people = (db.session.identity_map.get(identity_key(Person, person_id)) for person_id in wanted)
    # Only what is loaded: reading an expired attribute would ask for each person alone.
    names = {each.id: each.display_name for each in people if each is not None and each.__dict__.keys() >= NAMED}
    if unknown := wanted - names.keys():
        rows = db.session.execute(select(Person.id, Person.display_name).where(Person.id.in_(unknown)))
        names.update((row.id, row.display_name) for row in rows)
    return names


def role_named(word: str) -> Role:
    """The role of this name; refuses an unknown name."""
    try:
        return Role(word)
    except ValueError:
        raise NotFound("There is no such role.") from None
