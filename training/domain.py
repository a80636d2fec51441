"""What this domain brings to the house."""

from app.domain import Domain

TRAINING = Domain(name="training")
