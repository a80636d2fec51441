"""Whom people can ask: those who hold a role today, by display name.

Every page that says "ask a coordinator" names them through here, so that nobody is sent to somebody without a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from app import db
from app.people.models import Person, PersonState, Role, RoleGrant
from app.people.rights import held_on

ONE_OF = {
    Role.COORDINATOR: "a coordinator",
    Role.TRAINER: "a trainer",
    Role.ASSESSOR: "a member of staff",
    Role.ADMIN: "an administrator",
}
"""The roles that people are told to ask, and each inside a sentence."""
MOST_NAMED = 3


@db.cached_per_request
def names_by_role(on: date) -> Mapping[Role, list[str]]:
    """The display names of the active people who hold each of these roles on a day, by name; one query."""
    rows = db.session.execute(
        select(RoleGrant.role, Person.display_name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.role.in_(ONE_OF), held_on(on), Person.state == PersonState.ACTIVE)
        .order_by(Person.display_name)
        .distinct()
    )
    names: dict[Role, list[str]] = {role: [] for role in ONE_OF}
    for role, name in rows:
        names[Role(role)].append(name)
    return names


def words_for(role: str, names: list[str]) -> str:
    """“a coordinator (Tansy or Sable)”; without a name, “a coordinator”."""
    shown = names[:MOST_NAMED]
    listed = " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
    others = " or others" if len(names) > MOST_NAMED else ""
    return f"{ONE_OF[Role(role)]} ({listed}{others})" if names else ONE_OF[Role(role)]
