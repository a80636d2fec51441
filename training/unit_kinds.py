"""The kinds of unit that a course can hold, each as one record of all that the format of courses needs to know of it.

A new kind is its type in a `pack_…` module and in `pack.Unit`, one entry here, its pages in `views/unit_pages.py`, and
how the demonstration does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.policies.yaml_lines import Place
from training import learning_time, pack_checks, pack_live, pack_personal, pack_practical
from training.pack import Lesson, Pack, Quiz, Scenario, Unit
from training.pack_live import Workshop
from training.pack_personal import Agreement, Reflection
from training.pack_practical import Practical


@dataclass(frozen=True, slots=True)
class UnitKind:
    """One kind of unit: its type, its name on pages, how a unit is checked, and how long one takes."""

    model: type[Unit]
    label: str
    check: Callable[[Any], Iterator[tuple[Place, str]]]
    estimate: Callable[[Any], float]  # minutes


KINDS: Mapping[str, UnitKind] = {
    "lesson": UnitKind(Lesson, "Lesson", pack_checks.check_lesson, learning_time.of_lesson),
    "quiz": UnitKind(Quiz, "Questions", pack_checks.check_quiz, learning_time.of_quiz),
    "scenario": UnitKind(Scenario, "Practice", pack_checks.check_scenario, learning_time.of_scenario),
    "reflection": UnitKind(
        Reflection, "Something to think about", pack_personal.check_reflection, learning_time.of_reflection
    ),
    "agreement": UnitKind(
        Agreement, "Something to agree to", pack_personal.check_agreement, learning_time.of_agreement
    ),
    "practical": UnitKind(Practical, "Practical", pack_practical.check_practical, learning_time.of_practical),
    "workshop": UnitKind(Workshop, "Live session", pack_live.check_workshop, pack_live.minutes_of_workshop),
}
"""By the `kind` that a unit's file names; a lesson's is its ending, .md."""


def check_unit(unit: Unit) -> Iterator[tuple[Place, str]]:
    """Every fault within one unit."""
    return KINDS[unit.kind].check(unit)


def minutes_of(unit: Unit) -> int:
    """About how many minutes a unit takes, at least 1."""
    return max(1, round(KINDS[unit.kind].estimate(unit)))


def minutes_of_course(pack: Pack) -> int:
    """About how many minutes the whole course takes."""
    return sum(minutes_of(unit) for unit in pack.units)
