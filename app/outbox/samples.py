"""Samples of notices: invented people and things in the place of those that a notice would be about.

Each domain gives, for each of its kinds, what `Notice.context` would give, so that a page can show staff how a notice
looks without showing anybody's mail. The templates and the rendering are those of every e-mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from app.domain import domains

Contexts = Mapping[str, Mapping[str, Any]]
"""By the name of each kind: what its templates are given."""

READER = "Wren"
READERS_ZONE = "America/Halifax"  # other than the organisation's, so that a sample shows the times on both clocks
TOKEN = "what-stands-here-works-once"  # noqa: S105 -- it opens nothing


def invented(**parts: Any) -> SimpleNamespace:
    """Something with these parts, in the place of what a notice would read from the database."""
    return SimpleNamespace(**parts)


def named(name: str, person_id: int = 7) -> SimpleNamespace:
    """A person who does not exist."""
    return invented(id=person_id, display_name=name)


def context_of(kind: str, now: datetime) -> Mapping[str, Any]:
    """What the templates of a kind are given for its sample; LookupError for a kind that has none."""
    for domain in domains:
        if domain.notice_samples is not None and kind in (found := domain.notice_samples(now)):
            return found[kind]
    raise LookupError(kind)
