"""The unit of a course that people do together with a trainer, at a time that they book."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from app.policies.yaml_lines import Place
from training.pack_parts import Line, Minutes, Part, Slug, Words


class Workshop(Part):
    """A live session, online or face to face. Somebody who came to one that stands for this unit has done it."""

    kind: Literal["workshop"]
    slug: Slug
    title: Line
    minutes: Minutes
    lead: Words


def check_workshop(_unit: Workshop) -> Iterator[tuple[Place, str]]:
    """Every fault of a workshop that its type cannot express: none."""
    yield from ()


def minutes_of_workshop(unit: Workshop) -> float:
    """As long as its author says: nothing in it can be counted."""
    return unit.minutes
