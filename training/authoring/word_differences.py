"""What differs between two people's texts of one part, field by field and word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from training.authoring.part_fields import Field, Group, Pick, Several, Tick, Ticks

WORDS = re.compile(r"\s+|[^\s]+")
MOST_WORDS = 4_000  # of one text; longer ones are shown whole, because comparing takes time with the square of it


@dataclass(frozen=True)
class Run:
    """Words in a row that both have, or that only this one has."""

    words: str
    differs: bool


@dataclass(frozen=True)
class FieldDifference:
    """One field that differs: what it is called, and its words as each has them."""

    label: str
    theirs: tuple[Run, ...]
    mine: tuple[Run, ...]


def fields_that_differ(
    fields: Sequence[Field], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> list[FieldDifference]:
    """Each field of a form in which the two differ, in the order of the form."""
    left, right = dict(_flat(fields, theirs)), dict(_flat(fields, mine))
    labels = [*right, *(label for label in left if label not in right)]
    return [
        FieldDifference(label, *runs(left.get(label, ""), right.get(label, "")))
        for label in labels
        if left.get(label, "") != right.get(label, "")
    ]


def _flat(fields: Sequence[Field], values: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, str]]:
    for field in fields:
        value = values.get(field.name)
        match field:
            case Several():
                for number, each in enumerate(value or [], 1):
                    yield from _flat(field.fields, each, f"{under}{field.one.capitalize()} {number}: ")
            case Group():
                yield from _flat(field.fields, value or {}, under)
            case Tick():
                yield f"{under}{field.label}", "Yes" if value else "No"
            case Pick() if field.values:
                yield f"{under}{field.label}", dict(field.values).get(str(value), "")
            case Ticks():
                yield f"{under}{field.label}", ", ".join(value or [])
            case _:
                if hasattr(field, "label"):
                    text = "\n".join(value) if isinstance(value, list) else "" if value is None else str(value).strip()
                    yield f"{under}{field.label}", text


def runs(theirs: str, mine: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Both texts as runs of words, those marked that only one of them has."""
    left, right = WORDS.findall(theirs), WORDS.findall(mine)
    if max(len(left), len(right)) > MOST_WORDS:
        return (Run(theirs, True),), (Run(mine, True),)
    mine_runs, their_runs = [], []
    for tag, left_from, left_to, right_from, right_to in SequenceMatcher(
        None, left, right, autojunk=False
    ).get_opcodes():
        differs = tag != "equal"
        if left_to > left_from:
            their_runs.append(Run("".join(left[left_from:left_to]), differs))
        if right_to > right_from:
            mine_runs.append(Run("".join(right[right_from:right_to]), differs))
    return tuple(their_runs), tuple(mine_runs)
