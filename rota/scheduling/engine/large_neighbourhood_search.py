"""Better answers by small steps: a few people or days are let go, all else is held, and that part is solved
again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rota.scheduling.engine.program import Effort, Program, Terms, optimise

STEP_SECONDS = 1.0
"""A part that takes longer than this was too large: the next of its kind is smaller."""


PART_SEATS = 400
"""Seats in a part to begin with: about what is closed in under a second."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seat's variable belongs, so that parts can be cut out by people and by days."""

    variable: int
    person_id: int
    day: date


class Neighbourhood:
    """One way of cutting a part out, and how large the next part will be."""

    def __init__(self, size: int, largest: int) -> None:
        self.size, self.largest = size, largest

    def adapt(self, seconds: float, closed: bool) -> None:
        """Grow while parts close at once, shrink when they do not."""
        if closed and seconds < STEP_SECONDS / 4:
            self.size = min(self.largest, self.size + max(1, self.size // 8))
        elif not closed:
            self.size = max(1, self.size - max(1, self.size // 4))


class Surroundings:
    """The seats of a program by person and by day, and the variables that must move along with them."""

    def __init__(self, program: Program, places: Iterable[Place]) -> None:
        self._program = program
        self._places = list(places)
        self._seats = {place.variable for place in self._places}
        self.people = sorted({place.person_id for place in self._places})
        self.days = sorted({place.day for place in self._places})

    def part(self, people: set[int] | None, days: set[date] | None) -> set[int]:
        """The seats of these people on these days (None: all), and what hangs on them."""
        free = {
            place.variable
            for place in self._places
            if (people is None or place.person_id in people) and (days is None or place.day in days)
        }
        edge = free
        # Shortfalls and totals follow the seats; sums of those follow them in turn.
        while edge:
            beside = {v for row in self._program.touching(edge) if not row.is_ceiling for _, v in row.terms}
            edge = beside - free - self._seats
            free = free | edge
        return free


def _begin(seats: int, slices: int) -> int:
    """How many slices of equally many to begin with."""
    return max(1, min(slices, PART_SEATS * slices // max(1, seats)))


def improve(
    program: Program,
    places: Sequence[Place],
    objective: Terms,
    values: list[int],
    *,
    floor: int,
    seconds: float,
    seed: int | None,
    on_better: Callable[[Sequence[int]], None],
    is_fit: Callable[[Sequence[int]], bool] | None = None,
    should_stop: Callable[[], bool] | None = None,
    chance: random.Random | None = None,
) -> list[int]:
    """An answer at least as good as `values`, when the floor, the time or `should_stop` ends the search.

    `is_fit` may refuse an answer for what the program does not say.
    With a seed the number of steps is set beforehand, so that it repeats itself unless the time runs out. `chance`
    goes on with a draw that was begun elsewhere.
    """
    chance = chance or random.Random(seed or 0)  # noqa: S311 - the draw picks a part to solve, it guards nothing
    surroundings = Surroundings(program, places)
    if not surroundings.days:
        return values
    days, people = len(surroundings.days), len(surroundings.people)
    kinds: Mapping[str, Neighbourhood] = {
        "days": Neighbourhood(_begin(len(places), days), days),
        "people": Neighbourhood(_begin(len(places), people), people),
        "block": Neighbourhood(_begin(len(places) // 2, people), people),
    }
    ends = time.monotonic() + seconds
    cost = program.value(objective, values)
    steps_left = round(seconds * 4) if seed is not None else None
    while cost > floor and (left := ends - time.monotonic()) > 0.05:
        if (should_stop is not None and should_stop()) or steps_left == 0:
            break
        steps_left = None if steps_left is None else steps_left - 1
        name = chance.choice(sorted(kinds))
        kind = kinds[name]
        if name == "days":
            first = chance.choice(surroundings.days)
            free = surroundings.part(None, {first + timedelta(days=n) for n in range(kind.size)})
        else:
            several = set(chance.sample(surroundings.people, min(kind.size, people)))
            half = set(surroundings.days[chance.randrange(max(1, days // 2)) :][: max(1, days // 2)])
            free = surroundings.part(several, half if name == "block" else None)
        started = time.monotonic()
        answer = optimise(
            program,
            objective,
            Effort(
                min(left, STEP_SECONDS),
                chance.randrange(1 << 20),
                workers=1,
                in_steps=seed is not None,
                by_relaxation=True,
            ),
            hint=values,
            free=free,
            should_stop=should_stop,
        )
        found, reached = answer.values, answer.objective
        if found is not None and reached is not None and reached <= cost and (is_fit is None or is_fit(found)):
            values = found
            if reached < cost:
                cost = reached
                on_better(values)
        spent = STEP_SECONDS / 8 if seed is not None else time.monotonic() - started
        kind.adapt(spent, answer.is_proved)
    return values
