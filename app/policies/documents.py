"""Policies: the rules that an organisation may change, as dated documents validated by a schema.

Policies hold numbers and severities; the kinds of rules and requirements are code. Each version is kept with its
author, time, reason and first day. Where none was written, the shipped default holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from sqlalchemy import ForeignKey, String, cast, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, db
from app.extension_point import ExtensionPoint
from app.policies.preview import MakePreview
from app.policies.yaml_lines import Place
from app.refusals import Invalid
from app.trail.seals import sealed


@dataclass(frozen=True)
class Suggestion:
    """A next version that people can compare and keep as it is; `why` is kept beside it."""

    key: str
    button: str
    why: str
    document: BaseModel


@dataclass(frozen=True)
class PolicyKind:
    """One kind of policy: its name, the schema of its documents, and the default that ships with the code.

    `doubts` returns warnings about a valid document, to be read before it is saved: references to what does not exist
    (yet), and protections that it gives up. `faults` returns contradictions, each with its place; they are refused only
    when a version is written, so that older versions stay readable.
    `effects` returns sentences about how many people a document gives time or takes something from, on its first day.
    `not_in_use` returns sentences about the parts of a document that nothing in the product acts on yet, `could_ask`
    sentences about what is here and the document does not ask for, and `suggestions` the versions that would ask it.
    `title` and `lead` are what pages call it and say of it; `groups` are the headings of its page in words, each by the
    name that the words beside the fields of its schema use. `preview` says what a document would do, as one reader may
    know it. Without `has_form`, no form is made of its schema: it is changed in its file, or on pages of its own, which
    begin at the endpoint `own_form`.
    """

    name: str
    schema: type[BaseModel]
    default: Path
    doubts: Callable[[Any, datetime], list[str]] = lambda _document, _now: []
    effects: Callable[[Any, date, datetime], list[str]] = lambda _document, _holds_from, _now: []
    faults: Callable[[Any], list[tuple[Place, str]]] = lambda _document: []
    not_in_use: Callable[[Any], list[str]] = lambda _document: []
    could_ask: Callable[[Any], list[str]] = lambda _document: []
    suggestions: Callable[[Any, datetime], list[Suggestion]] = lambda _document, _now: []
    title: str = ""
    lead: str = ""
    groups: Mapping[str, str] = field(default_factory=dict)
    preview: MakePreview | None = None
    has_form: bool = True
    own_form: str = ""


kinds: ExtensionPoint[PolicyKind] = ExtensionPoint("policies")


@db.append_only
@sealed("kind", "holds_from", "document", "why", "written_by_id", "written_at")
class PolicyVersion(db.Model):
    """One version of a policy. Append-only: a change is a new version."""

    __tablename__ = "policy_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    holds_from: Mapped[date]
    document: Mapped[dict[str, Any]]
    why: Mapped[str]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]


Document = TypeVar("Document", bound=BaseModel)


def _kind(schema: type[BaseModel]) -> PolicyKind:
    return next(kind for kind in kinds if kind.schema is schema)


@lru_cache
def shipped(schema: type[Document], path: Path) -> Document:
    """The default that ships with the code, validated like any other version."""
    return schema.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def on(schema: type[Document], day: date) -> Document:
    """The document of this kind that holds on a day: of those with the latest first day by then, the last written."""
    kind = _kind(schema)
    text = next((text for name, first_day, text in _versions() if name == kind.name and first_day <= day), None)
    document: Document = shipped(schema, kind.default) if text is None else _validated(schema, text)
    return document


def in_force_since(kind: PolicyKind, day: date) -> date | None:
    """The first day of the version in force on a day; None where it is the shipped default."""
    return next((first_day for name, first_day, _ in _versions() if name == kind.name and first_day <= day), None)


_assumed: ContextVar[tuple[str, date, str] | None] = ContextVar("assumed policy version", default=None)


@contextmanager
def assuming(kind: PolicyKind, document: BaseModel, *, holds_from: date) -> Iterator[None]:
    """Make policies read, inside the `with` block, as if this version had been written; nothing is written."""
    db.clear_read_cache()
    token = _assumed.set((kind.name, holds_from, document.model_dump_json()))
    try:
        yield
    finally:
        _assumed.reset(token)
        db.clear_read_cache()


def _versions() -> list[tuple[str, date, str]]:
    """Every version by precedence, including an assumed one, which counts as written last."""
    assumed = _assumed.get()
    if assumed is None:
        return _written()
    return sorted([assumed, *_written()], key=lambda version: version[1], reverse=True)


_ALL_VERSIONS = select(
    PolicyVersion.kind, PolicyVersion.holds_from, cast(PolicyVersion.document, String).label("text")
).order_by(PolicyVersion.holds_from.desc(), PolicyVersion.id.desc())


@db.cached_per_request
def _written() -> list[tuple[str, date, str]]:
    """The kind, first day and JSON of every version of all kinds, by precedence.

    They are few, and a page that needs one kind usually needs another too.
    """
    rows = db.session.execute(_ALL_VERSIONS)
    return [(row.kind, row.holds_from, row.text) for row in rows]


@lru_cache(maxsize=64)
def _validated(schema: type[Document], text: str) -> Document:
    return schema.model_validate_json(text)


def from_day_on(schema: type[Document], day: date) -> list[tuple[date, Document]]:
    """The document that holds on a day, and each later one already written, with their first days.

    A decision made today about a night in twelve weeks follows the policy of that night.
    """
    name = _kind(schema).name
    later = sorted({first_day for kind, first_day, _ in _versions() if kind == name and first_day > day})
    return [(first_day, on(schema, first_day)) for first_day in (day, *later)]


def every(schema: type[Document]) -> list[Document]:
    """Every document of this kind that holds, held or will hold at some time, and the shipped default."""
    kind = _kind(schema)
    return [
        shipped(schema, kind.default),
        *(_validated(schema, text) for name, _, text in _versions() if name == kind.name),
    ]


def write(
    name: str, document: dict[str, Any], *, holds_from: date, why: str, by: int | None, now: datetime
) -> PolicyVersion:
    """Write a new version that holds from a day on; refuses one that is not valid, naming each place."""
    kind = next((each for each in kinds if each.name == name), None)
    if kind is None:
        raise Invalid(f"There is no policy called “{name}”.")
    try:
        validated = kind.schema.model_validate(document)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}." for fault in error.errors()]
        raise Invalid(*faults) from error
    version = PolicyVersion(
        kind=name,
        holds_from=holds_from,
        document=validated.model_dump(mode="json"),
        why=why,
        written_by_id=by,
        written_at=now,
    )
    db.session.add(version)
    db.session.flush()
    audit.record(
        "policy.written",
        by=by,
        subject=f"policy_version:{version.id}",
        now=now,
        details={"kind": name, "holds_from": holds_from.isoformat()},
    )
    return version
