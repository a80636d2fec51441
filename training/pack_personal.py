"""The units of a course that are about the learner themselves: a reflection, and an agreement to a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from app.policies.yaml_lines import Place
from progression.documents.shipped import DOCUMENTS
from training.pack_parts import Line, Minutes, Part, Slug, Words


class Reflection(Part):
    """A question or two to think about. What is written stays with the learner, unless they share it."""

    kind: Literal["reflection"]
    slug: Slug
    title: Line
    minutes: Minutes
    lead: Words
    questions: Annotated[tuple[Words, ...], Field(min_length=1, max_length=2)]


class Agreement(Part):
    """The present edition of a document, to read and agree to."""

    kind: Literal["agreement"]
    slug: Slug
    title: Line
    minutes: Minutes
    lead: Words
    document: Slug


def check_reflection(unit: Reflection) -> Iterator[tuple[Place, str]]:
    """Every fault of a reflection that its type cannot express."""
    if len({question.casefold() for question in unit.questions}) < len(unit.questions):
        yield ("questions",), "both questions are the same."


def check_agreement(unit: Agreement) -> Iterator[tuple[Place, str]]:
    """Every fault of an agreement that its type cannot express."""
    keys = [each.key for each in DOCUMENTS]
    if unit.document not in keys:
        yield ("document",), f"there is no document “{unit.document}”; there are {', '.join(keys)}."
