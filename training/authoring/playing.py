"""A question or a story of a draft as learners will meet it, read by itself, so that other parts may have faults. Pure.

Nothing is kept: how far somebody came in a story is in the address alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from training.authoring.models import PartKind
from training.authoring.pack_text import Written, values_in
from training.pack import Choice, Ending, Question, Scenario, Step

_question: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="kind")])


@dataclass(frozen=True)
class Played:
    """Where somebody is in a story: what came of the last answer, and where it led; None where it led nowhere."""

    last: tuple[Step, Choice] | None
    at: Step | Ending | None


def question_in(part: Written) -> Question | None:
    """The question of a part, or None while its form is not filled in."""
    try:
        return _question.validate_json(json.dumps(values_in(part.kind, part.text)))
    except ValidationError:
        return None


def story_in(part: Written, parts: Sequence[Written]) -> Scenario | None:
    """The story of a part, or None while something that a story needs is not filled in."""

    def within(kind: PartKind) -> list[Any]:
        return [values_in(each.kind, each.text) for each in parts if each.parent_id == part.id and each.kind == kind]

    values = {**values_in(part.kind, part.text), "steps": within(PartKind.STEP), "endings": within(PartKind.ENDING)}
    try:
        return Scenario.model_validate_json(json.dumps(values))
    except ValidationError:
        return None


def play(story: Scenario, way: str) -> Played:
    """Follow a way through a story: the number of each answer, in figures. What fits no answer ends the way."""
    last, at = None, story.steps[0] if story.steps else None
    here: Step | Ending | None = at
    for figure in way:
        if not isinstance(here, Step) or not figure.isdecimal() or int(figure) >= len(here.choices):
            break
        choice = here.choices[int(figure)]
        last = (here, choice)
        here = story.step(choice.to) or story.ending(choice.to)
    return Played(last, here)
