"""Which courses somebody needs by the pathway, and what for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from progression.duties import Duty
from progression.pathway import Pathway, Requirement
from progression.stages import Stage
from progression.standing import pathway_now, stages_of
from training.models import EVIDENCE_KIND


def needed_by(person_id: int, *, now: datetime) -> dict[str, list[str]]:
    """The codes of the courses that a person needs, each with what for, as parts of a sentence after “Needed for”.

    These are the courses of their next step up, and of the duties that their stage may do.
    """
    return needed_at(stages_of([person_id], now)[person_id], pathway_now(now))


def needed_at(stage: Stage, pathway: Pathway) -> dict[str, list[str]]:
    """The same for anybody of this stage. Pure."""
    needed: dict[str, list[str]] = {}
    for need, why in _needs(stage, pathway):
        if need.kind == EVIDENCE_KIND:
            needed.setdefault(need.key, []).append(why)
    return needed


def _needs(stage: Stage, pathway: Pathway) -> Iterator[tuple[Requirement, str]]:
    if stage.following is not None:
        for need in pathway.needs_of_step(stage.following):
            yield need, f"your step to {stage.following.value}"
    for duty in Duty:
        if stage >= pathway.duties[duty].from_stage:
            for need in pathway.needs_of_duty(duty):
                yield need, f"shifts as {duty.words}"
