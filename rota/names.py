"""The names that people see of one another."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app import db
from app.people.models import Person


def names_of(ids: Collection[int]) -> dict[int, str]:
    """The display names of these people, in one query."""
    rows = db.session.execute(select(Person.id, Person.display_name).where(Person.id.in_(ids)))
    return {row.id: row.display_name for row in rows}
