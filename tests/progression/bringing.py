"""Bringing people to a stage the way it happens in life: through the use cases, at dates in the past."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app import db
from app.people.models import Person
from progression import evidence, recording, signoff
from progression.checks import Level, Outcome, Workforce
from progression.documents.agreeing import agree
from progression.documents.shipped import CODE_OF_CONDUCT, FIRST
from progression.evidence import NewEvidence
from progression.models import Evidence
from progression.stages import Stage
from tests.times import NOW

LONG_AGO = NOW - timedelta(days=400)

CHECK = recording.CheckSeen(
    level=Level.ENHANCED_BARRED,
    workforce=Workforce.CHILD,
    outcome=Outcome.CLEAR,
    issued_on=date(2026, 1, 2),
    seen_on=date(2026, 1, 5),
    next_due_on=date(2028, 12, 31),
    last_four="4821",
)


def agrees(person: Person, *, now: datetime = LONG_AGO) -> Evidence | None:
    with db.writing():
        return agree(person, CODE_OF_CONDUCT, edition=FIRST, now=now)


def passes_conflict(person: Person, *, now: datetime = LONG_AGO, valid_until: date | None = None) -> Evidence:
    with db.writing():
        return evidence.record(
            NewEvidence(person_id=person.id, kind="training", key="conflict", valid_until=valid_until), by=None, now=now
        )


def passes_safeguarding(person: Person, *, now: datetime = LONG_AGO) -> Evidence:
    with db.writing():
        return evidence.record(NewEvidence(person_id=person.id, kind="training", key="safeguarding"), by=None, now=now)


def is_checked(person: Person, *, by: Person, now: datetime = LONG_AGO, check: recording.CheckSeen = CHECK) -> Evidence:
    with db.writing():
        return recording.record_check(person, check, by=by, now=now)


def is_observed(person: Person, key: str, *, by: Person, now: datetime = LONG_AGO) -> Evidence:
    with db.writing():
        return recording.record_observation(
            person, key, on=now.date(), note="Calm and kind, and asked for help early.", by=by, now=now
        )


def is_signed_off(person: Person, to: Stage, *, by: Person, now: datetime = LONG_AGO) -> Evidence:
    with db.writing():
        return signoff.sign_off(person, to, by=by, reason="Ready, and glad to be.", now=now)


def steps_back(
    person: Person, to: Stage, *, by: Person, reason: str = "", now: datetime = NOW, once: str | None = None
) -> Evidence:
    """Step a person back, having looked at what follows and agreed to just that."""
    agreed = None
    for _ in range(2):
        try:
            with db.writing():
                return signoff.step_back(person, to, by=by, reason=reason, now=now, once=once, agreed=agreed)
        except signoff.ConfirmationRequired as required:
            agreed = required.consequences.mark
    raise AssertionError("what was agreed to did not hold a moment later")


def has_all_for(person: Person, to: Stage, *, by: Person, now: datetime = LONG_AGO) -> None:
    """Give a person everything that the step to a stage asks for, but for the decision."""
    if to is Stage.PEER:
        agrees(person, now=now)
        is_observed(person, "welcome-talk", by=by, now=now)
        passes_safeguarding(person, now=now)
    elif to is Stage.VOLUNTEER:
        passes_conflict(person, now=now)
        is_observed(person, "shift", by=by, now=now)
        is_checked(person, by=by, now=now)
    elif to is Stage.STAFF:
        is_observed(person, "lead", by=by, now=now)
        is_observed(person, "staff-talk", by=by, now=now)


def bring_to(person: Person, stage: Stage, *, by: Person, now: datetime = LONG_AGO) -> Person:
    """Bring a grown-up person who begins as a user to a stage, step by step, each with everything it asks
    for.
    """
    for each in Stage:
        if Stage.USER < each <= stage:
            has_all_for(person, each, by=by, now=now)
            is_signed_off(person, each, by=by, now=now)
    return person
