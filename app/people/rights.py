"""What a person may open today, and what happens the moment that changes.

Rights take hold at once: losing one ends sessions and feeds and releases future seats in the same transaction;
gaining one renews the session's rights.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import ColumnElement, and_, or_, select, update

from app import audit, db
from app.extension_point import ExtensionPoint
from app.people.models import Person, PersonState, Role, RoleGrant, SignedInSession
from app.refusals import Conflict, NotAllowed


class Permission(StrEnum):
    """The base of each domain's permissions; a value reads `area:thing:action`."""


class CorePermission(Permission):
    """What the core's own pages ask for."""

    SEE_PEOPLE = "people:person:see"
    INVITE = "people:person:invite"
    GRANT = "people:role:grant"
    SUSPEND = "people:person:suspend"
    SEE_PRIVATE = "people:private:see"
    CORRECT_PRIVATE = "people:private:correct"
    ADMINISTER = "admin:page:open"
    WRITE_POLICY = "admin:policy:write"


class OnStandingLost(Protocol):
    """What a domain does, inside the same transaction, when a person may no longer do all they could."""

    def __call__(self, person_id: int, *, now: datetime, why: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Loss:
    """Something to come that its holder may not keep, as everything stands."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    what: str


class WouldBeLost(Protocol):
    """What `on_standing_lost` would take away now: from this person, or from anybody where that is None."""

    def __call__(self, person_id: int | None, *, now: datetime) -> Sequence[Loss]: ...


@dataclass(frozen=True)
class Grants:
    """Which permissions each role opens, as one domain says it."""

    by_role: Mapping[Role, tuple[Permission, ...]]


grants: ExtensionPoint[Grants] = ExtensionPoint("grants")
on_standing_lost: ExtensionPoint[OnStandingLost] = ExtensionPoint("on_standing_lost")
would_be_lost: ExtensionPoint[WouldBeLost] = ExtensionPoint("would_be_lost")


def held_on(day: date) -> ColumnElement[bool]:
    """The condition under which a grant of a role holds on a day."""
    return and_(RoleGrant.starts_on <= day, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day))


@db.cached_per_request
def roles_of(person_id: int, *, on: date) -> frozenset[Role]:
    """The roles a person holds on a day of the organisation's calendar."""
    rows = db.session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id, held_on(on)))
    return frozenset(Role(role) for role in rows)


def permissions_of(person_id: int, *, on: date) -> frozenset[str]:
    """Every permission that the roles held on this day open."""
    held = roles_of(person_id, on=on)
    return frozenset(permission for each in grants for role in held for permission in each.by_role.get(role, ()))


def roles_by_person(ids: Collection[int], *, on: date) -> dict[int, list[str]]:
    """These people's roles on a day, in one query."""
    rows = db.session.execute(
        select(RoleGrant.person_id, RoleGrant.role)
        .where(RoleGrant.person_id.in_(ids), held_on(on))
        .order_by(RoleGrant.role)
    )
    held: dict[int, list[str]] = {}
    for row in rows:
        held.setdefault(row.person_id, []).append(row.role)
    return held


def people_who_may(permission: str, *, on: date) -> list[int]:
    """The ids of active people who hold a permission on this day: whom to tell."""
    opening = {role for each in grants for role, opened in each.by_role.items() if permission in opened}
    rows = db.session.scalars(
        select(RoleGrant.person_id)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role.in_(opening),
            held_on(on),
            Person.state == PersonState.ACTIVE,
        )
        .distinct()
    )
    return sorted(rows)


def grant_role(person: Person, role: Role, *, by: Person | None, today: date, now: datetime) -> None:
    """Give a role from today on. Granting one already held changes nothing."""
    db.lock_people([person.id])
    if role in roles_of(person.id, on=today):
        return
    db.session.add(
        RoleGrant(
            person_id=person.id,
            role=role,
            starts_on=today,
            granted_by_id=by.id if by else None,
            granted_at=now,
        )
    )
    audit.record(
        "people.role-granted",
        by=by.id if by else None,
        subject=f"person:{person.id}",
        now=now,
        details={"role": role},
    )
    rights_gained(person.id)


def end_role(person: Person, role: Role, *, by: Person, today: date, now: datetime) -> None:
    """Take a role away at once. Nobody takes away their own admin role, so that one administrator always remains."""
    if person.id == by.id and role is Role.ADMIN:
        raise NotAllowed("You cannot end your own administrator role. Ask another administrator to do it.")
    db.lock_people([person.id])
    held = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.person_id == person.id,
            RoleGrant.role == role,
            or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today),
        )
    ).all()
    for grant in held:
        if grant.starts_on >= today:
            db.session.delete(grant)
        else:
            # A grant holds through its last day; ending yesterday makes it end now.
            grant.ends_on = today - timedelta(days=1)
    audit.record("people.role-ended", by=by.id, subject=f"person:{person.id}", now=now, details={"role": role})
    rights_lost(person.id, now=now, why="role-ended")


def suspend(person: Person, *, by: Person, now: datetime) -> None:
    """Close an account at once: sessions end, and every domain lets go of the person's future."""
    if person.id == by.id:
        raise NotAllowed("You cannot suspend your own account.")
    db.lock_people([person.id])
    if person.state == PersonState.SUSPENDED:
        raise Conflict(f"{person.display_name} is already suspended.")
    person.state = PersonState.SUSPENDED
    audit.record("people.suspended", by=by.id, subject=f"person:{person.id}", now=now)
    rights_lost(person.id, now=now, why="suspended")


def reinstate(person: Person, *, by: Person, has_password: bool, now: datetime) -> None:
    """Open a suspended account again. Seats that were released stay released."""
    db.lock_people([person.id])
    if person.state != PersonState.SUSPENDED:
        raise Conflict(f"{person.display_name} is not suspended.")
    person.state = PersonState.ACTIVE if has_password else PersonState.INVITED
    audit.record("people.reinstated", by=by.id, subject=f"person:{person.id}", now=now)


def rights_lost(person_id: int, *, now: datetime, why: str) -> None:
    """End the person's sessions and let every domain release what they may no longer hold. `why` is a code."""
    _bump(person_id)
    db.session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    for release in on_standing_lost:
        release(person_id, now=now, why=why)


def losses(person_id: int | None, *, now: datetime) -> tuple[Loss, ...]:
    """What this person (or anybody, where None) may no longer hold as everything stands, in order of time.

    Asked inside a transaction after a change, it says what `rights_lost` would take away because of it.
    """
    found = [loss for would in would_be_lost for loss in would(person_id, now=now)]
    return tuple(sorted(found, key=lambda loss: (loss.starts_at, loss.what, loss.person_id)))


def rights_gained(person_id: int) -> None:
    """Renew what open sessions are allowed, without ending them."""
    version = _bump(person_id)
    db.session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id == person_id, SignedInSession.ended_at.is_(None))
        .values(rights_version=version)
    )


def _bump(person_id: int) -> int:
    person = db.session.get_one(Person, person_id)
    person.rights_version += 1
    db.session.flush()
    return person.rights_version
