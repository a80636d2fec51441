"""What this domain brings to the house."""

from app.domain import Domain, EvidenceKind

TRAINING = Domain(name="training", evidence_kinds=(EvidenceKind("training", "Training"),))
