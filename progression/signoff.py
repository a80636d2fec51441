"""Decisions about a person, each by a named person with a reason: signed off, not yet, a step back.

A form that is sent twice decides once, and a page that is out of date decides nothing: the person is locked first, and
their evidence is read again under the lock.
"""

from __future__ import annotations

from datetime import datetime

from app import db, settings
from app.outbox import queue
from app.people import ages
from app.people.models import Person, PersonState
from app.refusals import Conflict, Invalid
from progression.evidence import NewEvidence, NotAboutYourself, already_recorded, record
from progression.fact_kinds import FactKind
from progression.journey import Journey, StepProgress, journey_of
from progression.labels import requirement_label
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.notices import SEND_WITHIN, NotYet, SignedOff, SteppedBack
from progression.stages import Stage
from progression.standing import pathway_now


class StepAlreadyTaken(Conflict):
    """The person is at another stage than the page showed."""


class RequirementsUnmet(Conflict):
    """A requirement of the pathway is not met."""


class AccountClosed(Conflict):
    """The person's account is suspended."""


def journey_now(person_id: int, now: datetime) -> Journey:
    """The person's journey by the pathway in force today and the whole ledger."""
    return journey_of(
        facts_of_person(person_id),
        pathway_now(now),
        settings.current().zone,
        born_on=ages.born_on([person_id]).get(person_id),
        at=now,
    )


def sign_off(person: Person, to: Stage, *, by: Person, reason: str, now: datetime, once: str | None = None) -> Evidence:
    """Sign a person off for the next stage; they get an e-mail, and their new rights take effect at once.

    Refuses oneself, a missing reason, a step that is not the person's next one, and unmet requirements, naming each.
    """
    if earlier := _check_decision(person, FactKind.SIGN_OFF, to, by=by, reason=reason, once=once):
        return earlier
    step = _step_ahead(person, to, now)
    if not step.is_ready:
        missing = [
            f"{requirement_label(each.need, now).title}: {_shortfall(each.have, each.need.times)}."
            for each in step.unmet
        ]
        raise RequirementsUnmet(
            f"{person.display_name} cannot be signed off as {to} yet. Something is missing:", *missing
        )
    rests_on = [fact.id for each in step.needs for fact in each.proof]
    new = NewEvidence(person_id=person.id, kind=FactKind.SIGN_OFF, key=to, facts={"rests_on": rests_on}, note=reason)
    decision = record(new, by=by.id, now=now, once=once)
    _notify(person, SignedOff(decision.id), now)
    return decision


def not_yet(person: Person, to: Stage, *, by: Person, reason: str, now: datetime, once: str | None = None) -> Evidence:
    """Record that a person is not ready for the next stage yet; they get an e-mail with the reason and what is missing.

    Refuses oneself, a missing reason, and a step that is not the person's next one.
    """
    if earlier := _check_decision(person, FactKind.NOT_YET, to, by=by, reason=reason, once=once):
        return earlier
    step = _step_ahead(person, to, now)
    codes = {need.evidence: code for code, need in pathway_now(now).requirements.items()}
    missing = [codes[each.need.evidence] for each in step.unmet]
    new = NewEvidence(person_id=person.id, kind=FactKind.NOT_YET, key=to, facts={"missing": missing}, note=reason)
    decision = record(new, by=by.id, now=now, once=once)
    _notify(person, NotYet(decision.id), now)
    return decision


def step_back(
    person: Person, to: Stage, *, by: Person, reason: str, now: datetime, once: str | None = None
) -> Evidence:
    """Take a person one stage down, at once: their sessions end and their future seats are released.

    Anybody may step back themselves without a reason; deciding it for another person requires one. Refuses a stage that
    is not the one below: two people who decide the same at once take one step, not two.
    """
    is_own_step = person.id == by.id
    if not is_own_step and not reason.strip():
        raise Invalid("Say why. They will read it.", field="reason")
    db.lock_people([person.id])
    if once and (earlier := already_recorded(once, kind=FactKind.STEP_BACK, key=to, note=reason)):
        return earlier
    stage = journey_now(person.id, now).stage
    if stage.preceding is None:
        raise StepAlreadyTaken(f"{person.display_name} stands at the beginning already.")
    if stage.preceding is not to:
        raise StepAlreadyTaken(
            f"{person.display_name} is {stage.words} now. Somebody may have decided meanwhile; please look again."
        )
    new = NewEvidence(person_id=person.id, kind=FactKind.STEP_BACK, key=to, note=reason)
    decision = record(new, by=by.id, now=now, once=once)
    if not is_own_step:
        _notify(person, SteppedBack(decision.id), now)
    return decision


def _check_decision(
    person: Person, kind: FactKind, to: Stage, *, by: Person, reason: str, once: str | None
) -> Evidence | None:
    """Check what every decision requires; returns the decision if the same form was sent before."""
    if person.id == by.id:
        raise NotAboutYourself(
            "Nobody decides on their own step. Ask another member of staff to look at your evidence."
        )
    if not reason.strip():
        raise Invalid(f"Say what you saw. {person.display_name} will read it.", field="reason")
    db.lock_people([person.id])
    db.session.refresh(person)
    if person.state == PersonState.SUSPENDED:
        raise AccountClosed(f"{person.display_name}’s account is suspended. Nothing can be decided meanwhile.")
    return already_recorded(once, kind=kind, key=to, note=reason) if once else None


def _step_ahead(person: Person, to: Stage, now: datetime) -> StepProgress:
    journey = journey_now(person.id, now)
    if journey.step is None or journey.step.to is not to:
        raise StepAlreadyTaken(
            f"{person.display_name} is {journey.stage.words} now, so “{to}” is not their next step. "
            "Somebody may have decided meanwhile; please look again."
        )
    return journey.step


def _shortfall(have: int, times: int) -> str:
    return f"{have} of {times}" if times > 1 else "not there, or no longer valid"


def _notify(person: Person, notice: SignedOff | NotYet | SteppedBack, now: datetime) -> None:
    once = f"{notice.kind}:{notice.evidence_id}"
    queue.enqueue(notice, to=person.id, once=once, now=now, deadline=now + SEND_WITHIN)
