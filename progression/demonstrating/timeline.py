"""The order in which the demonstration happens, and who decides in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count

from app import clock, db, settings
from app.domain import Demonstration
from app.people.models import Person

# The people who decide. Nobody decides about themselves, so the assessors have a third person.
ASSESSORS = ("staff@demo.test", "marlow@demo.test")
ASSESSOR_OF_ASSESSORS = "admin@demo.test"


@dataclass
class Timeline:
    """Events, collected and then carried out in order of time, so that ledger and audit trail run forward."""

    demo: Demonstration
    _events: list[tuple[datetime, int, Callable[[datetime], object]]] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=count)

    def add(self, at: datetime, event: Callable[[datetime], object]) -> None:
        """Add an event; one in the future is left out."""
        if at <= self.demo.now:
            self._events.append((at, next(self._numbers), event))

    def carry_out(self) -> None:
        """Carry out all events in order, in one transaction."""
        with db.writing():
            for at, _number, event in sorted(self._events, key=lambda each: each[:2]):
                event(at)

    def assessor_of(self, email: str, turn: int) -> Person:
        """The person who decides about this one: one of the two assessors, or for them the third person."""
        if email in ASSESSORS:
            return self.demo.people[ASSESSOR_OF_ASSESSORS]
        return self.demo.people[ASSESSORS[turn % len(ASSESSORS)]]


def hour(day: date, hour: int) -> datetime:
    """An hour of a day, so many hours after its midnight in the organisation's zone."""
    return clock.starts(day, settings.current().zone) + timedelta(hours=hour)
