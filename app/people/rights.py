"""Roles and permissions, and what happens when a person's rights change.

Changes take effect at once: losing a right ends sessions and calendar feeds and releases future seats in the same
transaction; gaining one updates open sessions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sqlalchemy import BindParameter, ColumnElement, and_, or_, select, update

from app import audit, clock, db, settings
from app.extension_point import ExtensionPoint
from app.people.models import NOT_OVER, Departure, Password, Person, PersonState, Role, RoleGrant, SignedInSession
from app.refusals import Conflict, NotAllowed

ADMINISTRATORS_LOCK = 7_061_746_004  # number of the advisory lock held while an administrator is taken away; arbitrary


class Permission(StrEnum):
    """The base of each domain's permissions; a value reads `area:thing:action`."""


class CorePermission(Permission):
    """The permissions that the core's own pages require."""

    SEE_PEOPLE = "people:person:see"
    INVITE = "people:person:invite"
    GRANT = "people:role:grant"
    TAKE_OVER = "people:team:take-over"  # an organisation's own records, which give stages and clearances
    SUSPEND = "people:person:suspend"
    SEE_PRIVATE = "people:private:see"
    SEE_TELEPHONE = "people:telephone:see"  # of one person at a time, written down; no other private detail
    WRITE = "people:person:write"  # an e-mail to them, without reading their address
    CORRECT_PRIVATE = "people:private:correct"
    ADMINISTER = "admin:page:open"
    WRITE_POLICY = "admin:policy:write"


