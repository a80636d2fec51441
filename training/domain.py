"""What training brings to the house."""

from __future__ import annotations

from datetime import time

from app.domain import Demonstrate, Domain, EvidenceKind, NavItem, RequirementKind
from app.jobs.scheduled_jobs import ScheduledJob
from app.people.models import Role
from training import cards, catalogue, demonstration
from training.commands import training_group
from training.learning import EVIDENCE_KIND
from training.notices import CertificateIssued, TrainingLapses
from training.permissions import TrainingPermission
from training.reminders import remind_of_lapsing_training
from training.views import certificates, learning, practice, public
from training.views.blueprint import bp as learning_bp

PAGES_OF_LEARNING = (learning, practice)  # importing them hangs their routes on the blueprint

READERS = (Role.TRAINER, Role.ASSESSOR, Role.ADMIN)

TRAINING = Domain(
    name="training",
    blueprints=(learning_bp, certificates.bp, public.bp),
    nav=(NavItem("Learning", "learning.index", icon="book", order=10),),
    cards=(cards.carry_on_learning,),
    person_panels=(cards.training_of,),
    grants=dict.fromkeys(READERS, (TrainingPermission.READ_CERTIFICATES,)),
    notices=(CertificateIssued, TrainingLapses),
    scheduled_jobs=(
        # In the morning, when people can still plan their evening.
        ScheduledJob("training: remind people of lapsing training", run=remind_of_lapsing_training, daily_at=time(9, 0)),
    ),
    commands=(training_group,),
    evidence_kinds=(EvidenceKind(EVIDENCE_KIND, "Training"),),
    requirement_kinds=(
        RequirementKind(
            EVIDENCE_KIND, catalogue.requirement_words, provided_by="they finish it under Learning", is_private=False
        ),
    ),
    demonstrate=(Demonstrate(order=20, load=demonstration.load),),
)
