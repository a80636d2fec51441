"""Decisions about a person, each by a named person with a reason: signed off, not yet, a step back.

A form that is sent twice decides once, and a page that is out of date decides nothing: the person is locked first, and
their evidence is read again under the lock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from app import clock, db, settings
from app.outbox import queue
from app.people import ages
from app.people.directory import names_of
from app.people.models import CLOSED, Person
from app.people.rights import Loss, losses, people_who_may
from app.refusals import Conflict, Invalid
from progression.applying import applications
from progression.applying.models import HowEnded
from progression.duties import Duty
from progression.evidence import NewEvidence, NotAboutYourself, already_recorded, record
from progression.fact_kinds import FactKind
from progression.facts import SIGNATURES, Fact
from progression.journey import Journey, StepProgress, codes_missing, journey_of
from progression.labels import fact_title, requirement_label
from progression.ledger import facts_of_person
from progression.models import Evidence
from progression.notices import SEND_WITHIN, NotYet, SignatureGiven, SignatureWanted, SignedOff, SteppedBack
from progression.permissions import ProgressionPermission
from progression.signing import Signatures, signatures_for
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


class EvidenceChanged(Conflict):
    """Something was recorded about the person after the page of the decision was opened."""


class MayNotSign(Conflict):
    """Somebody who has signed already, or did most of the observing, would sign."""


def sign_off(
    person: Person,
    to: Stage,
    *,
    by: Person,
    reason: str,
    now: datetime,
    once: str | None = None,
    seen: int | None = None,
) -> Evidence:
    """Sign a person off for the next stage; they get an e-mail, and their new rights take effect at once.

    Where the pathway asks for several people, all but the last give a signature, which opens nothing yet; the person
    and those who may sign next are told. `seen` is the id of the newest evidence on the page of the decision. Refuses
    oneself, a missing reason, evidence that was not on the page, a step that is not the person's next one, unmet
    requirements, naming each, and of several people who sign one who has signed already or did most of the observing.
    """
    kinds = (FactKind.SIGN_OFF, FactKind.SIGNATURE)
    if earlier := _check_decision(person, kinds, to, by=by, reason=reason, once=once):
        return earlier
    step = _step_ahead(person, to, now)
    if not step.is_ready:
        missing = [
            f"{requirement_label(each.need, now).title}: {_shortfall(each.have, each.need.amount)}."
            for each in step.unmet
        ]
        raise RequirementsUnmet(
            f"{person.display_name} cannot be signed off as {to} yet. Something is missing:", *missing
        )
    _refuse_unseen(person, seen, now)
    facts = facts_of_person(person.id)
    signatures = signatures_for(facts, step, pathway_now(now))
    _refuse_signer(person, signatures, by=by)
    rests_on = sorted({fact.id for each in step.needs for fact in each.proof})
    if not signatures.is_last:
        new = NewEvidence(
            person_id=person.id, kind=FactKind.SIGNATURE, key=to, facts={"rests_on": rests_on}, note=reason
        )
        signature = record(new, by=by.id, now=now, once=once)
        _tell_of_signature(person, signature, signatures, now)
        return signature
    details: dict[str, list[int]] = {"rests_on": rests_on}
    if signatures.given:
        details[SIGNATURES] = [fact.id for fact in signatures.given]
    new = NewEvidence(person_id=person.id, kind=FactKind.SIGN_OFF, key=to, facts=details, note=reason)
    decision = record(new, by=by.id, now=now, once=once)
    applications.end_by_decision(person.id, HowEnded.SIGNED_OFF, by=by.id, now=now)
    _notify(person, SignedOff(decision.id), now)
    return decision


def not_yet(
    person: Person,
    to: Stage,
    *,
    by: Person,
    reason: str,
    now: datetime,
    once: str | None = None,
    seen: int | None = None,
) -> Evidence:
    """Record that a person is not ready for the next stage yet; they get an e-mail with the reason and what is missing.

    Refuses oneself, a missing reason, evidence that was not on the page, and a step that is not the person's next one.
    """
    if earlier := _check_decision(person, (FactKind.NOT_YET,), to, by=by, reason=reason, once=once):
        return earlier
    step = _step_ahead(person, to, now)
    _refuse_unseen(person, seen, now)
    new = NewEvidence(
        person_id=person.id,
        kind=FactKind.NOT_YET,
        key=to,
        facts={"missing": codes_missing(step, pathway_now(now))},
        note=reason,
    )
    decision = record(new, by=by.id, now=now, once=once)
    applications.end_by_decision(person.id, HowEnded.NOT_YET, by=by.id, now=now)
    _notify(person, NotYet(decision.id), now)
    return decision


@dataclass(frozen=True, slots=True)
class StepBackConsequences:
    """What a step back takes away: duties that close, and coming shifts. `mark` is a hash over all of it."""

    closing: tuple[Duty, ...]
    freed: tuple[Loss, ...]
    mark: str


class ConfirmationRequired(Conflict):
    """A step back takes effect at once, so exactly what it takes away must be confirmed first."""

    def __init__(self, consequences: StepBackConsequences) -> None:
        super().__init__("Look at what would follow, then say that it is right.")
        self.consequences = consequences


def step_back(
    person: Person,
    to: Stage,
    *,
    by: Person,
    reason: str,
    now: datetime,
    once: str | None = None,
    agreed: str | None = None,
) -> Evidence:
    """Take a person one stage down, at once: their sessions end and their future seats are released.

    Anybody may step back themselves without a reason; deciding it for another person requires one. Refuses a stage that
    is not the one below: two people who decide the same at once take one step, not two. Refuses with
    `ConfirmationRequired` unless `agreed` is the mark of exactly what it takes away.
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
    consequences = _consequences(person, to, by=by, now=now)
    if agreed != consequences.mark:
        raise ConfirmationRequired(consequences)
    new = NewEvidence(person_id=person.id, kind=FactKind.STEP_BACK, key=to, note=reason)
    decision = record(new, by=by.id, now=now, once=once)
    applications.end_by_decision(person.id, HowEnded.OVERTAKEN, by=by.id, now=now)
    if not is_own_step:
        _notify(person, SteppedBack(decision.id), now)
    return decision


