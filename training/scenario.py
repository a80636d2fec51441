"""Going through a scenario. Pure: the reader's path is computed from the choices made, and stored nowhere.

A reader may go back one step and choose again as often as they like. Every choice stays on record, and the last one
counts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from app.refusals import Invalid, PageOutOfDate
from training.pack import Choice, Ending, Scenario, Step

MOVED_ON = "The story has moved on since that page was opened. Here is where you are now."


@dataclass(frozen=True)
class ChoiceMade:
    """One choice that was made at one step, by their keys."""

    step: str
    choice: str


@dataclass(frozen=True)
class ScenarioPath:
    """A reader's path through a scenario: the choices that count so far, and the step or ending they lead to."""

    choices: tuple[tuple[Step, Choice], ...]
    at: Step | Ending

    @property
    def last(self) -> tuple[Step, Choice] | None:
        """The latest step left, and the choice made there."""
        return self.choices[-1] if self.choices else None

    @property
    def ending(self) -> Ending | None:
        """The ending that was reached, if one was."""
        return self.at if isinstance(self.at, Ending) else None


def path_of(scenario: Scenario, choices_made: Sequence[ChoiceMade]) -> ScenarioPath:
    """The path that the choices made, in order, lead along; refuses a choice that was not open at its time."""
    path = ScenarioPath((), scenario.steps[0])
    for made in choices_made:
        path = choose(scenario, path, made)
    return path


def choose(scenario: Scenario, path: ScenarioPath, made: ChoiceMade) -> ScenarioPath:
    """The path after one more choice: at the present step, or again at the one just left."""
    if isinstance(path.at, Step) and made.step == path.at.key:
        kept, step = path.choices, path.at
    elif path.last and made.step == path.last[0].key:
        kept, step = path.choices[:-1], path.last[0]
    else:
        raise PageOutOfDate(MOVED_ON)
    try:
        choice = step.choice(made.choice)
    except KeyError:
        raise Invalid("Choose one of the answers before you go on.", field="choice") from None
    return ScenarioPath((*kept, (step, choice)), _step_or_ending(scenario, choice.to))


GRADES = ("safe", "risky", "unsafe")
"""How safe young people are in an ending, the best first."""


def passes_gate(scenario: Scenario, ending: Ending) -> bool:
    """Whether an ending completes, and is as safe as the story's gate asks."""
    return ending.completes and (scenario.gate is None or GRADES.index(ending.graded) <= GRADES.index(scenario.gate))


def completes(scenario: Scenario, path: ScenarioPath) -> bool:
    """Whether this path completes the unit: its ending is enough, and so many replies landed well as the gate asks."""
    if path.ending is None or not passes_gate(scenario, path.ending):
        return False
    return scenario.gate_well is None or well(path) >= scenario.gate_well


def well(path: ScenarioPath) -> int:
    """How many of the replies that count landed well."""
    return sum(choice.lands == "well" for _step, choice in path.choices)


def best_path(scenario: Scenario) -> ScenarioPath:
    """The path of the strongest replies, up to an ending, or to a step that it passed before."""
    path, passed = ScenarioPath((), scenario.steps[0]), set[str]()
    while isinstance(path.at, Step) and path.at.key not in passed:
        passed.add(path.at.key)
        path = choose(scenario, path, ChoiceMade(path.at.key, strongest(path.at).key))
    return path


def landed(scenario: Scenario, step_key: str, choice_key: str) -> str | None:
    """How a choice lands, or None where the story has no such choice."""
    step = scenario.step(step_key)
    return next((one.lands for one in step.choices if one.key == choice_key), None) if step else None


def shuffled_choices(step: Step, *, seed: int) -> tuple[Choice, ...]:
    """The choices of a step in an order that depends on the seed, the same each time the page is opened.

    Authors tend to write the best reply first; in a fixed order it could be picked without thinking.
    """
    chance = random.Random(f"{seed}:{step.key}")  # noqa: S311  an order of answers; nothing is kept secret by it
    return tuple(chance.sample(step.choices, len(step.choices)))


def strongest(step: Step) -> Choice:
    """The choice that the author considers best here: the first that lands well."""
    return next(choice for choice in step.choices if choice.lands == "well")


def _step_or_ending(scenario: Scenario, key: str) -> Step | Ending:
    target = scenario.step(key) or scenario.ending(key)
    if target is None:
        raise ValueError(f"“{key}” is neither a step nor an ending; the pack was not checked")
    return target
