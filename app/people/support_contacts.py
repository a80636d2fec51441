"""Whom somebody would want to know that they need support: one person, chosen by themselves, read by nobody else.

A contact is a person with a role, or somebody who said that they are glad to be one. Choosing tells nobody, and leaves
no line in the audit trail: that it was chosen says nothing, and nobody but the person needs to know (decision 0026).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ForeignKey, Select, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.people.models import Person, PersonState, RoleGrant
from app.people.rights import held_on
from app.refusals import Invalid


class SupportContact(db.Model):
    """Whom a person chose beforehand. Only their own pages read it."""

    __tablename__ = "support_contact"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("person.id"))


class WillingContact(db.Model):
    """Somebody who is glad to be chosen."""

    __tablename__ = "willing_contact"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


@dataclass(frozen=True)
class OwnContact:
    """What a person's own page shows: whom they may choose, whom they chose, and whether they may be chosen."""

    choices: tuple[tuple[int, str], ...]
    chosen_id: int | None
    is_willing: bool

    @property
    def chosen(self) -> tuple[int, str] | None:
        """The chosen contact, with the name; None where none was chosen, or they cannot be one any more."""
        return next((each for each in self.choices if each[0] == self.chosen_id), None)


def _may_be_chosen(by: int, today: date) -> Select[int, str]:
    """The query for the people whom somebody may choose: not themselves, and their account is in use."""
    with_role = select(RoleGrant.person_id).where(held_on(today))
    return (
        select(Person.id, Person.display_name)
        .where(
            Person.id != by,
            Person.state == PersonState.ACTIVE,
            or_(Person.id.in_(with_role), Person.id.in_(select(WillingContact.person_id))),
        )
        .order_by(Person.name_key)
    )


def own_contact(person_id: int, *, today: date) -> OwnContact:
    """What a person may choose and chose. For their own pages alone."""
    kept = db.session.get(SupportContact, person_id)
    choices = tuple((row.id, row.display_name) for row in db.session.execute(_may_be_chosen(person_id, today)))
    is_willing = db.session.get(WillingContact, person_id) is not None
    return OwnContact(choices, kept.contact_id if kept else None, is_willing)


def check_may_be_chosen(contact_id: int, *, by: int, today: date) -> None:
    """Refuse somebody whom the person may not choose."""
    if db.session.execute(_may_be_chosen(by, today).where(Person.id == contact_id)).first() is None:
        raise Invalid("This person cannot be told at the moment. Choose somebody else.", field="contact")


def choose(person_id: int, contact_id: int | None, *, is_willing: bool, today: date) -> None:
    """Keep whom a person chose, None for nobody, and whether they are glad to be chosen. Nobody is told."""
    if contact_id is not None:
        check_may_be_chosen(contact_id, by=person_id, today=today)
    db.lock_people([person_id])
    _keep(SupportContact, person_id, {"contact_id": contact_id} if contact_id is not None else None)
    _keep(WillingContact, person_id, {} if is_willing else None)


def _keep(table: type[db.Model], person_id: int, values: dict[str, int] | None) -> None:
    row = db.session.get(table, person_id)
    if row is not None:
        db.session.delete(row)
        db.session.flush()
    if values is not None:
        db.session.add(table(person_id=person_id, **values))
