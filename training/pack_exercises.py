"""The types of exercises: things to do within a lesson, placed in its text by a block that names their key."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from training.pack_parts import Part, Slug, SpokenLine, Words

# A box is one option of a list that opens on a phone 320 pixels wide.
Box = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class SpotLine(SpokenLine):
    """One line of a thread that may be chosen, and what is said about it afterwards."""

    right: bool = False
    feedback: Words


class Spot(Part):
    """Choosing lines in a thread: every right one, and no other."""

    kind: Literal["spot"]
    key: Slug
    ask: Words
    hint: Words | None = None
    lines: Annotated[tuple[SpotLine, ...], Field(min_length=3, max_length=12)]


class SortItem(Part):
    """One item, the box that it belongs in, and why."""

    text: Words
    goes_in: Box
    feedback: Words


class Sort(Part):
    """Putting each item into one of the boxes."""

    kind: Literal["sort"]
    key: Slug
    ask: Words
    hint: Words | None = None
    boxes: Annotated[tuple[Box, ...], Field(min_length=2, max_length=5)]
    items: Annotated[tuple[SortItem, ...], Field(min_length=3, max_length=10)]


class Order(Part):
    """Putting steps in order; they are written in the right one."""

    kind: Literal["order"]
    key: Slug
    ask: Words
    hint: Words | None = None
    steps: Annotated[tuple[Words, ...], Field(min_length=3, max_length=8)]
    feedback: Words


class Rewrite(Part):
    """Writing a reply of one's own, and comparing it with one that works. Nobody marks it."""

    kind: Literal["rewrite"]
    key: Slug
    ask: Words
    hint: Words | None = None
    text: Words  # the reply as it stands
    look_for: Annotated[tuple[Words, ...], Field(min_length=2, max_length=6)]
    example: Words
    because: Words


Exercise: TypeAlias = Spot | Sort | Order | Rewrite
