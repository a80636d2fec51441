"""What is asked for again: evidence that was given for an older edition holds only until a day.

A new edition of a text to agree to, or of a course, may say that what people gave for the editions before it holds only
until a day. The ledger stays as it is. Wherever facts are read, those ends are put on them (`ledger`, and the
conditions of `people_list`), so clearance, journey, reminders and rota need no rule of their own. Nothing is ever made
to hold longer than was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, case, cast, false, func, null, or_, select
from sqlalchemy.types import Integer

from app import audit, clock, db, settings
from app.refusals import Conflict, Invalid
from progression.facts import Fact
from progression.models import AskedAgain, Evidence

EDITION_IN: Mapping[str, str] = {"accepted": "edition", "training": "course_version"}
"""Of each kind that can be asked for again, the detail of its facts that names their edition: a number that grows."""

NUMBER = r"^[0-9]{1,9}$"  # nine digits: within an integer of both databases


class Asked(NamedTuple):
    """One edition that is asked for again, as it stands now."""

    kind: str
    key: str
    edition: int
    since: datetime  # when the edition was first asked for; a fact that names no edition is older if it happened before
    holds_until: date

    def is_about(self, fact: Fact) -> bool:
        """Whether this fact was given for an older edition."""
        if fact.kind != self.kind or fact.key != self.key:
            return False
        edition = edition_of(fact)
        return fact.happened_at < self.since if edition is None else edition < self.edition


def ask_again(
    kind: str, key: str, *, edition: int, holds_until: date | None, by: int | None, now: datetime
) -> AskedAgain:
    """Have what was given for editions before this one hold only until a day; None takes an earlier call back.

    The latest call for an edition counts. Call it inside `db.writing()`. Refuses a day that is past, since nobody could
    do anything before it, and taking back what was never asked.
    """
    if kind not in EDITION_IN:
        raise ValueError(f"facts of the kind {kind!r} have no editions")
    if edition < 1:
        raise ValueError("editions count from 1")
    if holds_until is not None and holds_until < clock.on(now, settings.current().zone):
        raise Invalid("That day is past. Give people time: choose a day to come.", field="holds_until")
    if holds_until is None and not any(each.edition == edition for each in asked_of(kind, key)):
        raise Conflict("Nobody is asked for this again, so there is nothing to take back.")
    row = AskedAgain(kind=kind, key=key, edition=edition, holds_until=holds_until, recorded_at=now, by_person_id=by)
    db.session.add(row)
    db.session.flush()
    audit.record(
        "progression.asked-again" if holds_until else "progression.no-longer-asked-again",
        by=by,
        subject=f"asked_again:{row.id}",
        now=now,
        details={
            "kind": kind,
            "key": key,
            "edition": edition,
            "until": holds_until.isoformat() if holds_until else None,
        },
    )
    return row


AS_FACTS = [
    {
        "id": -AskedAgain.id,
        "person_id": AskedAgain.edition,
        "kind": AskedAgain.kind,
        "key": AskedAgain.key,
        "happened_at": AskedAgain.recorded_at,
        "recorded_at": AskedAgain.recorded_at,
        "valid_until": AskedAgain.holds_until,
    }.get(name, null())
    for name in Fact._fields
]
"""The rows in the columns of facts, with ids below zero, so that `ledger` reads them with the facts in one query."""


@db.cached_per_request
def in_force() -> tuple[Asked, ...]:
    """Every edition that is asked for again, by kind and key, oldest edition first."""
    return of_rows(Fact._make(row) for row in db.session.execute(select(*AS_FACTS)))


def of_rows(rows: Iterable[Fact]) -> tuple[Asked, ...]:
    """What is in force by these rows, which were read with the columns of facts (`AS_FACTS`)."""
    since: dict[tuple[str, str, int], datetime] = {}
    latest: dict[tuple[str, str, int], date | None] = {}
    for row in sorted(rows, key=lambda row: -row.id):
        edition = (row.kind, row.key, row.person_id)
        since.setdefault(edition, row.recorded_at)
        latest[edition] = row.valid_until
    return tuple(Asked(*edition, since[edition], day) for edition, day in sorted(latest.items()) if day is not None)


def asked_of(kind: str, key: str) -> tuple[Asked, ...]:
    """The editions of one text or course that are asked for again, oldest first."""
    return tuple(each for each in in_force() if each.kind == kind and each.key == key)


def edition_of(fact: Fact) -> int | None:
    """The edition that a fact was given for; None where it names none, as what was taken over from records."""
    return edition_named(fact.kind, fact.facts)


def edition_named(kind: str, details: Mapping[str, Any]) -> int | None:
    """The edition that the details of a fact of this kind name; None where they name none."""
    named = str(details.get(EDITION_IN.get(kind, "")))
    return int(named) if named.isascii() and named.isdigit() and len(named) <= 9 else None


def shortened(facts: list[Fact], asked: Sequence[Asked]) -> list[Fact]:
    """These facts, each ending no later than the first day on which a newer edition is asked for."""
    if not asked:
        return facts
    kinds = {each.kind for each in asked}
    return [_shortened(fact, asked) if fact.kind in kinds else fact for fact in facts]


def _shortened(fact: Fact, asked: Iterable[Asked]) -> Fact:
    days = [each.holds_until for each in asked if each.is_about(fact)]
    if fact.valid_until is not None:
        days.append(fact.valid_until)
    end = min(days, default=None)
    return fact if end == fact.valid_until else fact._replace(valid_until=end)


def ended_by(kind: str, key: str, day: date) -> ColumnElement[bool]:
    """The condition that a row of evidence of this kind and key no longer holds on a day, being asked for again."""
    return or_(false(), *(is_about(each) for each in asked_of(kind, key) if each.holds_until < day))


def is_about(asked: Asked) -> ColumnElement[bool]:
    """The condition that a row of evidence was given for an older edition: `Asked.is_about`, in SQL."""
    named = cast(Evidence.facts[EDITION_IN[asked.kind]].as_string(), String)
    has_number = func.coalesce(named, "").regexp_match(NUMBER)
    return and_(
        Evidence.kind == asked.kind,
        Evidence.key == asked.key,
        case(
            (has_number, cast(named, Integer) < asked.edition),
            else_=Evidence.happened_at < asked.since,
        ),
    )
