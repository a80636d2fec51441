"""What this domain brings to the house."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from app.domain import Domain, EvidenceKind, NavItem, RequirementKind, RequirementWords
from app.people.models import Role
from app.policies.documents import PolicyKind
from progression import cards, demonstration
from progression.facts import FactKind
from progression.labels import evidence_nobody_brings
from progression.notices import EvidenceWithdrawn, NotYet, SignedOff, SteppedBack
from progression.pathway import SHIPPED, Pathway
from progression.permissions import ProgressionPermission
from progression.standing import stages_of
from progression.views import journey, sign_offs


def texts_to_agree_to(key: str, now: datetime) -> RequirementWords | None:
    """Where a text is read and agreed to; there is one, the code of conduct."""
    if key != "code-of-conduct":
        return None
    return RequirementWords("The code of conduct", "/journey/code-of-conduct")


def stage_names(ids: Collection[int], now: datetime) -> Mapping[int, str]:
    """Each person's stage as a plain word, for the core, which knows no stages."""
    return dict(stages_of(ids, now))


PROGRESSION = Domain(
    name="progression",
    blueprints=(journey.bp, sign_offs.bp),
    nav=(
        NavItem("Journey", "journey.show", icon="road", order=40),
        NavItem("Sign-offs", "sign_offs.index", icon="pen", order=30, audience=ProgressionPermission.SIGN_OFF),
    ),
    cards=(cards.your_journey, cards.waiting_for_you),
    person_panels=(cards.where_they_stand, cards.evidence_about),
    grants={
        Role.COORDINATOR: (ProgressionPermission.SEE_STANDING,),
        Role.LEAD: (ProgressionPermission.SEE_STANDING,),
        Role.TRAINER: (ProgressionPermission.SEE_STANDING,),
        Role.ASSESSOR: tuple(ProgressionPermission),
        Role.ADMIN: tuple(ProgressionPermission),
    },
    notices=(SignedOff, NotYet, SteppedBack, EvidenceWithdrawn),
    policies=(PolicyKind("pathway", Pathway, SHIPPED, doubts=evidence_nobody_brings),),
    evidence_kinds=(
        EvidenceKind(FactKind.CHECK, "Check"),
        EvidenceKind(FactKind.OBSERVED, "Observation"),
        EvidenceKind(FactKind.ACCEPTED, "Agreement"),
        EvidenceKind(FactKind.SIGN_OFF, "Sign-off"),
        EvidenceKind(FactKind.STEP_BACK, "Step back"),
        EvidenceKind(FactKind.NOT_YET, "Not yet"),
        EvidenceKind(FactKind.WITHDRAWN, "Withdrawal"),
    ),
    requirement_kinds=(RequirementKind(FactKind.ACCEPTED, texts_to_agree_to),),
    stages_of=stage_names,
    demonstrate=demonstration.STEPS,
)