class OnStandingLost(Protocol):
    """A domain's hook that runs, in the same transaction, when a person loses a right or a clearance."""

    def __call__(self, person_id: int, *, now: datetime, why: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Loss:
    """A future commitment, such as a seat on a shift, that its holder may no longer keep."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    what: str


class WouldBeLost(Protocol):
    """A domain's preview of what `on_standing_lost` would take away: from this person, or from all where None."""

    def __call__(self, person_id: int | None, *, now: datetime) -> Sequence[Loss]: ...


@dataclass(frozen=True)
class Grants:
    """The permissions that one domain gives to each role."""

    by_role: Mapping[Role, tuple[Permission, ...]]


grants: ExtensionPoint[Grants] = ExtensionPoint("grants")
on_standing_lost: ExtensionPoint[OnStandingLost] = ExtensionPoint("on_standing_lost")
would_be_lost: ExtensionPoint[WouldBeLost] = ExtensionPoint("would_be_lost")


def held_on(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The SQL condition that a role grant is in force on a day."""
    return and_(RoleGrant.starts_on <= day, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day))


def roles_from(person_id: int, *, on: date) -> frozenset[Role]:
    """The roles that a person holds on a day or is to hold after it, whatever the state of the account."""
    rows = db.session.scalars(
        select(RoleGrant.role).where(
            RoleGrant.person_id == person_id, or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= on)
        )
    )
    return frozenset(Role(role) for role in rows)


@db.cached_per_request
def roles_of(person_id: int, *, on: date) -> frozenset[Role]:
    """The roles a person holds on a day of the organisation's calendar."""
    rows = db.session.scalars(select(RoleGrant.role).where(RoleGrant.person_id == person_id, held_on(on)))
    return frozenset(Role(role) for role in rows)


def permissions_of(person_id: int, *, on: date) -> frozenset[str]:
    """All permissions that a person's roles give them on a day."""
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
    """The ids of active people who hold a permission on a day, for notices to them."""
    return sorted(names_of_people_who_may(permission, on=on))


def names_of_people_who_may(permission: str, *, on: date) -> dict[int, str]:
    """The display names of active people who hold a permission on a day, by id."""
    giving = {role for each in grants for role, permissions in each.by_role.items() if permission in permissions}
    rows = db.session.execute(
        select(Person.id, Person.display_name)
        .join(RoleGrant, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role.in_(giving),
            held_on(on),
            Person.state == PersonState.ACTIVE,
        )
        .distinct()
    )
    return {row.id: row.display_name for row in rows}


def check_may_grant(roles: Collection[Role], *, by: Person | None, today: date) -> None:
    """Refuse unless this person may grant all of these roles; every way to a role asks here, and nowhere else.

    A way to a role is whatever lets somebody act with it who could not before: granting it, importing people with it,
    opening an account that has it again, sending its invitation to another address. `by` None is the operator at the
    command line, who could write to the database anyway. It reads the database, so that a right which was lost a moment
    ago no longer counts.
    """
    if by is None or not roles or CorePermission.GRANT in permissions_of(by.id, on=today):
        return
    raise NotAllowed(
        f"This would let somebody act as {' and '.join(sorted(roles))}. Only people who may give roles can do it: "
        "ask an administrator."
    )


def grant_role(person: Person, role: Role, *, by: Person | None, today: date, now: datetime) -> None:
    """Grant a role from today on. Granting one already held changes nothing. Refuses who may not grant it."""
    check_may_grant([role], by=by, today=today)
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
    """Revoke a role at once. Refuses who may not grant it, one's own admin role, and that of the last administrator."""
    check_may_grant([role], by=by, today=today)
    if person.id == by.id and role is Role.ADMIN:
        raise NotAllowed("You cannot end your own administrator role. Ask another administrator to do it.")
    if role is Role.ADMIN:
        check_another_administrator(person, today=today)
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


def check_another_administrator(person: Person, *, today: date) -> None:
    """Refuse to take the last administrator away, also where two administrators do it to each other at once.

    One who has said their last day does not count: nobody would be left after it.
    """
    db.advisory_lock(ADMINISTRATORS_LOCK)
    others = select(RoleGrant.id).join(Person, Person.id == RoleGrant.person_id)
    others = others.where(RoleGrant.role == Role.ADMIN, held_on(today), Person.state == PersonState.ACTIVE)
    others = others.where(Person.id.not_in(select(Departure.person_id).where(NOT_OVER)))
    if db.session.scalars(others.where(Person.id != person.id).limit(1)).first() is None:
        raise Conflict(f"{person.display_name} is the only administrator left. Make somebody else one first.")


def suspend(person: Person, *, by: Person, now: datetime) -> None:
    """Suspend an account at once: sessions end, and every domain releases what the person holds in future.

    Pages suspend through `suspending.suspend`, which asks for a reason and shows first what it would take away.
    Refuses to suspend oneself or the last administrator.
    """
    if person.id == by.id:
        raise NotAllowed("You cannot suspend your own account.")
    today = clock.on(now, settings.current().zone)
    if Role.ADMIN in roles_of(person.id, on=today):
        check_another_administrator(person, today=today)
    db.lock_people([person.id])
    if person.state == PersonState.SUSPENDED:
        raise Conflict(f"{person.display_name} is already suspended.")
    if person.state == PersonState.LEFT:
        raise Conflict(f"{person.display_name} has left, and their account is closed.")
    person.state = PersonState.SUSPENDED
    audit.record("people.suspended", by=by.id, subject=f"person:{person.id}", now=now)
    rights_lost(person.id, now=now, why="suspended")


def reinstate(person: Person, *, by: Person, now: datetime) -> None:
    """Open an account again that was suspended, or whose person left. Seats that were released stay released.

    Everything that is on record of them counts as it does today. Refuses who may not grant its roles.
    """
    today = clock.on(now, settings.current().zone)
    check_may_grant(roles_from(person.id, on=today), by=by, today=today)
    db.lock_people([person.id])
    if person.state not in (PersonState.SUSPENDED, PersonState.LEFT):
        raise Conflict(f"The account of {person.display_name} is not closed.")
    has_password = db.session.get(Password, person.id) is not None
    person.state = PersonState.ACTIVE if has_password else PersonState.INVITED
    audit.record("people.reinstated", by=by.id, subject=f"person:{person.id}", now=now)


def rights_lost(*ids: int, now: datetime, why: str) -> None:
    """End these people's sessions and let every domain release what they may no longer hold. `why` is a code."""
    _raise_rights_versions(ids)
    db.session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id.in_(ids), SignedInSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    for person_id in sorted(ids):
        release_what_is_lost(person_id, now=now, why=why)


def release_what_is_lost(person_id: int, *, now: datetime, why: str = "") -> None:
    """Let every domain release what a person may no longer hold, in this transaction; their sessions stay.

    For what takes no right away: days away taken back, so that a clock that they had stopped runs again.
    """
    for release in on_standing_lost:
        release(person_id, now=now, why=why)


def losses(person_id: int | None, *, now: datetime) -> tuple[Loss, ...]:
    """What this person (all people, where None) may no longer hold, in order of time.

    Called inside a transaction after a change, it previews what `rights_lost` would take away because of it.
    """
    at_stake = [loss for would in would_be_lost for loss in would(person_id, now=now)]
    return tuple(sorted(at_stake, key=lambda loss: (loss.starts_at, loss.what, loss.person_id)))


def rights_gained(*ids: int) -> None:
    """Update the rights of these people's open sessions without ending them; a few queries, however many people."""
    _raise_rights_versions(ids)
    version = select(Person.rights_version).where(Person.id == SignedInSession.person_id).scalar_subquery()
    db.session.execute(
        update(SignedInSession)
        .where(SignedInSession.person_id.in_(ids), SignedInSession.ended_at.is_(None))
        .values(rights_version=version)
        .execution_options(synchronize_session=False)
    )


def _raise_rights_versions(ids: Collection[int]) -> None:
    for person in db.session.scalars(select(Person).where(Person.id.in_(ids))).all():
        person.rights_version += 1
    db.session.flush()
