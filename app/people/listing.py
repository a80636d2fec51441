"""The list of people, narrowed and described by what each domain brings. Who is on it is decided in the database.

A domain's filter is one condition of SQL, its columns are read for one page of people at once: the number of queries
does not grow with the number of people.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from app import db
from app.people.models import Person, PersonState, Role, RoleGrant
from app.people.rights import CorePermission, Permission, held_on
from app.typed_text import compare_key

PEOPLE_ON_A_PAGE = 50


@dataclass(frozen=True)
class PeopleFilter:
    """A choice by which the list is narrowed. Only people who hold `audience` may use it."""

    name: str  # in the address
    label: str
    choices: Callable[[datetime], Sequence[tuple[str, str]]]  # what stands in the address, and its words
    where: Callable[[str, date, datetime], ColumnElement[bool]]  # of a choice, the day asked about, and now
    audience: Permission


@dataclass(frozen=True)
class PeopleColumn:
    """A column of the list. `template` writes one `value`; people without a value have an empty cell.

    `cells` writes the same value for a spreadsheet, by the heading of each of its columns there.
    """

    title: str
    template: str
    values: Callable[[Collection[int], datetime], Mapping[int, Any]]
    audience: Permission
    cells: Mapping[str, Callable[[Any], str]]


@dataclass(frozen=True)
class PeopleNote:
    """Something to know of a person: the kind of mark that pages draw, and its words, where {day} stands for a day."""

    kind: str
    words: str
    day: date


@dataclass(frozen=True)
class PeopleNotes:
    """What there is to know of people at a glance."""

    notes: Callable[[Collection[int], datetime], Mapping[int, Sequence[PeopleNote]]]
    audience: Permission


@dataclass(frozen=True)
class PageOfPeople:
    """One page of a search for people; `count` is the number of matches on all pages."""

    people: Sequence[Person]
    count: int
    number: int
    pages: int


def page_of_people(words: str, number: int, conditions: Sequence[ColumnElement[bool]] = ()) -> PageOfPeople:
    """Page `number`, from 1, of the people who meet all conditions and have these words in their display name, by name.

    A number beyond the last page gives the last.
    """
    wanted = _wanted(words, conditions)
    found = _rows(wanted, max(number, 1))
    if not found and number > 1:
        count = db.session.scalar(select(func.count()).select_from(Person).where(*wanted)) or 0
        number = max(1, -(-count // PEOPLE_ON_A_PAGE))
        found = _rows(wanted, number)
    count = found[0].in_all if found else 0
    return PageOfPeople([row.Person for row in found], count, max(number, 1), max(1, -(-count // PEOPLE_ON_A_PAGE)))


def all_people(words: str, conditions: Sequence[ColumnElement[bool]] = ()) -> Sequence[Person]:
    """The people of all pages of the same search, by name."""
    return db.session.scalars(select(Person).where(*_wanted(words, conditions)).order_by(Person.name_key)).all()


def _wanted(words: str, conditions: Sequence[ColumnElement[bool]]) -> Sequence[ColumnElement[bool]]:
    return (
        Person.state != PersonState.REMOVED,
        Person.name_key.contains(compare_key(words), autoescape=True),
        *conditions,
    )


def _rows(wanted: Sequence[ColumnElement[bool]], number: int) -> Sequence[Any]:
    return db.session.execute(
        select(Person, func.count().over().label("in_all"))
        .where(*wanted)
        .order_by(Person.name_key)
        .offset((number - 1) * PEOPLE_ON_A_PAGE)
        .limit(PEOPLE_ON_A_PAGE)
    ).all()


def _states(_now: datetime) -> list[tuple[str, str]]:
    words = {
        PersonState.ACTIVE: "open",
        PersonState.INVITED: "invited",
        PersonState.SUSPENDED: "suspended",
        PersonState.LEFT: "left",
    }
    return [(state.value, words[state]) for state in words]


def _roles(_now: datetime) -> list[tuple[str, str]]:
    return [(role.value, role.value) for role in Role]


def _in_state(choice: str, _day: date, _now: datetime) -> ColumnElement[bool]:
    return Person.state == PersonState(choice)


def _has_role(choice: str, day: date, _now: datetime) -> ColumnElement[bool]:
    return Person.id.in_(select(RoleGrant.person_id).where(RoleGrant.role == Role(choice), held_on(day)))


BY_STATE = PeopleFilter("account", "Account", _states, _in_state, CorePermission.SEE_PEOPLE)
BY_ROLE = PeopleFilter("role", "Role", _roles, _has_role, CorePermission.SEE_PEOPLE)
