"""What learners will see of a draft. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from app.organisation import in_force, slots
from app.organisation.slots import SlotWords
from training import lessons
from training.authoring.models import DraftPart, PartKind
from training.authoring.outline import Outline
from training.authoring.pack_text import values_in
from training.drawings import DRAWINGS
from training.lessons import Block

TEMPLATES = {
    PartKind.LESSON: "training/authoring/preview_text.html",
    PartKind.TO_KEEP: "training/authoring/preview_text.html",
    PartKind.QUESTION: "training/authoring/preview_question.html",
    PartKind.STEP: "training/authoring/preview_scene.html",
}


@dataclass(frozen=True)
class Preview:
    """A part as a learner sees it, for its template."""

    template: str
    values: Mapping[str, Any]
    parts: tuple[Markup | Block, ...]  # of a lesson or the page to keep
    exercises: Mapping[str, Mapping[str, Any]]
    slots: Mapping[str, SlotWords]


def preview_of(outline: Outline, part: DraftPart) -> Preview | None:
    """A part as a learner sees it; None for parts that learners do not see by themselves."""
    template, values = TEMPLATES.get(part.kind), values_in(part.kind, part.text)
    if template is None:
        return None
    has_text = part.kind in (PartKind.LESSON, PartKind.TO_KEEP)
    parts = tuple(each for each in lessons.parts(values["body"]) if _can_be_shown(each)) if has_text else ()
    return Preview(template, values, parts, _exercises(outline, part), slots_of(parts))


def _can_be_shown(part: Markup | Block) -> bool:
    """Whether a piece of a text is there: a drawing may be named that does not exist."""
    return isinstance(part, Markup) or part.kind != "drawing" or part.name in DRAWINGS


def _exercises(outline: Outline, lesson: DraftPart) -> dict[str, Mapping[str, Any]]:
    """The exercises of a lesson by their keys."""
    found = [values_in(part.kind, part.text) for part in outline.parts if part.parent_id == lesson.id]
    return {str(values.get("key")): values for values in found}


def slots_of(parts: Iterable[Markup | Block]) -> dict[str, SlotWords]:
    """What is shown for each slot that these parts name; those that do not exist are left out."""
    details = in_force.details()
    named = {name for part in parts if isinstance(part, Block) and part.kind == "here" for name in part.names}
    return {name: slots.shown(name, details) for name in named if name in slots.SLOTS}
