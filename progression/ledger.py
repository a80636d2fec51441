"""Reading the ledger: the facts about many people at once, and the notes that belong to them.

A fact that is asked for again is read with the day until which it still holds (`asked_again`), so no rule about facts
needs to know of it. Where a pathway asks for something that days away change the time of, the times away are read with
the facts, so that nobody who asks can forget them: before the others, with the kind `AWAY` and the id 0 (`days_away`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    TypeDecorator,
    bindparam,
    cast,
    null,
    select,
    union_all,
)
from sqlalchemy.engine.interfaces import Dialect

from app import db
from app.domain import away_times
from app.many_ids import among, ids_given
from app.people import ages
from app.people.models import Person
from app.policies import documents
from progression.asked_again import AS_FACTS, Asked, in_force, of_rows, shortened
from progression.days_away import as_fact
from progression.facts import AWAY, Fact
from progression.models import Evidence, EvidenceNote, EvidenceReply
from progression.pathway import Pathway

# Databases limit the parameters of one statement: PostgreSQL to 65,535, SQLite to 32,766.
MOST_IDS_AT_ONCE = 10_000


class _Details(TypeDecorator[Mapping[str, Any]]):
    """The details of a fact, read from their text. Nobody may change them: facts with the same text share them."""

    impl = String
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        return _details


@lru_cache(maxsize=4096)  # Pages read thousands of facts, and nearly all have one of a few texts.
def _details(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else MappingProxyType(json.loads(text))


_COLUMNS = [
    (cast(Evidence.facts, _Details) if name == "facts" else getattr(Evidence, name)).label(name)
    for name in Fact._fields
]


def _with_asked(query: Select[Any], *, more: int = 0) -> CompoundSelect[Any]:
    """The query of facts with the rows of what is asked again, so that no page needs a query for them.

    `more` is the number of columns that the query has after those of a fact.
    """
    return union_all(query, select(*AS_FACTS, *[null()] * more))


_ALL_OF_ONE = _with_asked(select(*_COLUMNS).where(Evidence.person_id == bindparam("person_id"))).order_by("id")

ALL_TIME = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # no leave is older, or further ahead
Recorded = tuple[dict[int, list[Fact]], tuple[Asked, ...]]
"""Facts by person, as they were recorded, and what is asked again."""


def facts_of_people(
    ids: Iterable[int], *, kinds: Collection[str] | None = None, due_before: date | None = None
) -> dict[int, list[Fact]]:
    """The facts about each of these people, in the order they were recorded, including withdrawn ones and withdrawals.

    With `kinds`, only those. Every id asked for has an entry, which may be empty. What is asked again ends on its day;
    with `due_before`, only where that day is before this one.
    """
    by_person, asked = _recorded(ids, kinds)
    if due_before is not None:
        asked = tuple(each for each in asked if each.holds_until < due_before)
    read = {person_id: shortened(facts, asked) for person_id, facts in by_person.items()}
    if (AWAY in kinds) if kinds is not None else _leave_matters():
        away = _away(tuple(sorted(read)))
        read = {person_id: [*away.get(person_id, ()), *facts] for person_id, facts in read.items()}
    return read


def _leave_matters() -> bool:
    """Whether some pathway, of any time, asks for something that days away change the time of."""
    return any(pathway.pauses_for_leave for pathway in documents.every(Pathway))


@db.cached_per_request
def _away(ids: tuple[int, ...]) -> dict[int, list[Fact]]:
    """The times away of these people, in the form of facts."""
    return {
        person_id: [as_fact(person_id, *span) for span in spans]
        for person_id, spans in away_times(ids, *ALL_TIME).items()
    }


def facts_as_recorded(ids: Iterable[int], *, kinds: Collection[str] | None = None) -> dict[int, list[Fact]]:
    """The same facts with the days that were recorded, as if nothing were asked again."""
    by_person, _asked = _recorded(ids, kinds)
    return by_person


def _recorded(ids: Iterable[int], kinds: Collection[str] | None) -> Recorded:
    wanted = sorted(set(ids))
    if len(wanted) == 1:
        all_facts, asked = _all_facts(wanted[0])
        return {wanted[0]: [fact for fact in all_facts if kinds is None or fact.kind in kinds]}, asked
    by_person: dict[int, list[Fact]] = {person_id: [] for person_id in wanted}
    asked = ()
    for batch in _batches(wanted):
        query = _of_many(db.dialect(), None if kinds is None else frozenset(kinds))
        facts, asked = _read(query, {"ids": batch})
        for fact in facts:
            by_person[fact.person_id].append(fact)
    return by_person, asked


@lru_cache(maxsize=64)  # Building it takes as long as answering it for hundreds of people.
def _of_many(_dialect: str, kinds: frozenset[str] | None) -> CompoundSelect[Any]:
    query = select(*_COLUMNS).where(among(Evidence.person_id, ids_given("ids")))
    if kinds is not None:
        query = query.where(Evidence.kind.in_(sorted(kinds)))
    return _with_asked(query).order_by("id")


def _read(query: CompoundSelect[Any], values: Mapping[str, Any] | None = None) -> tuple[list[Fact], tuple[Asked, ...]]:
    rows = list(map(Fact._make, db.session.execute(query, values)))
    first = next((place for place, row in enumerate(rows) if row.id > 0), len(rows))
    return rows[first:], _asked_of(rows[:first])


def _asked_of(rows: Iterable[Fact]) -> tuple[Asked, ...]:
    asked = of_rows(rows)
    db.cache_result(in_force, asked)
    return asked


@db.cached_per_request
def _all_facts(person_id: int) -> tuple[list[Fact], tuple[Asked, ...]]:
    return _read(_ALL_OF_ONE, {"person_id": person_id})


def read_together(ids: Iterable[int]) -> None:
    """Read all the facts about these few people in one query, for a page that needs each of them later."""
    by_person = {person_id: list[Fact]() for person_id in ids}
    facts, asked = _read(_with_asked(select(*_COLUMNS).where(Evidence.person_id.in_(by_person))).order_by("id"))
    for fact in facts:
        by_person[fact.person_id].append(fact)
    for person_id, of_person in by_person.items():
        db.cache_result(_all_facts, (of_person, asked), person_id)


def facts_of_person(person_id: int) -> list[Fact]:
    """All the facts about one person, in the order they were recorded."""
    return facts_of_people([person_id])[person_id]


class Named(NamedTuple):
    """A person by id and name."""

    id: int
    display_name: str


@dataclass(slots=True)
class PersonFacts:
    """A person with the facts about them that were asked for."""

    person: Named
    born_on: date | None
    facts: list[Fact] = field(default_factory=list)


def people_with_facts(*conditions: ColumnElement[bool], kinds: Collection[str]) -> list[PersonFacts]:
    """The people who meet all conditions and have facts of these kinds, by name, each with those facts."""
    query = ages.with_birth_date(
        select(*_COLUMNS, Person.display_name)
        .select_from(Person)
        .join(Evidence, Evidence.person_id == Person.id)
        .where(Evidence.kind.in_(sorted(kinds)), *conditions)
    )
    rows = db.session.execute(_with_asked(query, more=2).order_by("display_name", "id"))
    by_person: dict[int, PersonFacts] = {}
    asked_rows = []
    for *values, display_name, born_on in rows:
        fact = Fact._make(values)
        if fact.id < 0:
            asked_rows.append(fact)
            continue
        known = by_person.get(fact.person_id)
        if known is None:
            known = by_person[fact.person_id] = PersonFacts(Named(fact.person_id, display_name), born_on)
        known.facts.append(fact)
    asked = _asked_of(asked_rows)
    for each in by_person.values():
        each.facts = shortened(each.facts, asked)
    if AWAY in kinds:
        away = _away(tuple(sorted(by_person)))
        for person_id, each in by_person.items():
            each.facts = [*away.get(person_id, ()), *each.facts]
    return list(by_person.values())


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about a fact, whether it is still the text that was recorded, and the person's answer."""

    text: str
    is_as_written: bool
    reply: str | None = None


def notes_of(evidence_ids: Iterable[int]) -> dict[int, Note]:
    """The notes that belong to these facts. Facts without a note, or whose note was erased, have no entry."""
    notes: dict[int, Note] = {}
    for batch in _batches(sorted(set(evidence_ids))):
        rows = db.session.execute(
            select(Evidence.id, Evidence.note_hash, EvidenceNote.text, EvidenceNote.salt, EvidenceReply.words)
            .join(EvidenceNote, EvidenceNote.evidence_id == Evidence.id)
            .outerjoin(EvidenceReply, EvidenceReply.evidence_id == Evidence.id)
            .where(Evidence.id.in_(batch))
        )
        for row in rows:
            is_as_written = hash_of_note(row.text, row.salt) == row.note_hash
            notes[row.id] = Note(row.text, is_as_written=is_as_written, reply=row.words)
    return notes


def hash_of_note(text: str, salt: str) -> str:
    """The SHA-256 kept in the ledger. Once note and salt are erased, the text cannot be guessed from it."""
    return hashlib.sha256(f"{salt}\n{text}".encode()).hexdigest()


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), MOST_IDS_AT_ONCE):
        yield ids[first : first + MOST_IDS_AT_ONCE]
