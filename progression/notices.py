"""The letters of this room: a step up, a "not yet", a step back, and evidence that was taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from progression.labels import title_of
from progression.ledger import notes_of
from progression.models import Evidence
from progression.stages import Stage
from progression.standing import pathway_now

# Later than this, a letter would tell what its reader has long seen on their own page.
TELL_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class _Decision(Notice):
    """Something that a named person decided, and wrote a reason for."""

    evidence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not if the decision itself was withdrawn before the letter went."""
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
        known = super().context(to, now)
        return known | {"stage": Stage(known["decision"].key)}


@dataclass(frozen=True)
class SignedOff(_Step):
    """Somebody was signed off for the next stage."""

    kind: ClassVar[str] = "signed-off"


@dataclass(frozen=True)
class NotYet(_Step):
    """Somebody looked at the evidence, and something is still missing."""

    kind: ClassVar[str] = "not-yet"

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        known = super().context(to, now)
        codes = known["decision"].facts.get("missing", [])
        asked = pathway_now(now).requirements
        return known | {"missing": [asked[code] for code in codes if code in asked]}


@dataclass(frozen=True)
class SteppedBack(_Step):
    """Somebody stands at a lower stage from now on, because another person decided so."""

    kind: ClassVar[str] = "stepped-back"


@dataclass(frozen=True)
class EvidenceWithdrawn(_Decision):
    """A fact about somebody was taken back. Always sent: what rested on it is gone."""

    kind: ClassVar[str] = "evidence-withdrawn"

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        known = super().context(to, now)
        withdrawn = db.session.get_one(Evidence, known["decision"].withdraws_id)
        title = title_of(withdrawn.as_fact().requirement, pathway_now(now), now)
        return known | {"withdrawn": withdrawn, "title": title}
