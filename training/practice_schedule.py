"""When a question that somebody missed comes back. Pure.

It comes back 1, 3, 7 and 21 days after the last time it was seen, and after four right answers in a row it is known. A
wrong answer begins again at one day. Growing gaps keep more than the same time in one go: Cepeda et al., "Distributed
practice in verbal recall tasks", Psychological Bulletin 132 (2006). The four gaps are our own choice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

GAPS = (1, 3, 7, 21)  # days
MOST_A_DAY = 5  # questions, about two minutes


@dataclass(frozen=True, order=True)
class Item:
    """A question of a course."""

    course: str  # its code
    unit: str
    question: str


@dataclass(frozen=True)
class Missed:
    """A question whose latest answer in a quiz was wrong, and what was practised since, oldest first."""

    item: Item
    on: date
    practised: tuple[tuple[date, bool], ...] = ()  # the day of each answer, and whether it was right

    @property
    def due_on(self) -> date | None:
        """The day on which it comes back, or None when it is known."""
        last, right_in_a_row = self.on, 0
        for day, is_right in self.practised:
            last, right_in_a_row = day, right_in_a_row + 1 if is_right else 0
        return last + timedelta(days=GAPS[right_in_a_row]) if right_in_a_row < len(GAPS) else None

    def practised_on(self, day: date) -> bool:
        """Whether it was practised on this day."""
        return any(on == day for on, _is_right in self.practised)


def todays(missed: Sequence[Missed], *, today: date, taught: Collection[Item]) -> list[Missed]:
    """Up to five questions for today, the longest due first; those practised today count, and are not among them.

    Only questions that are still `taught` come back.
    """
    left = MOST_A_DAY - sum(one.practised_on(today) for one in missed)
    due = [(one.due_on, one.item, one) for one in missed if one.due_on is not None and one.item in taught]
    return [one for day, _item, one in sorted(due, key=lambda each: each[:2]) if day <= today][: max(0, left)]
