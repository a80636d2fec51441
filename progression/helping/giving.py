"""Recording that somebody was helped in person, that a device came back, and taking a wrong record back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from app import audit, clock, day_bounds, db, settings
from app.people.models import Person
from app.people.rights import names_of_people_who_may
from app.refusals import Conflict, Invalid, NotAllowed, NotFound
from progression.helping.models import LONGEST_WORDS, HelpGiven, HelpKind
from progression.permissions import ProgressionPermission

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHelp:
    """Help as it was entered."""

    kind: HelpKind
    on: date
    by_id: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """Help as it is read: by the person, and by those who see evidence about them."""

    id: int
    kind: HelpKind
    on: date
    by: str
    words: str
    back_on: date | None

    @property
    def is_lent(self) -> bool:
        """Whether a device is still with the person."""
        return self.kind is HelpKind.DEVICE and self.back_on is None


def who_may_have_helped(now: datetime, *, but_not: int) -> dict[int, str]:
    """The people who can be named as who gave help, by name: everybody who sees stages, but not the person helped."""
    names = names_of_people_who_may(ProgressionPermission.SEE_STANDING, on=_today(now))
    return dict(
        sorted(((each, name) for each, name in names.items() if each != but_not), key=lambda one: one[1].casefold())
    )


def record(person: Person, new: NewHelp, *, by: Person, now: datetime, once: str) -> HelpGiven:
    """Keep that somebody was helped. The same form sent twice is kept once. Call it inside `db.writing()`.

    Refuses help to oneself, a helper who cannot be named, a day to come or more than ten years ago, too many words, and
    something else without a word of what.
    """
    words = new.words.strip()
    if person.id == by.id:
        raise NotAllowed("Somebody else records the help that you were given.")
    if new.by_id not in who_may_have_helped(now, but_not=person.id):
        raise Invalid("Choose who gave the help.", field="by")
    today = _today(now)
    if not today - day_bounds.RECORDED_BACK <= new.on <= today:
        raise Invalid("Give a day that is not to come, and within the last ten years.", field="given_on")
    if len(words) > LONGEST_WORDS:
        raise Invalid(f"Please keep it under {LONGEST_WORDS} characters.", field="words")
    if new.kind is HelpKind.OTHER and not words:
        raise Invalid("Say in a few words what it was.", field="words")
    db.lock_people([person.id])
    kept = db.session.scalars(select(HelpGiven).where(HelpGiven.once == once)).one_or_none()
    if kept is not None:
        return kept
    made = HelpGiven(
        person_id=person.id,
        kind=new.kind,
        given_on=new.on,
        by_id=new.by_id,
        recorded_by_id=by.id,
        recorded_at=now,
        words=words,
        once=once,
    )
    db.session.add(made)
    db.session.flush()
    audit.record("progression.help-recorded", by=by.id, now=now, **_about(made))
    return made


def give_back(person_id: int, help_id: int, *, by: Person, now: datetime) -> None:
    """Keep that a lent device is back, today. Refuses what is no device, and one that is back already."""
    found = _locked(person_id, help_id, by)
    if found.kind is not HelpKind.DEVICE:
        raise Invalid("Nothing was lent here.")
    if found.back_on is not None:
        raise Conflict("It was given back already.")
    found.back_on = _today(now)
    audit.record("progression.device-back", by=by.id, now=now, **_about(found))


def take_back(person_id: int, help_id: int, *, by: Person, now: datetime) -> None:
    """Delete a record that is wrong, with its words. The trail keeps the kind."""
    found = _locked(person_id, help_id, by)
    audit.record("progression.help-taken-back", by=by.id, now=now, **_about(found))
    db.session.delete(found)


def help_given_to(person_id: int) -> Sequence[Help]:
    """The help that somebody was given, the latest first; one query."""
    query = (
        select(HelpGiven, Person.display_name)
        .join(Person, Person.id == HelpGiven.by_id)
        .where(HelpGiven.person_id == person_id)
        .order_by(HelpGiven.given_on.desc(), HelpGiven.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        Help(row.id, row.kind, row.given_on, name, row.words, row.back_on) for row, name in db.session.execute(query)
    ]


def help_by_month(since: date) -> list[tuple[date, int]]:
    """How often help was given in each month from `since` on, the latest first; months without any are left out."""
    query = select(HelpGiven.given_on, func.count()).where(HelpGiven.given_on >= since).group_by(HelpGiven.given_on)
    months: Counter[date] = Counter()
    for day, count in db.session.execute(query):
        months[day.replace(day=1)] += count
    return sorted(months.items(), reverse=True)


def _locked(person_id: int, help_id: int, by: Person) -> HelpGiven:
    if person_id == by.id:
        raise NotAllowed("Somebody else changes what is recorded about you.")
    query = select(HelpGiven).where(HelpGiven.id == help_id, HelpGiven.person_id == person_id)
    found = db.session.scalars(query.with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise NotFound("It is not recorded any more.")
    return found


def _about(row: HelpGiven) -> dict[str, Any]:
    """What the trail says of it: whom it is about and the kind, never the words."""
    return {"subject": f"person:{row.person_id}", "details": {"help": row.kind.words.lower()}}


def _today(now: datetime) -> date:
    return clock.on(now, settings.current().zone)
