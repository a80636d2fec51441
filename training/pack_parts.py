"""What every type of a course pack is made of: the base of its parts, and the shapes of words in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

# Lower-case words with hyphens: they are used in URLs, in evidence and in stored answers.
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Minutes = Annotated[int, Field(ge=1, le=240)]


class Part(BaseModel):
    """The base of everything in a pack: unknown fields are refused, values are immutable and never coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SpokenLine(Part):
    """Something somebody wrote in the thread."""

    who: Line
    at: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    text: Words
    # Set where the text may upset: what a reader who skips hard words sees instead.
    gentler: Words | None = None
