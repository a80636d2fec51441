"""What domains say can be taken over fits together."""

from __future__ import annotations

from collections import Counter

from flask import Flask

from app.domain import domains
from tests.times import NOW


def test_no_two_parts_understand_the_same_column(app: Flask) -> None:
    parts = [part for domain in domains for part in domain.takeover_parts]
    keys = Counter(column.key for part in parts for column in part.columns(NOW))
    assert [key for key, times in keys.items() if times > 1] == []
