"""The notices of progression: a step up, a "not yet", a step back, withdrawn evidence, and who waits for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from app import db, settings
from app.outbox.notice import Notice
from app.people import ages
from app.people.models import CLOSED, Person
from progression.clearance import rests_on_grace
from progression.fact_kinds import FactKind
from progression.labels import evidence_title, fact_title, requirement_label
from progression.ledger import facts_of_person, notes_of
from progression.models import Evidence
from progression.reopened import reopened_of
from progression.signing import Signatures, signatures_for
from progression.stages import Stage
from progression.standing import pathway_now, step_now

# An e-mail sent later than this would repeat what the person has long seen on their own page.
SEND_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class _Decision(Notice):
    """A decision by a named person, with a reason."""

    evidence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not if the decision was withdrawn before the e-mail was sent."""
        return db.session.scalar(select(Evidence.id).where(Evidence.withdraws_id == self.evidence_id)) is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        decision = db.session.get_one(Evidence, self.evidence_id)
        note = notes_of([decision.id]).get(decision.id)
        by = db.session.get_one(Person, decision.by_person_id)
        return {"decision": decision, "reason": note.text if note else None, "by": by}


@dataclass(frozen=True)
class _Step(_Decision):
    """A decision about a stage."""

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        return context | {"stage": Stage(context["decision"].key)}


@dataclass(frozen=True)
class SignedOff(_Step):
    """Somebody was signed off for the next stage."""

    kind: ClassVar[str] = "signed-off"


@dataclass(frozen=True)
class NotYet(_Step):
    """Somebody was found not ready for the next stage yet."""

    kind: ClassVar[str] = "not-yet"

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        codes = context["decision"].facts.get("missing", [])
        asked = pathway_now(now).requirements
        return context | {"missing": [asked[code] for code in codes if code in asked]}


@dataclass(frozen=True)
class SignatureGiven(_Step):
    """To the person: somebody has signed their step, which needs more people than one."""

    kind: ClassVar[str] = "signature-given"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once all have signed: then the e-mail about the step says more."""
        return super().still_wanted(to, now) and _signatures_that_wait(self.evidence_id, now) is not None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        waiting = _signatures_that_wait(self.evidence_id, now)
        return super().context(to, now) | {"wanted": waiting.wanted if waiting else 0}


@dataclass(frozen=True)
class SignatureWanted(_Step):
    """To those who may be next: somebody has signed a step, and it needs more people than one."""

    kind: ClassVar[str] = "signature-wanted"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once it is decided, nor where the reader has signed, or has done most of the observing since."""
        waiting = _signatures_that_wait(self.evidence_id, now)
        return waiting is not None and waiting.may_sign(to)

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        return context | {"person": db.session.get_one(Person, context["decision"].person_id)}


def _signatures_that_wait(signature_id: int, now: datetime) -> Signatures | None:
    """The signatures of the step that this one is for, while it counts and more are wanted."""
    signature = db.session.get_one(Evidence, signature_id)
    step = step_now(signature.person_id, now)
    if step is None or step.to != signature.key:
        return None
    signatures = signatures_for(facts_of_person(signature.person_id), step, pathway_now(now))
    return signatures if signature_id in {fact.id for fact in signatures.given} else None


@dataclass(frozen=True)
class SteppedBack(_Step):
    """Somebody was stepped back to a lower stage by another person."""

    kind: ClassVar[str] = "stepped-back"


@dataclass(frozen=True)
class DecisionConfirmed(_Step):
    """To the person: a step of theirs stands, although something it rested on was withdrawn."""

    kind: ClassVar[str] = "step-confirmed"


@dataclass(frozen=True)
class DecisionReopened(_Decision):
    """To those who decide: something that sign-offs of somebody rested on was withdrawn."""

    kind: ClassVar[str] = "step-reopened"

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has confirmed the sign-offs, or taken them back."""
        return bool(_reopened_by(self.evidence_id))

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        person = db.session.get_one(Person, context["decision"].person_id)
        return context | {"person": person, "stages": _reopened_by(self.evidence_id)}


def _reopened_by(withdrawal_id: int) -> list[Stage]:
    """The stages whose sign-offs are open because of this withdrawal."""
    withdrawal = db.session.get_one(Evidence, withdrawal_id)
    found = reopened_of(facts_of_person(withdrawal.person_id))
    return sorted(each.stage for each in found if withdrawal.withdraws_id in each.ids)


@dataclass(frozen=True)
class EvidenceWithdrawn(_Decision):
    """A fact about somebody was withdrawn. Always sent, because what depended on it is lost."""

    kind: ClassVar[str] = "evidence-withdrawn"

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        withdrawn = db.session.get_one(Evidence, context["decision"].withdraws_id)
        fact, policy = withdrawn.as_fact(), pathway_now(now)
        is_observation = fact.kind == FactKind.OBSERVED
        title = fact_title(fact, policy, now) if is_observation else evidence_title(fact.requirement, policy, now)
        return context | {"withdrawn": withdrawn, "title": title, "stages": _reopened_by(self.evidence_id)}


@dataclass(frozen=True)
class NewRequirement(Notice):
    """Something new is asked of somebody who was cleared before, and who goes on without it until a day."""

    kind: ClassVar[str] = "new-requirement"
    code: str
    """The code of the requirement in the pathway."""
    until: str
    """The last day, as 2027-01-03."""

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once they have it, nor when the pathway has changed its mind."""
        policy = pathway_now(now)
        need = policy.requirements.get(self.code)
        if need is None or need.grace is None or need.grace.until.isoformat() != self.until:
            return False
        born_on = ages.born_on([to]).get(to)
        return self.code in rests_on_grace(
            facts_of_person(to), policy, settings.current().zone, born_on=born_on, at=now
        )

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        need = pathway_now(now).requirements[self.code]
        label = requirement_label(need, now)
        return {"title": label.title, "how": need.how, "href": label.href, "until": date.fromisoformat(self.until)}


@dataclass(frozen=True)
class ReadyForSignOff(Notice):
    """To those who decide: somebody has everything that their next step asks for."""

    kind: ClassVar[str] = "ready-for-sign-off"
    person_id: int
    to: str
    """The stage that they are ready for."""

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not once somebody has decided, or something they need was lost."""
        person = db.session.get_one(Person, self.person_id)
        if person.state in CLOSED:
            return False
        facts = facts_of_person(person.id)
        step = step_now(person.id, now)
        has_been_looked_at = bool(facts) and facts[-1].kind == FactKind.NOT_YET
        return step is not None and step.to == self.to and step.is_ready and not has_been_looked_at

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        return {"person": db.session.get_one(Person, self.person_id), "stage": Stage(self.to)}
