"""Birth dates for the rules that protect young people. Pages do not show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from app import db
from app.people.models import CLOSED, Person, PersonPrivate

LATEST_BIRTH = func.coalesce(PersonPrivate.born_on, PersonPrivate.born_by)
"""The birth date or, where only “over 18” is known, the latest that it can be: rules then err on the safe side."""


class AccountFacts(NamedTuple):
    """What rules about duties need to know about an account: a tuple, because pages read thousands of them."""

    born_on: date | None
    is_closed: bool


def born_on(ids: Iterable[int]) -> dict[int, date | None]:
    """Each person's birth date, or None where it is unknown (rules then treat them as under 18)."""
    return {person_id: facts.born_on for person_id, facts in account_facts_of(ids).items()}


def account_facts_of(ids: Iterable[int]) -> Mapping[int, AccountFacts]:
    """Birth date and whether the account is closed, of each of these people, in one query."""
    return _account_facts_of(tuple(sorted(set(ids))))


_OF_ACCOUNTS = (
    select(Person.id, Person.state, LATEST_BIRTH.label("born_on"))
    .outerjoin(PersonPrivate, PersonPrivate.person_id == Person.id)
    .where(Person.id.in_(bindparam("ids", expanding=True)))
)


@db.cached_per_request
def _account_facts_of(ids: tuple[int, ...]) -> Mapping[int, AccountFacts]:
    rows = db.session.execute(_OF_ACCOUNTS, {"ids": ids}).all()
    return {person_id: AccountFacts(born_on, state in CLOSED) for person_id, state, born_on in rows}


def remember(person: Person, latest_birth: date | None) -> None:
    """Cache what rules need to know about an account, read with another query by `with_birth_date`."""
    facts = {person.id: AccountFacts(latest_birth, person.state in CLOSED)}
    db.cache_result(_account_facts_of, facts, (person.id,))


def remember_all(people: Mapping[int, AccountFacts]) -> None:
    """The same for many, by id, who will be asked about together: then their page has no further query for it."""
    db.cache_result(_account_facts_of, people, tuple(sorted(people)))


def with_birth_date(people: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Add each person's birth date, or the latest it can be, to a query about people, as its last column."""
    return people.outerjoin(PersonPrivate, PersonPrivate.person_id == Person.id).add_columns(LATEST_BIRTH)


def is_at_least(years: int, *, on: date) -> ColumnElement[bool]:
    """The SQL condition that a person is known to be so many years old on a day, counted as `age_on` does."""
    try:
        latest = on.replace(year=on.year - years)
    except ValueError:  # 29 February, and a year without one
        latest = date(on.year - years, 2, 28)
    return Person.id.in_(select(PersonPrivate.person_id).where(latest >= LATEST_BIRTH))


def age_on(born: date, day: date) -> int:
    """Age in whole years on a day. A person born on 29 February has their birthday on 1 March in common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
