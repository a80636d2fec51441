"""Taking back accounts that never came into use: what a file brought by mistake.

The rows of people stay, because audit lines and evidence refer to them, but without name, address or any other detail,
and no page lists them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, update

from app import audit, db
from app.people.directory import ACCOUNT_NAMES_LOCK
from app.people.models import (
    EmailChange,
    OneTimeLink,
    Password,
    Person,
    PersonPrivate,
    PersonState,
    PrivateCorrection,
    RoleGrant,
    Suspension,
)
from app.people.rights import rights_lost
from app.refusals import Conflict


def refuse_used(ids: Collection[int]) -> None:
    """Refuse, naming them, where some of these people have taken up their account."""
    used = db.session.scalars(
        select(Person.display_name)
        .outerjoin(Password, Password.person_id == Person.id)
        .where(Person.id.in_(ids), (Person.state == PersonState.ACTIVE) | Password.person_id.is_not(None))
        .order_by(Person.name_key)
    ).all()
    if used:
        raise Conflict(
            f"{', '.join(used)} signed in since, so their accounts cannot be taken back, and nothing was undone.",
            "Suspend an account on its page instead, or withdraw there what is wrong.",
        )


def remove(ids: Collection[int], *, by: Person, today: date, now: datetime) -> None:
    """Close these accounts for good: no name, no details, no roles, no links. Refuses accounts that were taken up.

    Their names and addresses can be given again. Each has an audit line; nobody gets an e-mail. Call it inside
    `db.writing()`.
    """
    db.lock_people(ids)
    refuse_used(ids)
    db.advisory_lock(ACCOUNT_NAMES_LOCK)
    for person in db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)):
        person.display_name = f"Removed account {person.id}"
        person.zone_name = None
        person.state = PersonState.REMOVED
        audit.record("people.removed", by=by.id, subject=f"person:{person.id}", now=now)
    _end_roles(ids, today)
    _erase_details(ids, now)
    db.session.flush()
    rights_lost(*ids, now=now, why="removed")


def _end_roles(ids: Collection[int], today: date) -> None:
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id.in_(ids))):
        if grant.starts_on >= today:
            db.session.delete(grant)
        elif grant.ends_on is None or grant.ends_on >= today:
            grant.ends_on = today - timedelta(days=1)


def _erase_details(ids: Collection[int], now: datetime) -> None:
    links = select(OneTimeLink.id).where(OneTimeLink.person_id.in_(ids))
    bulk = {"synchronize_session": False}
    db.session.execute(delete(EmailChange).where(EmailChange.link_id.in_(links)).execution_options(**bulk))
    db.session.execute(
        update(OneTimeLink).where(OneTimeLink.person_id.in_(ids), OneTimeLink.used_at.is_(None)).values(used_at=now)
    )
    db.session.execute(delete(PersonPrivate).where(PersonPrivate.person_id.in_(ids)))
    db.session.execute(delete(PrivateCorrection).where(PrivateCorrection.person_id.in_(ids)))
    db.session.execute(delete(Suspension).where(Suspension.person_id.in_(ids)))
