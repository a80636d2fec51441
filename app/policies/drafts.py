"""Writing the next version of a policy: its text, what is wrong with it and where, and what it would change.

A version is only ever added. What was decided under an earlier one stays decided under it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError
from sqlalchemy import func, select

from app import db
from app.people.models import Person
from app.people.rights import losses
from app.policies import documents, yaml_lines
from app.policies.documents import PolicyKind, PolicyVersion
from app.policies.messages import causes, sentence_of
from app.policies.yaml_lines import Place, Placed
from app.refusals import Conflict, Invalid, NotFound

POLICY_LOCK = 7_061_746_004  # the lock of whoever writes a policy; any fixed number
LONGEST_TEXT = 100_000  # characters; the shipped documents have some 8,000
LONGEST_REASON = 1000
LONGEST_LINE_SHOWN = 80  # characters


class WrittenMeanwhile(Conflict):
    """Somebody else wrote a version after the page was opened."""


@dataclass(frozen=True)
class ValueChange:
    """One value that differs: where it stands, and its words before and after; None where there is none."""

    place: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Written:
    """One version that was written, for the list of them."""

    id: int
    holds_from: date
    why: str
    by: str | None
    at: datetime
    text: str
    replaced: bool
    """Whether another version was written later for the same day, so that this one does not hold."""


@dataclass(frozen=True)
class Undone:
    """Values that two versions disagree about: from a day on, what one of them changed is as it was before."""

    on: date
    by_this: bool  # this version undoes what is to come, or else what is to come undoes it
    places: tuple[str, ...]


@dataclass(frozen=True)
class Freed:
    """How many seats to come would lose their holder under a version, and how many people that concerns."""

    seats: int
    people: int


def kind_named(name: str) -> PolicyKind:
    """The kind of policy of this name; refused when there is none."""
    found = next((kind for kind in documents.kinds if kind.name == name), None)
    if found is None:
        raise NotFound("There is no such policy.")
    return found


def newest(kind: PolicyKind) -> int:
    """The number of the version written last, 0 before the first: what a page saw when it was opened."""
    return db.session.scalar(select(func.max(PolicyVersion.id)).where(PolicyVersion.kind == kind.name)) or 0


def versions_of(kind: PolicyKind) -> list[Written]:
    """Every version that was written, the one written last first."""
    rows = db.session.execute(
        select(PolicyVersion, Person.display_name)
        .outerjoin(Person, Person.id == PolicyVersion.written_by_id)
        .where(PolicyVersion.kind == kind.name)
        .order_by(PolicyVersion.id.desc())
    )
    found, days = [], set[date]()
    for row, name in rows:
        replaced = row.holds_from in days
        days.add(row.holds_from)
        text = _dumped(row.document)
        found.append(Written(row.id, row.holds_from, row.why, name, row.written_at, text, replaced))
    return found


def last_day(kind: PolicyKind, today: date) -> date:
    """The first day of the last version to come, or today where none is to come: from then on nothing changes."""
    last = db.session.scalar(select(func.max(PolicyVersion.holds_from)).where(PolicyVersion.kind == kind.name))
    return max(today, last) if last else today


def text_on(kind: PolicyKind, day: date) -> str:
    """The document that holds on a day, as YAML. Where the shipped default holds, with its comments."""
    document = documents.on(kind.schema, day)
    if document == documents.shipped(kind.schema, kind.default):
        return kind.default.read_text(encoding="utf-8")
    return _dumped(_plain(document.model_dump()))


def not_in_use_on(kind: PolicyKind, day: date) -> list[str]:
    """A sentence for each part of the document that holds on a day which nothing in the product acts on yet."""
    return kind.not_in_use(documents.on(kind.schema, day))


def read(kind: PolicyKind, text: str) -> BaseModel:
    """The document that a text says; refused with the line and the place of each fault."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"There is room for {LONGEST_TEXT:,} characters.", field="document")
    try:
        placed = yaml_lines.read(text)
    except yaml_lines.YamlFault as fault:
        raise Invalid(f"Line {fault.line}: {fault.sentence}{_reads(text, fault.line)}", field="document") from None
    try:
        document = kind.schema.model_validate(placed.value)
    except ValidationError as error:
        known = set(_fields(kind.schema))
        faults = [
            (problem["loc"], sentence_of(problem, known)) for problem in causes(error.errors(include_url=False), known)
        ]
        raise Invalid(*_in_order(faults, placed, text), field="document") from None
    if contradicting := kind.faults(document):
        raise Invalid(*_in_order(contradicting, placed, text), field="document")
    return document


def _in_order(faults: Iterable[tuple[Place, str]], placed: Placed, text: str) -> list[str]:
    """Each fault with its line, its place and what stands there, from the top of the text to its end."""
    lined = sorted(((placed.line_of(place), place, words) for place, words in faults), key=lambda fault: fault[0])
    return [f"Line {line}{_where(place)}: {words}{_reads(text, line) if place else ''}" for line, place, words in lined]


