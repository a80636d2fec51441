"""When one person may do each duty around the time of a rota, worked out where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from progression.duties import Duty
from progression.intervals import Interval
from progression.standing import Standing


class ClearancesBetween(Mapping[Duty, tuple[Interval, ...]]):
    """When a person may do each duty between these instants; a duty that they may not do then is not in it.

    Worked out for a duty when a rule asks for it.
    """

    def __init__(self, standing: Standing, since: datetime, until: datetime) -> None:
        self._standing = standing
        self._since, self._until = since, until
        self._known: dict[Duty, tuple[Interval, ...]] = {}

    def __getitem__(self, duty: Duty) -> tuple[Interval, ...]:
        found = self._times(duty)
        if not found:
            raise KeyError(duty)
        return found

    def get(self, duty: Duty, default: Any = None) -> Any:
        """The same, or the default; in one step, because rules ask of hundreds of people."""
        return self._times(duty) or default

    def _times(self, duty: Duty) -> tuple[Interval, ...]:
        known = self._known.get(duty)
        if known is None:
            since, until = self._since, self._until
            known = self._known[duty] = tuple(
                [
                    Interval(max(span.start, since), min(span.end, until))
                    for span in self._standing.clearances[duty]
                    if span.start < until and since < span.end
                ]
            )
        return known

    def __iter__(self) -> Iterator[Duty]:
        return (duty for duty in Duty if duty in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
