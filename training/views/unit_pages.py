"""Which page shows a unit: one entry for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask.typing import ResponseReturnValue

from training.learning import CourseProgress
from training.views.lesson import lesson_page
from training.views.live import workshop_page
from training.views.personal import agreement_page, reflection_page
from training.views.practicals import practical_page
from training.views.practice import quiz_page, scenario_page

PAGES: Mapping[str, Callable[[CourseProgress, Any], ResponseReturnValue]] = {
    "lesson": lesson_page,
    "quiz": quiz_page,
    "scenario": scenario_page,
    "reflection": reflection_page,
    "agreement": agreement_page,
    "practical": practical_page,
    "workshop": workshop_page,
}
"""By the kind of unit."""
