"""What this domain brings to the house."""

from app.domain import Domain

ROTA = Domain(name="rota")
