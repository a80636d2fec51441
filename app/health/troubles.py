"""What can be wrong with a running installation, as the people who look after it read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.extension_point import ExtensionPoint


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong. `kind` is a code, the same for as long as the cause is the same."""

    kind: str
    words: str  # sentences: what is wrong, and what follows from it
    advice: str = ""  # what an administrator can do
    stops_service: bool = True  # whether the outside heartbeat falls silent because of it

    def as_data(self) -> dict[str, Any]:
        """The trouble as JSON, as a worker's heartbeat keeps it."""
        return asdict(self)


Watch = Callable[[datetime], Sequence[Trouble]]
"""Looks for trouble at the present instant. Called by each worker every few seconds, so it takes one cheap query."""

watches: ExtensionPoint[Watch] = ExtensionPoint("watches")
