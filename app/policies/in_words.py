"""A policy on a page in words: its parts under their headings, what is not in use yet, and what a version changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from pydantic import BaseModel

from app.policies import documents
from app.policies.comparison import ValueChange
from app.policies.documents import PolicyKind
from app.policies.fields import fields_of
from app.policies.form import Part, Said, parts_of, said_by
from app.policies.form_faults import in_words
from app.policies.plain_data import plain


@dataclass(frozen=True)
class Group:
    """Parts under one heading; the first may have none."""

    name: str
    heading: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class PageInWords:
    """The groups of a page, and by the key of a part the sentences that say what of it is not in use yet."""

    groups: tuple[Group, ...]
    notes: Mapping[str, Sequence[str]]


def page_of(kind: PolicyKind, parts: Sequence[Part], not_in_use: Sequence[str]) -> PageInWords:
    """The page of these parts; a part whose group the kind does not name stands first."""
    headings = {"": "", **kind.groups}
    by_group: dict[str, list[Part]] = {name: [] for name in headings}
    for part in parts:
        by_group[part.words.group if part.words.group in headings else ""].append(part)
    groups = (Group(name or "general", headings[name], tuple(inside)) for name, inside in by_group.items() if inside)
    return PageInWords(tuple(groups), _notes(kind, not_in_use))


def _notes(kind: PolicyKind, sentences: Sequence[str]) -> dict[str, list[str]]:
    """Sentences that begin with the key of a field in quotation marks, by that key."""
    notes: dict[str, list[str]] = {}
    for sentence in sentences:
        key = sentence.partition("”")[0].removeprefix("“")
        notes.setdefault(key, []).append(in_words(kind.schema, sentence))
    return notes


def page_on(kind: PolicyKind, day: date) -> PageInWords:
    """The page of the document that holds on a day."""
    document = documents.on(kind.schema, day)
    return page_of(kind, document_parts(document), kind.not_in_use(document))


def pairs_from(kind: PolicyKind, day: date) -> list[tuple[tuple[date, BaseModel], tuple[date, BaseModel]]]:
    """Each version still to come after a day, with its first day, behind the one that it takes over from."""
    return list(pairwise(documents.from_day_on(kind.schema, day)))


def document_parts(document: BaseModel) -> tuple[Part, ...]:
    """The parts of a form that hold a document."""
    return parts_of(fields_of(type(document)), plain(document))


def changes_in_words(before: BaseModel, after: BaseModel) -> list[ValueChange]:
    """What differs between two documents, in words: where, what was, and what is."""
    was, now = said_by(document_parts(before)), said_by(document_parts(after))
    return [
        ValueChange((now.get(place) or was[place]).where, _what(was.get(place)), _what(now.get(place)))
        for place in dict.fromkeys([*was, *now])
        if _what(was.get(place)) != _what(now.get(place))
    ]


def _what(said: Said | None) -> str | None:
    return said.what if said else None


def places_in_words(*documents_: BaseModel) -> dict[str, str]:
    """What pages call the places of these documents, by the place as text, such as `rest › adult_hours`."""
    return {place: said.where for document in documents_ for place, said in said_by(document_parts(document)).items()}
