"""Progression's first step: the pathway, read and agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.first_steps import agreements
from app.first_steps.steps import Facts, FirstStep, Standing
from app.people.rights import CorePermission
from progression.left_out import without_safeguarding
from progression.standing import pathway_now


def pathway(facts: Facts, now: datetime) -> Standing:
    """Whether the pathway was agreed to, and what it leaves out that the one that ships asks for."""
    agreed = agreements.standing("pathway", facts, now)
    left_out = without_safeguarding(pathway_now(now))
    return replace(agreed, words=". ".join([agreed.words.removesuffix("."), *left_out])) if left_out else agreed


FIRST_STEPS = (
    FirstStep(
        key="pathway",
        title="How people come up here",
        about="What each stage and each duty asks for: courses, checks, observations, and who signs off.",
        minutes=6,
        order=70,
        button="Read the pathway and agree",
        path="/admin/policies/pathway",
        permission=CorePermission.ADMINISTER,
        standing=pathway,
    ),
)
