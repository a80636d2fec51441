"""Progression's first step: the pathway, read and agreed."""

from __future__ import annotations

from functools import partial

from app.first_steps import agreements
from app.first_steps.steps import FirstStep
from app.people.rights import CorePermission

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
        standing=partial(agreements.standing, "pathway"),
    ),
)
