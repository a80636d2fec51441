"""Pathways that ask for more than the shipped one, for tests of what an organisation can ask for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.policies import documents, versions
from progression.pathway import Pathway
from tests.progression.facts import SHIPPED_PATHWAY
from tests.times import TODAY

SAID = {"title": "What it is", "how": "How to get it.", "source": "Ours, for these tests."}

LEADING = {
    "title": "Leading shifts",
    "what": "They lead a shift, and look after those who are on it.",
    "from_stage": "volunteer",
    "needs": ["observed-lead"],
    "signers": 2,
    "source": "Ours, for these tests.",
}


def with_branch(**more: Any) -> Pathway:
    """The shipped pathway, in which leads are in a branch that two people sign for."""
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    text["branches"] = {"lead": {**LEADING, **more}}
    text["requirements"]["in-lead"] = {**SAID, "evidence": "branch:lead", "times": text["branches"]["lead"]["signers"]}
    text["duties"]["lead"]["needs"].append("in-lead")
    return Pathway.model_validate(text)


def with_records() -> Pathway:
    """The shipped pathway, in which staff have two good references, an interview and the right to work."""
    text = SHIPPED_PATHWAY.model_dump(mode="json")
    good = {"outcome": ["good"]}
    needs = {
        "references": {**SAID, "title": "Two references", "evidence": "reference:given", "times": 2, "facts": good},
        "interview": {**SAID, "title": "An interview", "evidence": "interview:post", "facts": good},
        "may-work": {**SAID, "title": "The right to work", "evidence": "right-to-work:seen"},
    }
    text["requirements"] |= needs
    text["steps"]["staff"] += list(needs)
    return Pathway.model_validate(text)


@contextmanager
def asking(pathway: Pathway) -> Iterator[None]:
    """Assume that a pathway holds from today."""
    with documents.assuming(versions.kind_named("pathway"), pathway, holds_from=TODAY):
        yield
