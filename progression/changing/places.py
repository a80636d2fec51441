"""The places of a pathway at which something is asked for: its steps, the duties and the branches. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.refusals import NotFound
from progression.duties import Duty
from progression.pathway import Pathway, Requirement
from progression.stages import Stage


class PlaceKind(StrEnum):
    """What asks for something."""

    STEP = "step"
    DUTY = "duty"
    BRANCH = "branch"


@dataclass(frozen=True, slots=True)
class Place:
    """One step, duty or branch; `code` is how addresses name it."""

    kind: PlaceKind
    key: str
    title: str

    @property
    def code(self) -> str:
        return f"{self.kind.value}-{self.key}"


def places_of(pathway: Pathway) -> list[Place]:
    """Every place, in the order of pages: steps, duties, branches."""
    return [
        *(Place(PlaceKind.STEP, stage.value, f"To be {stage.words}") for stage in Stage if stage is not Stage.USER),
        *(Place(PlaceKind.DUTY, duty.value, f"On shifts as {duty.words}") for duty in Duty),
        *(Place(PlaceKind.BRANCH, code, branch.title) for code, branch in pathway.branches.items()),
    ]


def place_called(pathway: Pathway, code: str) -> Place:
    """The place that an address names; refuses one that the pathway does not have."""
    found = next((each for each in places_of(pathway) if each.code == code), None)
    if found is None:
        raise NotFound("The pathway has no such step, duty or branch. It may have been taken out.")
    return found


def codes_at(pathway: Pathway, place: Place) -> tuple[str, ...]:
    """The codes of what a place asks for, in its order."""
    match place.kind:
        case PlaceKind.STEP:
            return pathway.steps[Stage(place.key)]
        case PlaceKind.DUTY:
            return pathway.duties[Duty(place.key)].needs
        case PlaceKind.BRANCH:
            return pathway.branches[place.key].needs


def needs_at(pathway: Pathway, place: Place) -> list[tuple[str, Requirement]]:
    """What a place asks for, each with its code."""
    return [(code, pathway.requirements[code]) for code in codes_at(pathway, place)]


def who_asks(pathway: Pathway, code: str) -> list[Place]:
    """The places that ask for a requirement."""
    return [place for place in places_of(pathway) if code in codes_at(pathway, place)]


def begins_at(pathway: Pathway, place: Place) -> Stage | None:
    """The stage from which a duty or branch is open; None of a step."""
    if place.kind is PlaceKind.STEP:
        return None
    found: Sequence[Stage] = (
        [pathway.duties[Duty(place.key)].from_stage]
        if place.kind is PlaceKind.DUTY
        else [pathway.branches[place.key].from_stage]
    )
    return found[0]


def signers_at(pathway: Pathway, place: Place) -> int | None:
    """How many different people sign for a step or branch; None of a duty."""
    match place.kind:
        case PlaceKind.STEP:
            return pathway.signers_of_step(Stage(place.key))
        case PlaceKind.BRANCH:
            return pathway.branches[place.key].signers
        case PlaceKind.DUTY:
            return None
