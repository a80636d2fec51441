"""What a new version of a policy would change, shown before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from app.people.rights import losses
from app.policies import documents, versions
from app.policies.documents import PolicyKind
from app.policies.plain_data import values_of
from app.refusals import Invalid


@dataclass(frozen=True)
class ValueChange:
    """One value that differs: its place, and its text before and after; None where there is none."""

    place: str
    was: str | None
    now: str | None


@dataclass(frozen=True)
class Undone:
    """Values about which two versions disagree: on this day, what one of them changed is as it was before."""

    on: date
    by_this: bool  # the new version undoes a version still to come; else the version to come undoes the new one
    places: tuple[str, ...]


@dataclass(frozen=True)
class FreedSeats:
    """How many future seats would lose their holder under a version, and of how many people."""

    seats: int
    people: int


@dataclass(frozen=True)
class Comparison:
    """Everything that the page says about a version before it is saved.

    `takes_over` is the first day of the next version already written; `replaces` says whether one is written for the
    same day.
    """

    changes: list[ValueChange]
    doubts: list[str]
    effects: list[str]
    undone: list[Undone]
    freed: FreedSeats
    takes_over: date | None
    replaces: bool


def compare(kind: PolicyKind, document: BaseModel, *, holds_from: date, today: date, now: datetime) -> Comparison:
    """Compare a document with the versions that hold around its first day; refuses what `changes` refuses."""
    return Comparison(
        changes=changes(kind, document, holds_from=holds_from, today=today),
        doubts=kind.doubts(document, now),
        effects=kind.effects(document, holds_from, now),
        undone=undone(kind, document, holds_from=holds_from, today=today),
        freed=would_free(kind, document, holds_from=holds_from, now=now),
        takes_over=versions.next_first_day(kind, holds_from),
        replaces=documents.in_force_since(kind, holds_from) == holds_from,
    )


def changes(kind: PolicyKind, document: BaseModel, *, holds_from: date, today: date) -> list[ValueChange]:
    """The differences from the version that otherwise holds on that day. Refuses a past day, and no difference."""
    if holds_from < today:
        raise Invalid("A version holds from today or later: what is past was decided already.", field="holds_from")
    before = values_of(documents.on(kind.schema, holds_from))
    after = values_of(document)
    differences = [
        ValueChange(place, before.get(place), after.get(place))
        for place in dict.fromkeys([*before, *after])
        if before.get(place) != after.get(place)
    ]
    if not differences:
        raise Invalid("Nothing here differs from the version that holds on that day.", field="document")
    return differences


def undone(kind: PolicyKind, document: BaseModel, *, holds_from: date, today: date) -> list[Undone]:
    """Where this version and one already written for a coming day undo each other's changes."""

    def values_on(day: date) -> dict[str, str]:
        return values_of(documents.on(kind.schema, day))

    this, conflicts = values_of(document), []
    since = documents.in_force_since(kind, holds_from)
    if since is not None and since > today and (places := _reverted(values_on(today), values_on(since), this)):
        conflicts.append(Undone(since, by_this=True, places=places))
    later = versions.next_first_day(kind, holds_from)
    if later is not None and (places := _reverted(values_on(holds_from), this, values_on(later))):
        conflicts.append(Undone(later, by_this=False, places=places))
    return conflicts


def _reverted(before: dict[str, str], changed: dict[str, str], after: dict[str, str]) -> tuple[str, ...]:
    """The places whose value was changed and is afterwards the same as before."""
    return tuple(
        place
        for place in dict.fromkeys([*before, *changed])
        if before.get(place) != changed.get(place) and after.get(place) == before.get(place)
    )


def would_free(kind: PolicyKind, document: BaseModel, *, holds_from: date, now: datetime) -> FreedSeats:
    """How many future seats would lose their holder because of this version; those lost without it do not count."""
    before = set(losses(None, now=now))
    with documents.assuming(kind, document, holds_from=holds_from):
        after = set(losses(None, now=now)) - before
    return FreedSeats(len(after), len({loss.person_id for loss in after}))
