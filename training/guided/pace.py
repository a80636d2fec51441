"""A course a part at a time: which units make a part, and on which day each part opens. Pure.

Days are those of the organisation's calendar. A part that has opened never closes again because of a pause: a pause
moves only days to come, and by no more than it lasted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from training.pack import Lesson, Quiz, Scenario, Unit

DAYS_BETWEEN = 7  # a part a week, as DESIGN.md's guided course has it
SHORTEST_BETWEEN, LONGEST_BETWEEN = 1, 28


@dataclass(frozen=True)
class Part:
    """Some units of a course that open together."""

    number: int  # from 1
    units: tuple[Unit, ...]

    @property
    def title(self) -> str:
        """The title of its first unit."""
        return self.units[0].title

    @property
    def minutes(self) -> int:
        """About how many minutes it takes."""
        return sum(unit.minutes for unit in self.units)

    def is_done(self, done: frozenset[str]) -> bool:
        """Whether each of its units is among the units done."""
        return all(unit.slug in done for unit in self.units)


def parts_of(units: Sequence[Unit]) -> tuple[Part, ...]:
    """The parts of a course: each lesson begins one, and the quizzes and stories after the last lesson make the last.

    What stands between two lessons belongs to the one before it; what stands before the first lesson, to that one.
    """
    lessons = [place for place, unit in enumerate(units) if isinstance(unit, Lesson)]
    begins = lessons[1:]
    after_lessons = lessons[-1] + 1 if lessons else 0
    shows = [place for place in range(after_lessons, len(units)) if isinstance(units[place], Quiz | Scenario)]
    if lessons and shows:
        begins = [*begins, shows[0]]
    edges = [0, *begins, len(units)]
    return tuple(Part(number, tuple(units[first:last])) for number, (first, last) in enumerate(pairwise(edges), 1))


@dataclass(frozen=True)
class Pause:
    """A pause since a day, until the day on which it goes on; None: until the person says."""

    since: date
    until: date | None


@dataclass(frozen=True)
class Pace:
    """The days on which the parts of a course open for one person, or for a group."""

    first_day: date
    days_between: int
    days_later: int = 0  # by how many days earlier pauses, and parts held back, have moved the rest
    pause: Pause | None = None
    opened_through: int = 0  # of a group: the parts up to this one were opened early
    held_from: int | None = None  # of a group: this part and those after it are held back

    def opens_on(self, number: int) -> date | None:
        """The day on which a part opens by the calendar; None while a pause, or who leads, leaves it open."""
        if self.held_from is not None and number >= self.held_from:
            return None
        day = self.first_day + timedelta(days=self.days_later + (number - 1) * self.days_between)
        if self.pause is None or day <= self.pause.since:
            return day
        return None if self.pause.until is None else day + (self.pause.until - self.pause.since)

    def is_open(self, number: int, today: date) -> bool:
        """Whether a part is open: its day has come, or it was opened early."""
        day = self.opens_on(number)
        return number <= self.opened_through or (day is not None and day <= today)

    def is_paused(self, today: date) -> bool:
        """Whether the pace pauses on a day."""
        return self.pause is not None and (self.pause.until is None or today < self.pause.until)

    def is_held(self, number: int) -> bool:
        """Whether this part is held back from the group."""
        return self.held_from is not None and number >= self.held_from
