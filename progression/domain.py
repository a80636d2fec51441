"""What this domain brings to the house."""

from app.domain import Domain

PROGRESSION = Domain(name="progression")
