"""Confirming a sign-off although something that it rested on was withdrawn; the other answer is to take it back."""

from __future__ import annotations

from datetime import datetime

from app import db
from app.outbox import queue
from app.people.models import Person
from app.refusals import Conflict, Invalid
from progression.evidence import NewEvidence, NotAboutYourself, already_recorded, record
from progression.fact_kinds import FactKind
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.notices import SEND_WITHIN, DecisionConfirmed
from progression.reopened import reopened_of


class NothingToConfirm(Conflict):
    """The sign-off is not open: somebody decided meanwhile, or it never was."""


def confirm(
    person: Person, sign_off_id: int, *, by: Person, reason: str, now: datetime, once: str | None = None
) -> Evidence:
    """Say that a sign-off stands without what was withdrawn, with a reason; the person is told.

    It settles just what is withdrawn now: something else withdrawn later opens the sign-off again. Refuses oneself, a
    missing reason, and a sign-off that is not open.
    """
    if person.id == by.id:
        raise NotAboutYourself("Nobody confirms their own step. Ask another member of staff to look at it.")
    if not reason.strip():
        raise Invalid(f"Say why it stands. {person.display_name} will read it.", field="reason")
    db.lock_people([person.id])
    facts = facts_of_person(person.id)
    stage = next((fact.key for fact in facts if fact.id == sign_off_id), "")
    if once and (earlier := already_recorded(once, kind=FactKind.CONFIRMED, key=stage, note=reason)):
        return earlier
    found = next((each for each in reopened_of(facts) if each.sign_off.id == sign_off_id), None)
    if found is None:
        raise NothingToConfirm("There is nothing to confirm any more. Somebody may have decided meanwhile.")
    new = NewEvidence(
        person_id=person.id,
        kind=FactKind.CONFIRMED,
        key=found.stage,
        facts={"confirms": sign_off_id, "despite": list(found.ids)},
        note=reason,
    )
    confirmed = record(new, by=by.id, now=now, once=once)
    notice = DecisionConfirmed(confirmed.id)
    queue.enqueue(notice, to=person.id, once=f"{notice.kind}:{confirmed.id}", now=now, deadline=now + SEND_WITHIN)
    return confirmed
