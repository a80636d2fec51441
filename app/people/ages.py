"""Birth dates for rules that protect young people. They stay inside the domain: no page shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from app import db
from app.people.models import Person, PersonPrivate, PersonState


@dataclass(frozen=True, slots=True)
class Known:
    """What rules about duties ask of an account: the birth date, and whether it is suspended."""

    born_on: date | None
    is_suspended: bool


def born_on(ids: Iterable[int]) -> dict[int, date | None]:
    """Each person's birth date, or None where it is not known (rules then treat them as under 18)."""
    return {person_id: known.born_on for person_id, known in known_of(ids).items()}


def known_of(ids: Iterable[int]) -> Mapping[int, Known]:
    """Birth date and suspension of each of these people, in one query."""
    return _known(tuple(sorted(set(ids))))


@db.cached_per_request
def _known(ids: tuple[int, ...]) -> Mapping[int, Known]:
    rows = db.session.execute(
        select(Person.id, Person.state, PersonPrivate.born_on)
        .outerjoin(PersonPrivate, PersonPrivate.person_id == Person.id)
        .where(Person.id.in_(ids))
    )
    return {row.id: Known(row.born_on, row.state == PersonState.SUSPENDED) for row in rows}


def with_birth_date(people: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A question about people, with the birth date of each as its last column: for rules that look at many."""
    return people.outerjoin(PersonPrivate, PersonPrivate.person_id == Person.id).add_columns(PersonPrivate.born_on)


def age_on(born: date, day: date) -> int:
    """Whole years lived on a day. Somebody born on 29 February turns a year older on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
