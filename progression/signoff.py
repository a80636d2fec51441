"""Decisions about a person, each by a named person with a reason: signed off, not yet, a step back.

Nothing is decided twice because a form was sent twice, and nothing on a page that the world has overtaken:
the person is locked first, and their evidence read again under the lock.
"""

from __future__ import annotations

from datetime import datetime

from app import db, settings
from app.outbox import queue
from app.people import ages
from app.people.models import Person, PersonState
from app.refusals import Conflict, Invalid
from progression import evidence
from progression.evidence import NotAboutYourself
from progression.facts import FactKind
from progression.journey import Journey, StepProgress, journey_of
from progression.labels import words_for
from progression.ledger import of_person
from progression.models import Evidence
from progression.notices import TELL_WITHIN, NotYet, SignedOff, SteppedBack
from progression.stages import Stage
from progression.standing import pathway_now


class StepAlreadyTaken(Conflict):
    """The person does not stand where the page said they do."""


class RequirementsUnmet(Conflict):
    """Something that the pathway asks for is missing."""


class AccountClosed(Conflict):
    """The person's account is suspended."""


def journey_now(person_id: int, now: datetime) -> Journey:
    """The person's journey by the pathway of today and everything in the ledger."""
    return journey_of(
        of_person(person_id),
        pathway_now(now),
        settings.current().zone,
        born_on=ages.born_on([person_id]).get(person_id),
        at=now,
    )


def sign_off(person: Person, to: Stage, *, by: Person, reason: str, now: datetime, once: str | None = None) -> Evidence:
    """Sign a person off for the next stage; they are told, and their rights follow at once.

    Refuses oneself, a missing reason, a step that is not the person's next one, and any unmet requirement,
    naming it.
    """
    if earlier := _decided_before(person, FactKind.SIGN_OFF, to, by=by, reason=reason, once=once):
        return earlier
    step = _step_ahead(person, to, now)
    if not step.is_ready:
        missing = [
            f"{words_for(each.need, now).title}: {_how_short(each.have, each.need.times)}." for each in step.unmet
        ]
        raise RequirementsUnmet(
            f"{person.display_name} cannot be signed off as {to} yet. Something is missing:", *missing
        )
    decision = evidence.record(
        person.id,
        kind=FactKind.SIGN_OFF,
        key=to,
        by=by.id,
        now=now,
        facts={"rests_on": [fact.id for each in step.needs for fact in each.proof]},
        note=reason,
        once=once,
    )
    _tell(person, SignedOff(decision.id), now)
    return decision


def not_yet(person: Person, to: Stage, *, by: Person, reason: str, now: datetime, once: str | None = None) -> Evidence:
    """Say that a person is not ready for the next stage, with what would change that; they are told kindly.

    Refuses oneself, a missing reason, and a step that is not the person's next one.
    """
    if earlier := _decided_before(person, FactKind.NOT_YET, to, by=by, reason=reason, once=once):
        return earlier
    step = _step_ahead(person, to, now)
    codes = {need.evidence: code for code, need in pathway_now(now).requirements.items()}
    decision = evidence.record(
        person.id,
        kind=FactKind.NOT_YET,
        key=to,
        by=by.id,
        now=now,
        facts={"missing": [codes[each.need.evidence] for each in step.unmet]},
        note=reason,
        once=once,
    )
    _tell(person, NotYet(decision.id), now)
    return decision


def step_back(
    person: Person, to: Stage, *, by: Person, reason: str, now: datetime, once: str | None = None
) -> Evidence:
    """Take a person one stage down, at once: their sessions end and their future seats are released.

    Everybody may step back themselves and need not say why; whoever decides it for another gives a reason.
    Refuses a stage that is not the one below: two people who decide the same at once take one step, not two.
    """
    of_oneself = person.id == by.id
    if not of_oneself and not reason.strip():
        raise Invalid("Say why. They will read it.", field="reason")
    db.lock_people([person.id])
    kind = FactKind.STEP_BACK
    if once and (earlier := evidence.recorded_before(once, kind=kind, key=to, note=reason)):
        return earlier
    stage = journey_now(person.id, now).stage
    if stage.preceding is None:
        raise StepAlreadyTaken(f"{person.display_name} stands at the beginning already.")
    if stage.preceding is not to:
        raise StepAlreadyTaken(
            f"{person.display_name} is {stage.words} now. Somebody may have decided meanwhile; please look again."
        )
    decision = evidence.record(person.id, kind=kind, key=to, by=by.id, now=now, note=reason, once=once)
    if not of_oneself:
        _tell(person, SteppedBack(decision.id), now)
    return decision


def _decided_before(
    person: Person, kind: FactKind, to: Stage, *, by: Person, reason: str, once: str | None
) -> Evidence | None:
    """What every decision asks first; and the decision itself, if this very form was sent before."""
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
    return evidence.recorded_before(once, kind=kind, key=to, note=reason) if once else None


def _step_ahead(person: Person, to: Stage, now: datetime) -> StepProgress:
    journey = journey_now(person.id, now)
    if journey.step is None or journey.step.to is not to:
        raise StepAlreadyTaken(
            f"{person.display_name} is {journey.stage.words} now, so “{to}” is not their next step. "
            "Somebody may have decided meanwhile; please look again."
        )
    return journey.step


def _how_short(have: int, times: int) -> str:
    return f"{have} of {times}" if times > 1 else "not there, or no longer valid"


def _tell(person: Person, notice: SignedOff | NotYet | SteppedBack, now: datetime) -> None:
    once = f"{notice.kind}:{notice.evidence_id}"
    queue.enqueue(notice, to=person.id, once=once, now=now, deadline=now + TELL_WITHIN)
