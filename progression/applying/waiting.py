"""Who has applied and waits for a decision, the longest first, and what is missing to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app import clock, db, settings
from app.people.models import Person
from progression.applying.models import ApplicationWords, StepApplication, WordsKind
from progression.labels import requirement_label
from progression.stages import Stage
from progression.standing import steps_now

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class WaitingApplication:
    """One open application, as those who decide see it in their list."""

    person_id: int
    name: str
    to: Stage
    made_at: datetime
    days: int
    """How many days they have waited, by the calendar of the organisation."""
    missing: Sequence[str]
    awaits_answer: bool
    """Whether the last word is a question, so that the applicant has something to do first."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The applications that have waited longest, and how many there are in all."""

    shown: Sequence[WaitingApplication]
    in_all: int


def waiting_applications(now: datetime, *, excluding: int, most: int = MOST_SHOWN) -> Waiting:
    """The open applications, the longest waiting first. `excluding` is the person who asks: nobody decides on theirs.

    Five queries, however many apply.
    """
    last = (
        select(func.max(ApplicationWords.id))
        .where(ApplicationWords.application_id == StepApplication.id)
        .correlate(StepApplication)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(StepApplication, Person.display_name, ApplicationWords.kind, func.count().over().label("in_all"))
        .join(Person, Person.id == StepApplication.person_id)
        .outerjoin(ApplicationWords, ApplicationWords.id == last)
        .where(StepApplication.ended_at.is_(None), StepApplication.person_id != excluding)
        .order_by(StepApplication.made_at, StepApplication.id)
        .limit(most)
    ).all()
    if not rows:
        return Waiting((), 0)
    missing = _missing([row.StepApplication.person_id for row in rows], now)
    zone = settings.current().zone
    shown = [
        WaitingApplication(
            person_id=row.StepApplication.person_id,
            name=row.display_name,
            to=row.StepApplication.to,
            made_at=row.StepApplication.made_at,
            days=(clock.on(now, zone) - clock.on(row.StepApplication.made_at, zone)).days,
            missing=missing[row.StepApplication.person_id],
            awaits_answer=row.kind is WordsKind.QUESTION,
        )
        for row in rows
    ]
    return Waiting(shown, rows[0].in_all)


def _missing(ids: Sequence[int], now: datetime) -> dict[int, list[str]]:
    """The titles of what each person's next step still asks for."""
    return {
        person_id: [requirement_label(each.need, now).title for each in (step.unmet if step else ())]
        for person_id, step in steps_now(ids, now).items()
    }
