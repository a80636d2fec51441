"""Policy documents."""

from __future__ import annotations

from datetime import date

from flask import Flask

from app.policies import documents
from app.policies.documents import PolicyKind, kinds


def test_every_shipped_policy_is_valid(app: Flask) -> None:
    for kind in kinds:
        assert isinstance(kind, PolicyKind)
        documents.on(kind.schema, date(2027, 1, 1))
