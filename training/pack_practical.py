"""The practical of a course: something to do that a person marks against a rubric."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.policies.yaml_lines import Place
from progression.duties import Duty
from training.pack_parts import Line, Minutes, Part, Slug, Words

MOST_CHARACTERS = 20_000  # of a written task: some 3,000 words


class Practical(Part):
    """A written task, or a mock conversation with a marker. The rubric of its duty says what it is marked by."""

    kind: Literal["practical"]
    slug: Slug
    title: Line
    minutes: Minutes
    content_note: Words | None = None
    lead: Words
    task: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]  # Markdown
    duty: Duty
    way: Literal["written", "conversation"]
    at_most: Annotated[int, Field(ge=200, le=MOST_CHARACTERS)] = 6000  # characters of a written task

    @property
    def is_written(self) -> bool:
        """Whether it is written in the browser, and not a conversation."""
        return self.way == "written"


def check_practical(unit: Practical) -> Iterator[tuple[Place, str]]:
    """Every fault of a practical that its type cannot express."""
    if not unit.duty.counts_as_cover:
        yield ("duty",), "nobody is marked for shadowing, which is there to learn; name the duty it prepares for."
