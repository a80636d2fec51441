"""What a refresher is about for one person: what changed, what they once missed, what everybody is asked each time."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from training.pack import Pack, Quiz, Unit
from training.practice_schedule import Item


class Why(StrEnum):
    """Why a refresher asks somebody for a unit, as they read it beside the unit."""

    CHANGED = "changed since you passed"
    MISSED = "you missed questions on this"
    EACH_TIME = "asked of everybody each time"


def why_asked(unit: Unit, *, changed: Collection[str], missed: Collection[str]) -> Why:
    """Why this unit is asked for, by the slugs of units that changed and of those in which questions were missed.

    Of several reasons the first: what changed is new to people, and they know best what they once missed.
    """
    if unit.slug in changed:
        return Why.CHANGED
    return Why.MISSED if unit.slug in missed else Why.EACH_TIME


def questions_missed(items: Iterable[Item], code: str, slug: str) -> frozenset[str]:
    """The keys of the questions of one quiz among these items."""
    return frozenset(item.question for item in items if item.course == code and item.unit == slug)


def units_missed(pack: Pack, items: Iterable[Item]) -> frozenset[str]:
    """The slugs of the quizzes that ask these items, and of the lessons that they are about."""
    slugs = set()
    missed = {(item.unit, item.question) for item in items if item.course == pack.code}
    for unit in pack.units if missed else ():
        if isinstance(unit, Quiz):
            about = {each.about for each in unit.questions if (unit.slug, each.key) in missed}
            slugs |= about | {unit.slug} if about else set()
    return frozenset(slugs)