def _reads(text: str, line: int) -> str:
    """The line itself, because the box that it is written in counts none."""
    lines = text.splitlines()
    found = lines[line - 1].strip() if line <= len(lines) else ""
    shown = found if len(found) <= LONGEST_LINE_SHOWN else found[:LONGEST_LINE_SHOWN] + "…"
    return f" The line reads: {shown}" if shown else ""


def changes(kind: PolicyKind, document: BaseModel, *, holds_from: date, today: date) -> list[ValueChange]:
    """What would differ from the version that holds on that day without this one. Refuses a past day, and no change."""
    if holds_from < today:
        raise Invalid("A version holds from today or later: what is past was decided already.", field="holds_from")
    before = dict(_leaves(_plain(documents.on(kind.schema, holds_from).model_dump())))
    after = dict(_leaves(_plain(document.model_dump())))
    found = [
        ValueChange(place, before.get(place), after.get(place))
        for place in [*before, *(place for place in after if place not in before)]
        if before.get(place) != after.get(place)
    ]
    if not found:
        raise Invalid("Nothing here differs from the version that holds on that day.", field="document")
    return found


def undone(kind: PolicyKind, document: BaseModel, *, holds_from: date, today: date) -> list[Undone]:
    """Where this version and one already written for a coming day undo what the other changes."""
    this = dict(_leaves(_plain(document.model_dump())))

    def on(day: date) -> dict[str, str]:
        return dict(_leaves(_plain(documents.on(kind.schema, day).model_dump())))

    def places(was: dict[str, str], changed: dict[str, str], after: dict[str, str]) -> tuple[str, ...]:
        """What was changed, and is afterwards as it was before."""
        every = dict.fromkeys([*was, *changed])
        return tuple(
            place for place in every if was.get(place) != changed.get(place) and after.get(place) == was.get(place)
        )

    found = []
    since = documents.written_since(kind, holds_from)
    if since is not None and since > today and (back := places(on(today), on(since), this)):
        found.append(Undone(since, by_this=True, places=back))
    later = next_after(kind, holds_from)
    if later is not None and (back := places(on(holds_from), this, on(later))):
        found.append(Undone(later, by_this=False, places=back))
    return found


def would_free(kind: PolicyKind, document: BaseModel, *, holds_from: date, now: datetime) -> Freed:
    """How many coming seats lose their holder because of this version; what is lost without it is not counted."""
    before = set(losses(None, now=now))
    with documents.supposing(kind, document, holds_from=holds_from):
        after = set(losses(None, now=now)) - before
    return Freed(len(after), len({loss.person_id for loss in after}))


def next_after(kind: PolicyKind, day: date) -> date | None:
    """The first day after this one on which a version already written takes over."""
    later = select(func.min(PolicyVersion.holds_from)).where(
        PolicyVersion.kind == kind.name, PolicyVersion.holds_from > day
    )
    return db.session.scalar(later)


def mark_of(text: str, holds_from: date, seen: int) -> str:
    """A mark of what was compared, so that nothing is kept that nobody looked at."""
    return hashlib.sha256(f"{holds_from.isoformat()}\0{seen}\0{text}".encode()).hexdigest()


def keep(
    kind: PolicyKind, text: str, *, holds_from: date, why: str, seen: int, by: int, today: date, now: datetime
) -> PolicyVersion:
    """Write the version. Refuses what `read` and `changes` refuse, a missing reason, and one that was overtaken."""
    why = why.strip()
    if not 3 <= len(why) <= LONGEST_REASON:
        raise Invalid(f"Say why, in a sentence of up to {LONGEST_REASON:,} characters.", field="why")
    document = read(kind, text)
    db.advisory_lock(POLICY_LOCK)
    if newest(kind) != seen:
        raise WrittenMeanwhile(
            "Somebody else wrote a version while this page was open. What you typed is kept. Compare again, and keep "
            "it if it is still right."
        )
    changes(kind, document, holds_from=holds_from, today=today)
    return documents.write(kind.name, _plain(document.model_dump()), holds_from=holds_from, why=why, by=by, now=now)


def _dumped(document: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=100)


def _plain(value: Any) -> Any:
    """A document as plain data that reads the same each time: what has no order is put in order."""
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset | set):
        return sorted((_plain(inner) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _leaves(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every value by itself, with its place; a short list counts as one value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{place} › {key}" if place else key)
    elif isinstance(value, list):
        yield place, ", ".join(str(inner) for inner in value) or "none"
    else:
        yield place, "not set" if value is None else str(value).lower() if isinstance(value, bool) else _figure(value)


def _figure(value: Any) -> str:
    """A figure without a fraction it does not have: 11 and not 11.0, however it was typed."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _where(place: tuple[int | str, ...]) -> str:
    words = " › ".join(str(step) if isinstance(step, str) else f"number {step + 1}" for step in place)
    return f", {words}" if words else ""


def _fields(schema: type[BaseModel]) -> Collection[str]:
    """The names of all fields in the schema and in what it is made of."""
    described = schema.model_json_schema()
    parts = [described, *described.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
