"""What a document of a policy would do from its first day on, as a domain works it out and one reader may know it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Touched:
    """One thing that the document would touch: what and when it is, why, and the page it is on."""

    what: str
    at: datetime
    why: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Effect:
    """One kind of effect: a sentence with its number, and the things it is about as far as the reader may know them.

    `left_off` says how many more there are than are named. `is_good` marks an effect that mends something.
    """

    sentence: str
    named: tuple[Touched, ...] = ()
    left_off: int = 0
    is_good: bool = False


@dataclass(frozen=True)
class Preview:
    """What a document would do: for which time it was looked at, and the effects; none where it does nothing.

    `nothing` is what the page says then, and `not_named` what a reader is told who may not know which things they are.
    """

    looked_at: str
    effects: tuple[Effect, ...]
    nothing: str = "Nothing there would keep to it less, or more, than to the rules that hold now."
    not_named: str = "Somebody who plans rotas sees here which they are."


MakePreview = Callable[[Any, date, date | None, datetime, Collection[str]], Preview | None]
"""Called with the document, its first day, the first day of the version that takes over (if one is written), the
present instant, and the permissions of the reader. None where there is nothing to look at."""