def _consequences(person: Person, to: Stage, *, by: Person, now: datetime) -> StepBackConsequences:
    """What would follow, found by recording the step in a savepoint that is rolled back."""
    before = {duty.duty for duty in journey_now(person.id, now).duties if duty.is_cleared}
    trial = db.session.begin_nested()
    db.session.add(
        Evidence(
            person_id=person.id,
            kind=FactKind.STEP_BACK,
            key=to,
            happened_at=now,
            recorded_at=now,
            by_person_id=by.id,
            facts={},
        )
    )
    db.session.flush()
    after = {duty.duty for duty in journey_now(person.id, now).duties if duty.is_cleared}
    freed = losses(person.id, now=now)
    trial.rollback()
    closing = tuple(duty for duty in Duty if duty in before - after)
    mark = hashlib.sha256(repr((person.id, to, closing, freed)).encode()).hexdigest()
    return StepBackConsequences(closing, freed, mark)


def _check_decision(
    person: Person, kinds: tuple[FactKind, ...], to: Stage, *, by: Person, reason: str, once: str | None
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
    if person.state in CLOSED:
        raise AccountClosed(f"{person.display_name}’s account is suspended. Nothing can be decided meanwhile.")
    return already_recorded(once, kind=kinds, key=to, note=reason) if once else None


def _refuse_unseen(person: Person, seen: int | None, now: datetime) -> None:
    """Refuse a decision on a page that did not show the newest evidence, naming what came; None: no page was shown."""
    if seen is None:
        return
    facts = facts_of_person(person.id)
    if came := [fact for fact in facts if fact.id > seen]:
        raise EvidenceChanged(
            f"Something was recorded about {person.display_name} since you opened this page. It is shown now; please "
            "look at it, and decide again. Your reason is kept. New since then:",
            *_what_came(came, facts, now),
        )


def _what_came(came: list[Fact], facts: list[Fact], now: datetime) -> list[str]:
    """A sentence for each fact that came, the first one first: what it is and who recorded it."""
    policy, by_id = pathway_now(now), {fact.id: fact for fact in facts}
    names = names_of({fact.by_person_id for fact in came if fact.by_person_id is not None})
    sentences = []
    for fact in came:
        by = names[fact.by_person_id] if fact.by_person_id is not None else "Nightlight"
        if fact.withdraws_id is None:
            sentences.append(f"{fact_title(fact, policy, now)}, recorded by {by}.")
        else:
            sentences.append(f"{fact_title(by_id[fact.withdraws_id], policy, now)}, withdrawn by {by}.")
    return sentences


def _refuse_signer(person: Person, signatures: Signatures, *, by: Person) -> None:
    if signatures.may_sign(by.id):
        return
    if by.id in signatures.signed_by:
        raise MayNotSign(
            f"You have signed this step of {person.display_name} already, and it takes {signatures.asked} people. "
            "Somebody else signs next."
        )
    raise MayNotSign(
        f"You wrote most of the observations that this step of {person.display_name} rests on. It takes "
        f"{signatures.asked} people who did not, so others sign it."
    )


def _tell_of_signature(person: Person, signature: Evidence, before: Signatures, now: datetime) -> None:
    """Tell the person that somebody has signed, and those who may be next that they may."""
    _notify(person, SignatureGiven(signature.id), now)
    today = clock.on(now, settings.current().zone)
    for each in before.who_may_sign(people_who_may(ProgressionPermission.SIGN_OFF, on=today)):
        if each not in (person.id, signature.by_person_id):
            _notify_one(each, SignatureWanted(signature.id), now)


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


def _notify(person: Person, notice: SignedOff | NotYet | SteppedBack | SignatureGiven, now: datetime) -> None:
    once = f"{notice.kind}:{notice.evidence_id}"
    queue.enqueue(notice, to=person.id, once=once, now=now, deadline=now + SEND_WITHIN)


def _notify_one(to: int, notice: SignatureWanted, now: datetime) -> None:
    once = f"{notice.kind}:{notice.evidence_id}:{to}"
    queue.enqueue(notice, to=to, once=once, now=now, deadline=now + SEND_WITHIN)
