"""The versions of a policy that were written: which there are, which is in force, and which come next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from app import db
from app.people.models import Person
from app.policies import documents
from app.policies.documents import PolicyKind, PolicyVersion, Suggestion
from app.policies.plain_data import as_yaml, plain
from app.refusals import NotFound


@dataclass(frozen=True)
class WrittenVersion:
    """One written version, for the list of them.

    `replaced` means that another version was written later for the same day, so that this one never holds.
    """

    id: int
    holds_from: date
    why: str
    by: str | None
    at: datetime
    text: str
    replaced: bool


def kind_named(name: str) -> PolicyKind:
    """The kind of policy of this name; refuses an unknown name."""
    kind = next((kind for kind in documents.kinds if kind.name == name), None)
    if kind is None:
        raise NotFound("There is no such policy.")
    return kind


def latest_id(kind: PolicyKind) -> int:
    """The id of the version written last, 0 before the first; pages send it back to detect concurrent edits."""
    return db.session.scalar(select(func.max(PolicyVersion.id)).where(PolicyVersion.kind == kind.name)) or 0


def versions_of(kind: PolicyKind) -> list[WrittenVersion]:
    """Every written version, the one written last first."""
    rows = db.session.execute(
        select(PolicyVersion, Person.display_name)
        .outerjoin(Person, Person.id == PolicyVersion.written_by_id)
        .where(PolicyVersion.kind == kind.name)
        .order_by(PolicyVersion.id.desc())
    )
    versions, days = [], set[date]()
    for row, name in rows:
        replaced = row.holds_from in days
        days.add(row.holds_from)
        text = as_yaml(row.document)
        versions.append(WrittenVersion(row.id, row.holds_from, row.why, name, row.written_at, text, replaced))
    return versions


def in_force(versions: list[WrittenVersion], day: date) -> WrittenVersion | None:
    """Of these versions the one that holds on a day; None where it is the shipped default."""
    begun = (version for version in versions if version.holds_from <= day)
    return max(begun, key=lambda version: (version.holds_from, version.id), default=None)


def last_first_day(kind: PolicyKind, today: date) -> date:
    """The first day of the last version still to come, or today where none is: nothing changes after it."""
    last = db.session.scalar(select(func.max(PolicyVersion.holds_from)).where(PolicyVersion.kind == kind.name))
    return max(today, last) if last else today


def next_first_day(kind: PolicyKind, day: date) -> date | None:
    """The first day of the next version to take over after a day; None where none is written."""
    later = select(func.min(PolicyVersion.holds_from)).where(
        PolicyVersion.kind == kind.name, PolicyVersion.holds_from > day
    )
    return db.session.scalar(later)


def text_on(kind: PolicyKind, day: date) -> str:
    """The document that holds on a day, as YAML; the shipped default with its comments."""
    document = documents.on(kind.schema, day)
    if document == documents.shipped(kind.schema, kind.default):
        return kind.default.read_text(encoding="utf-8")
    return as_yaml(plain(document))


def not_in_use_on(kind: PolicyKind, day: date) -> list[str]:
    """Sentences about the parts of the document that holds on a day which nothing in the product acts on yet."""
    return kind.not_in_use(documents.on(kind.schema, day))


def could_ask_on(kind: PolicyKind, day: date) -> list[str]:
    """Sentences about what is here and the document that holds on a day does not ask for."""
    return kind.could_ask(documents.on(kind.schema, day))


def suggestions_on(kind: PolicyKind, day: date, now: datetime) -> list[Suggestion]:
    """The next versions that would ask for it."""
    return kind.suggestions(documents.on(kind.schema, day), now)


@dataclass(frozen=True)
class LeftOut:
    """What is here and a policy does not ask for, in sentences, and the versions that would ask for it."""

    name: str
    sentences: list[str]
    suggestions: list[Suggestion]


def what_is_left_out(day: date, now: datetime) -> list[LeftOut]:
    """What the policies in force on a day leave out; without those that ask for all there is."""
    found = (LeftOut(kind.name, could_ask_on(kind, day), suggestions_on(kind, day, now)) for kind in documents.kinds)
    return [each for each in found if each.sentences]
