"""The notices of progression: a step up, a "not yet", a step back, and withdrawn evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from progression.labels import evidence_title
from progression.ledger import notes_of
from progression.models import Evidence
from progression.stages import Stage
from progression.standing import pathway_now

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
class SteppedBack(_Step):
    """Somebody was stepped back to a lower stage by another person."""

    kind: ClassVar[str] = "stepped-back"


@dataclass(frozen=True)
class EvidenceWithdrawn(_Decision):
    """A fact about somebody was withdrawn. Always sent, because what depended on it is lost."""

    kind: ClassVar[str] = "evidence-withdrawn"

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        context = super().context(to, now)
        withdrawn = db.session.get_one(Evidence, context["decision"].withdraws_id)
        title = evidence_title(withdrawn.as_fact().requirement, pathway_now(now), now)
        return context | {"withdrawn": withdrawn, "title": title}
