"""What the form of a requirement offers to choose from: the courses, texts, duties and branches that are here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain import domains
from progression.changing.kinds import ON_SHIFTS, WHAT, Asks
from progression.fact_kinds import FactKind
from progression.labels import evidence_title
from progression.pathway import Pathway, Requirement
from progression.stages import Stage

Choices = dict[str, Sequence[tuple[str, str]]]
ON_SHIFTS_IN_WORDS = {"shift": "Working on a shift", "lead": "Leading a shift"}
COURSE = "training"


def choices_for(asks: Asks | None, pathway: Pathway, need: Requirement | None, now: datetime) -> Choices:
    """The choices of the fields of a kind, by their names. What a requirement has already is always among them."""
    if asks is None:
        return {}
    found: Choices = {}
    if WHAT in asks.about.fields:
        found[WHAT] = _what(asks, pathway, now)
        if need is not None and need.key not in {key for key, _ in found[WHAT]}:
            found[WHAT] = [*found[WHAT], (need.key, need.title)]
    if "begins_with" in asks.about.fields:
        found["begins_with"] = _begins_with(pathway, need, now)
    return found


def kinds_offered(pathway: Pathway, now: datetime) -> list[Asks]:
    """The kinds that can be asked for: of those that name something, where there is something to name."""
    return [each for each in Asks if WHAT not in each.about.fields or _what(each, pathway, now)]


def name_of(asks: Asks, values: Mapping[str, Any], pathway: Pathway, now: datetime) -> str:
    """What a filled form asks for, for a title that was left empty; empty where nothing in it has a name."""
    if asks is Asks.AGE:
        return f"{values['age']} or older"
    if asks is Asks.AT_STAGE:
        return f"Some time as {values[WHAT]}"
    named = WHAT in asks.about.fields and asks is not Asks.OBSERVED
    return next((words for key, words in _what(asks, pathway, now) if named and key == values[WHAT]), asks.about.title)


def _what(asks: Asks, pathway: Pathway, now: datetime) -> Sequence[tuple[str, str]]:
    match asks:
        case Asks.OBSERVED:
            return [(key, ON_SHIFTS_IN_WORDS[key]) for key in ON_SHIFTS]
        case Asks.AT_STAGE:
            return [(stage.value, stage.value.capitalize()) for stage in Stage if stage is not Stage.USER]
        case Asks.BRANCH:
            return [(code, branch.title) for code, branch in pathway.branches.items()]
        case _:
            return _offered(asks.about.evidence, now)


def _offered(kind: str, now: datetime) -> Sequence[tuple[str, str]]:
    offers = (each.offered for domain in domains for each in domain.requirement_kinds if each.kind == kind)
    return [choice for offered in offers if offered for choice in offered(now)]


def _begins_with(pathway: Pathway, need: Requirement | None, now: datetime) -> Sequence[tuple[str, str]]:
    found = {
        f"{FactKind.SIGN_OFF}:{stage.value}": f"Being signed off as {stage.value}"
        for stage in Stage
        if stage is not Stage.USER
    }
    found |= {f"{COURSE}:{key}": f"Passing “{title}”" for key, title in _offered(COURSE, now)}
    for each in need.within.restarted_by if need and need.within else ():
        found.setdefault(each, evidence_title(each, pathway, now))
    return list(found.items())
