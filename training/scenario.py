"""Walking a scenario. Pure: where a reader stands is worked out from the choices made, never stored.

A reader may go back one step and choose again as often as they like; every choice stays on record, and the
last one counts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.refusals import Conflict, Invalid
from training.pack import Choice, Ending, Scenario, Step


@dataclass(frozen=True)
class Taken:
    """One choice that was made at one step, by their keys."""

    step: str
    choice: str


@dataclass(frozen=True)
class Walk:
    """Where a reader stands: the choices that count so far, and what comes next."""

    path: tuple[tuple[Step, Choice], ...]
    at: Step | Ending

    @property
    def last(self) -> tuple[Step, Choice] | None:
        """The step just left and the choice made there."""
        return self.path[-1] if self.path else None

    @property
    def ending(self) -> Ending | None:
        """The ending that was reached, if one was."""
        return self.at if isinstance(self.at, Ending) else None


class NotWhereYouAre(Conflict):
    """A choice was sent for a step at which the reader no longer stands."""


def walk(scenario: Scenario, taken: Sequence[Taken]) -> Walk:
    """Fold the choices made, in order, into where the reader stands; refuses one that was not open then."""
    now = Walk((), scenario.steps[0])
    for one in taken:
        now = choose(scenario, now, one)
    return now


def choose(scenario: Scenario, now: Walk, one: Taken) -> Walk:
    """Where the reader stands after this choice: at the present step, or anew at the one just left."""
    if isinstance(now.at, Step) and one.step == now.at.key:
        path, step = now.path, now.at
    elif now.last and one.step == now.last[0].key:
        path, step = now.path[:-1], now.last[0]
    else:
        raise NotWhereYouAre("The story has moved on since this page was opened. Here is where you are now.")
    try:
        choice = step.choice(one.choice)
    except KeyError:
        raise Invalid("Choose one of the answers before you go on.", field="choice") from None
    return Walk((*path, (step, choice)), _place(scenario, choice.to))


def laid_out(step: Step, *, seed: int) -> tuple[Choice, ...]:
    """The choices of a step in an order of the walk's own, the same each time the page is opened.

    Authors write the reply they hold to be best first; where it always stands, nobody has to think.
    """
    chance = random.Random(f"{seed}:{step.key}")  # noqa: S311  an order of answers; nothing is kept secret by it
    return tuple(chance.sample(step.choices, len(step.choices)))


def strongest(step: Step) -> Choice:
    """The choice that the author holds to be best here: the first that lands well."""
    return next(choice for choice in step.choices if choice.lands == "well")


def _place(scenario: Scenario, key: str) -> Step | Ending:
    place = scenario.step(key) or scenario.ending(key)
    if place is None:
        raise ValueError(f"“{key}” is neither a step nor an ending; the pack was not checked")
    return place
