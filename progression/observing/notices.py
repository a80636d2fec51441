"""The e-mails about observations and answers to them. What was written is read on the page, signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from progression.models import Evidence


@dataclass(frozen=True)
class _AboutEvidence(Notice):
    """Something about one fact."""

    evidence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not if the fact was withdrawn before the e-mail was sent: that has an e-mail of its own."""
        return db.session.scalar(select(Evidence.id).where(Evidence.withdraws_id == self.evidence_id)) is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        fact = db.session.get_one(Evidence, self.evidence_id)
        return {
            "fact": fact,
            "by": db.session.get_one(Person, fact.by_person_id),
            "person": db.session.get_one(Person, fact.person_id),
        }


@dataclass(frozen=True)
class ObservationWritten(_AboutEvidence):
    """To the person: somebody wrote down what they saw of them on a shift."""

    kind: ClassVar[str] = "observation-written"


@dataclass(frozen=True)
class RecordAnswered(_AboutEvidence):
    """To who wrote a record or decided: the person answered."""

    kind: ClassVar[str] = "record-answered"
