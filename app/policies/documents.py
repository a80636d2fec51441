"""Policies: the rules an organisation may change, as dated documents checked by a schema.

Policies hold numbers and severities; kinds of rule and of requirement are code. Each version is kept with who wrote
it, when, why, and from which day it holds. Where nothing was written, the shipped default holds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from app import audit, db
from app.extension_point import ExtensionPoint
from app.policies.yaml_lines import Place
from app.refusals import Invalid


@dataclass(frozen=True)
class PolicyKind:
    """One kind of policy: its name, the schema its documents obey, and the default that ships with the code.

    `doubts` says, in sentences, what somebody should look at before they keep a document that obeys the schema: what
    it speaks of and is not there (yet), and the protections it gives up. `faults` names what cannot both be meant, each
    with its place; a version is refused for it when it is written, while what was kept before stays readable.
    `not_in_use` names, in sentences, the parts of a document that nothing in the product acts on yet.
    """

    name: str
    schema: type[BaseModel]
    default: Path
    doubts: Callable[[Any, datetime], list[str]] = lambda _document, _now: []
    faults: Callable[[Any], list[tuple[Place, str]]] = lambda _document: []
    not_in_use: Callable[[Any], list[str]] = lambda _document: []


kinds: ExtensionPoint[PolicyKind] = ExtensionPoint("policies")


@db.append_only
class PolicyVersion(db.Model):
    """A policy as it was written down once. A change is a new version."""

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
    """The default that ships with the code; it is checked like any other version."""
    return schema.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def on(schema: type[Document], day: date) -> Document:
    """The document of this kind that holds on a day: the latest written that holds from that day or before."""
    kind = _kind(schema)
    document = next((text for name, first_day, text in _versions() if name == kind.name and first_day <= day), None)
    found: Document = shipped(schema, kind.default) if document is None else _checked(schema, document)
    return found


def written_since(kind: PolicyKind, day: date) -> date | None:
    """The first day of the version that holds on a day; None where it is the shipped default."""
    return next((first_day for name, first_day, _ in _versions() if name == kind.name and first_day <= day), None)


_supposed: ContextVar[tuple[str, date, str] | None] = ContextVar("a version that is only looked at", default=None)


@contextmanager
def supposing(kind: PolicyKind, document: BaseModel, *, holds_from: date) -> Iterator[None]:
    """As long as this is open, policies are what they would be with this version; nothing is written."""
    db.clear_read_cache()
    token = _supposed.set((kind.name, holds_from, document.model_dump_json()))
    try:
        yield
    finally:
        _supposed.reset(token)
        db.clear_read_cache()


def _versions() -> list[tuple[str, date, str]]:
    """Every version, the one that wins first; one that is only supposed counts as written last."""
    supposed = _supposed.get()
    if supposed is None:
        return _written()
    return sorted([supposed, *_written()], key=lambda version: version[1], reverse=True)


@db.cached_per_request
def _written() -> list[tuple[str, date, str]]:
    """Every version of every kind with its first day and its JSON, the one that wins first.

    They are few, and a page that asks for one kind mostly asks for another too.
    """
    rows = db.session.execute(
        select(PolicyVersion.kind, PolicyVersion.holds_from, PolicyVersion.document).order_by(
            PolicyVersion.holds_from.desc(), PolicyVersion.id.desc()
        )
    )
    return [(row.kind, row.holds_from, json.dumps(row.document, sort_keys=True)) for row in rows]


@lru_cache(maxsize=64)
def _checked(schema: type[Document], text: str) -> Document:
    return schema.model_validate_json(text)


def from_day_on(schema: type[Document], day: date) -> list[tuple[date, Document]]:
    """The document that holds on a day, and after it each one already written to follow, with its first day.

    What is decided today for a night in twelve weeks is decided by the policy of that night.
    """
    name = _kind(schema).name
    later = sorted({first_day for kind, first_day, _ in _versions() if kind == name and first_day > day})
    return [(first_day, on(schema, first_day)) for first_day in (day, *later)]


def write(
    name: str, document: dict[str, Any], *, holds_from: date, why: str, by: int | None, now: datetime
) -> PolicyVersion:
    """Write a new version, to hold from a day on; refuse one its schema does not take, naming each place."""
    kind = next((each for each in kinds if each.name == name), None)
    if kind is None:
        raise Invalid(f"There is no policy called “{name}”.")
    try:
        checked = kind.schema.model_validate(document)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}." for fault in error.errors()]
        raise Invalid(*faults) from error
    version = PolicyVersion(
        kind=name,
        holds_from=holds_from,
        document=checked.model_dump(mode="json"),
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
