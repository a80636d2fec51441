"""Reading the ledger: the facts of many people at once, and what was written about them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, select

from app import db
from app.people import ages
from app.people.models import Person
from progression.facts import Fact
from progression.models import Evidence, EvidenceNote

# Databases bound the number of values in one question; PostgreSQL at 65,535, SQLite at 32,766.
MOST_IDS_AT_ONCE = 10_000

_COLUMNS = [getattr(Evidence, name) for name in Fact.__dataclass_fields__]


def of_people(ids: Iterable[int], *, kinds: Collection[str] | None = None) -> dict[int, list[Fact]]:
    """The facts about each of these people, in the order they were recorded; withdrawn ones and withdrawals
    too.

    With `kinds`, only those. Everybody asked for has an entry, if an empty one.
    """
    wanted = sorted(set(ids))
    if len(wanted) == 1:
        facts = _all_about(wanted[0])
        return {wanted[0]: [fact for fact in facts if kinds is None or fact.kind in kinds]}
    known: dict[int, list[Fact]] = {person_id: [] for person_id in wanted}
    for some in _in_parts(wanted):
        query = select(*_COLUMNS).where(Evidence.person_id.in_(some)).order_by(Evidence.id)
        if kinds is not None:
            query = query.where(Evidence.kind.in_(sorted(kinds)))
        for row in db.session.execute(query):
            known[row.person_id].append(Fact(**row._mapping))
    return known


@db.cached_per_request
def _all_about(person_id: int) -> tuple[Fact, ...]:
    rows = db.session.execute(select(*_COLUMNS).where(Evidence.person_id == person_id).order_by(Evidence.id))
    return tuple(Fact(**row._mapping) for row in rows)


def of_person(person_id: int) -> list[Fact]:
    """All the facts about one person, in the order they were recorded."""
    return of_people([person_id])[person_id]


@dataclass(slots=True)
class Account:
    """Somebody with an account, and the facts about them that were asked for."""

    person: Person
    born_on: date | None
    facts: list[Fact] = field(default_factory=list)


def of_accounts(*conditions: ColumnElement[bool], kinds: Collection[str]) -> list[Account]:
    """The people who meet all conditions, by name, each with the facts of these kinds; who has none is left out."""
    found = ages.with_birth_date(
        select(Person, *_COLUMNS)
        .join(Evidence, Evidence.person_id == Person.id)
        .where(Evidence.kind.in_(sorted(kinds)), *conditions)
        .order_by(Person.display_name, Evidence.id)
    )
    known: dict[int, Account] = {}
    for person, *values, born_on in db.session.execute(found):
        known.setdefault(person.id, Account(person, born_on)).facts.append(Fact(*values))
    return list(known.values())


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about a fact, and whether it is still word for word what they wrote."""

    text: str
    is_as_written: bool


def notes_of(evidence_ids: Iterable[int]) -> dict[int, Note]:
    """The notes that belong to these facts. Facts without a note, or whose note was erased, have no entry."""
    notes: dict[int, Note] = {}
    for some in _in_parts(sorted(set(evidence_ids))):
        rows = db.session.execute(
            select(Evidence.id, Evidence.note_hash, EvidenceNote.text, EvidenceNote.salt)
            .join(EvidenceNote, EvidenceNote.evidence_id == Evidence.id)
            .where(Evidence.id.in_(some))
        )
        for row in rows:
            notes[row.id] = Note(row.text, is_as_written=hash_of_note(row.text, row.salt) == row.note_hash)
    return notes


def hash_of_note(text: str, salt: str) -> str:
    """The SHA-256 kept in the ledger. Once note and salt are gone, nobody can guess the words."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _in_parts(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), MOST_IDS_AT_ONCE):
        yield ids[first : first + MOST_IDS_AT_ONCE]
