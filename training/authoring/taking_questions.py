"""Taking the questions of a file into a quiz of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.people.models import Person
from app.refusals import Invalid
from training.authoring import drafts
from training.authoring.models import DraftPart, PartKind
from training.pack import Question
from training.question_files.found import Taken


def take(draft_id: int, quiz: DraftPart, taken: Sequence[Taken], lesson: str, *, by: Person, now: datetime) -> int:
    """Add these questions to the end of a quiz, all about one lesson; return how many. Each gets a name of its own.

    Refuses where there are none, and as `drafts.add_questions` does.
    """
    if not taken:
        raise Invalid("There is no question in this file that can be taken.")
    beside = [part for part in drafts.parts_of(draft_id) if part.parent_id == quiz.id]
    named = questions_for(taken, lesson, keys=drafts.slugs_in(beside))
    (slug,) = drafts.slugs_in([quiz]) or ("",)
    return len(drafts.add_questions(draft_id, slug, named, by=by, now=now))


def questions_for(taken: Sequence[Taken], lesson: str, *, keys: Sequence[str]) -> list[Question]:
    """The questions about this lesson, each with a key made of its name that none of `keys` and no other has."""
    used, found = list(keys), []
    for each in taken:
        key = drafts.slug_of(each.name, taken=used)
        used.append(key)
        found.append(each.question.model_copy(update={"key": key, "about": lesson}))
    return found


def quiz_numbered(draft_id: int, part_id: int) -> DraftPart:
    """The quiz of a draft; refuses another part."""
    part = drafts.part_numbered(draft_id, part_id)
    if part.kind is not PartKind.QUIZ:
        raise Invalid("Questions go into a quiz. Open one from the outline of the draft.")
    return part
