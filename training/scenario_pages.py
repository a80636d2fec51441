"""Which page of a scenario a reader sees next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from training import scenario
from training.attempts import ScenarioAttempt
from training.pack import Choice, Ending, Step


@dataclass(frozen=True)
class BeginPage:
    """Before the first attempt."""

    template: ClassVar[str] = "training/scenario_begin.html"


@dataclass(frozen=True)
class StepPage:
    """A step to choose at: the present one, or again the one just left."""

    template: ClassVar[str] = "training/step.html"
    step: Step
    choices: tuple[Choice, ...]
    is_again: bool


@dataclass(frozen=True)
class ConsequencePage:
    """What came of a choice that did not land well."""

    template: ClassVar[str] = "training/consequence.html"
    step: Step
    choice: Choice
    strongest: Choice


@dataclass(frozen=True)
class EndingPage:
    """The ending that was reached."""

    template: ClassVar[str] = "training/ending.html"
    ending: Ending


ScenarioPage: TypeAlias = BeginPage | StepPage | ConsequencePage | EndingPage


def page_of(attempt: ScenarioAttempt | None, *, goes_back: bool, goes_on: bool) -> ScenarioPage:
    """The next page. `goes_back` opens the step just left again; `goes_on` skips the consequence of the last choice."""
    if attempt is None:
        return BeginPage()
    path, last = attempt.path, attempt.path.last
    if last is not None and goes_back:
        return _step_page(attempt, last[0], is_again=True)
    if last is not None and last[1].lands == "think" and not goes_on:
        step, choice = last
        return ConsequencePage(step, choice, scenario.strongest(step))
    if isinstance(path.at, Step):
        return _step_page(attempt, path.at, is_again=False)
    return EndingPage(path.at)


def _step_page(attempt: ScenarioAttempt, step: Step, *, is_again: bool) -> StepPage:
    return StepPage(step, scenario.shuffled_choices(step, seed=attempt.row.id), is_again)
