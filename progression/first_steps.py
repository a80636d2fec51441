"""Progression's first step: the pathway, read and agreed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.first_steps import agreements
from app.first_steps.steps import Facts, FirstStep, Standing
from app.people.rights import CorePermission
from progression.pathway import Pathway
from progression.standing import pathway_now

SAFEGUARDING = "training:safeguarding"


def pathway(facts: Facts, now: datetime) -> Standing:
    """Whether the pathway was agreed to, and what it leaves out that the one that ships asks for."""
    agreed = agreements.standing("pathway", facts, now)
    left_out = without_safeguarding(pathway_now(now))
    return replace(agreed, words=". ".join([agreed.words.removesuffix("."), *left_out])) if left_out else agreed


def without_safeguarding(pathway: Pathway) -> list[str]:
    """A sentence where duties do not ask for safeguarding training; each of them meets young people."""
    without = [
        duty.words
        for duty in pathway.duties
        if all(need.evidence != SAFEGUARDING for need in pathway.needs_of_duty(duty))
    ]
    if not without:
        return []
    return [
        f"“Safeguarding essentials” is not asked for on these duties, which meet young people: {', '.join(without)}. "
        "To ask for it, write a new version; a grace period gives people on shifts time. If you train people for this "
        "in another way, leave it as it is."
    ]


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
