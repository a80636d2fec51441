"""All first steps in their order, each with its true state, and which of them comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select

from app import db
from app.domain import domains
from app.first_steps import marks
from app.first_steps.models import MarkKind
from app.first_steps.steps import Facts, FirstStep, Standing, StepState
from app.refusals import NotFound

OPEN_STATES = (StepState.OPEN, StepState.TROUBLE)


@dataclass(frozen=True)
class ShownStep:
    """One step as the page shows it."""

    number: int
    step: FirstStep
    standing: Standing
    is_set_aside: bool
    is_next: bool

    @property
    def is_done(self) -> bool:
        return self.standing.state is StepState.DONE and not self.is_set_aside


@dataclass(frozen=True)
class Overview:
    """Every step, and how many of those that are for us are done."""

    steps: Sequence[ShownStep]

    @property
    def asked(self) -> int:
        """How many were not set aside."""
        return sum(not each.is_set_aside for each in self.steps)

    @property
    def done(self) -> int:
        return sum(each.is_done for each in self.steps)

    @property
    def next(self) -> ShownStep | None:
        """The first that somebody has to do something about."""
        return next((each for each in self.steps if each.is_next), None)

    @property
    def is_complete(self) -> bool:
        return self.done == self.asked

    @property
    def minutes_left(self) -> int:
        """About how long the rest takes a person."""
        return sum(each.step.minutes for each in self.steps if not each.is_done and not each.is_set_aside)


def all_steps() -> list[FirstStep]:
    """The steps of all domains, in the order in which they are best done."""
    return sorted((step for domain in domains for step in domain.first_steps), key=lambda step: step.order)


def overview(now: datetime, facts: Facts | None = None) -> Overview:
    """Where each step stands, by these facts or, without any, by what the database says now."""
    steps = all_steps()
    facts = facts if facts is not None else _facts_of(steps, now)
    found: list[ShownStep] = []
    has_next = False
    for number, step in enumerate(steps, start=1):
        standing, aside = step.standing(facts, now), marks.is_set_aside(step.key)
        is_next = not has_next and not aside and standing.state in OPEN_STATES
        has_next = has_next or is_next
        found.append(ShownStep(number, step, standing, aside, is_next))
    return Overview(found)


def standing_of(key: str, now: datetime) -> Standing:
    """Where one step stands, for the page that does it."""
    step = _step(key)
    return step.standing(_facts_of([step], now), now)


def _facts_of(steps: Sequence[FirstStep], now: datetime) -> Facts:
    return db.session.execute(facts_query(steps, now)).one()._asdict()


def facts_query(steps: Sequence[FirstStep], now: datetime) -> Select[*tuple[Any, ...]]:
    """One query for all that these steps ask."""
    questions = {name: question for step in steps for name, question in step.asks(now).items()}
    return select(literal(1).label("always"), *(question.label(name) for name, question in questions.items()))


def set_aside(key: str, *, by: int, now: datetime) -> FirstStep:
    """Say that a step is not for this organisation. Saying so again changes nothing."""
    step = _step(key)
    if not marks.is_set_aside(key):
        marks.mark(key, MarkKind.SET_ASIDE, by=by, now=now)
    return step


def take_up(key: str, *, by: int, now: datetime) -> FirstStep:
    """Take up a step again that was set aside."""
    step = _step(key)
    if marks.is_set_aside(key):
        marks.mark(key, MarkKind.TAKEN_UP, by=by, now=now)
    return step


def _step(key: str) -> FirstStep:
    step = next((step for step in all_steps() if step.key == key), None)
    if step is None:
        raise NotFound("There is no such step.")
    return step
