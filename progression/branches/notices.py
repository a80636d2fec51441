"""The e-mails about branches of the pathway: somebody joined one, or was taken out of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import select

from app import db
from app.outbox.notice import Notice
from app.people.models import Person
from progression.ledger import notes_of
from progression.models import Evidence
from progression.standing import pathway_now


@dataclass(frozen=True)
class _OfBranch(Notice):
    """A decision about a branch, by a named person with a reason."""

    evidence_id: int

    def still_wanted(self, to: int, now: datetime) -> bool:
        """Not if it was withdrawn before the e-mail was sent, nor if the pathway has no such branch any more."""
        decision = db.session.get_one(Evidence, self.evidence_id)
        withdrawn = select(Evidence.id).where(Evidence.withdraws_id == decision.id)
        return decision.key in pathway_now(now).branches and db.session.scalar(withdrawn) is None

    def context(self, to: int, now: datetime) -> dict[str, Any]:
        decision = db.session.get_one(Evidence, self.evidence_id)
        note, policy = notes_of([decision.id]).get(decision.id), pathway_now(now)
        return {
            "by": db.session.get_one(Person, decision.by_person_id),
            "reason": note.text if note else None,
            "branch": policy.branches[decision.key],
            "duties": policy.duties_of_branch(decision.key),
        }


@dataclass(frozen=True)
class BranchJoined(_OfBranch):
    """Enough people have signed, so the person is in the branch now."""

    kind: ClassVar[str] = "branch-joined"


@dataclass(frozen=True)
class BranchEnded(_OfBranch):
    """Somebody else ended the person's time in the branch."""

    kind: ClassVar[str] = "branch-ended"
