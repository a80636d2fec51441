"""The way back for somebody whose clearance for a duty ended: what to do, in order, and where. Pure.

Nothing has to be given back by hand: once all of it is there, clearance is worked out and the duty is theirs again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain import RequirementWords
from progression.journey import Journey, NeedProgress, NeedState
from progression.labels import requirement_kind, requirement_label, resolve
from progression.pathway import Requirement
from progression.worked import WORKED


@dataclass(frozen=True, slots=True)
class WayStep:
    """One thing to do, and the pages on which the person can do it alone; without one, somebody else has to help."""

    progress: NeedProgress
    title: str
    pages: tuple[RequirementWords, ...]


def way_back(journey: Journey, now: datetime) -> list[WayStep]:
    """What somebody needs again for the duties of their stage that they once could do: what they can do alone first.

    Empty for who may do all they could, and for what they never had, which is no way back.
    """
    lost: dict[str, NeedProgress] = {}
    for duty in journey.duties:
        if duty.from_stage <= journey.stage and not duty.is_cleared:
            lost.update((each.need.evidence, each) for each in duty.unmet if _was_held(each))
    steps = [
        WayStep(each, requirement_label(each.need, now).title, pages_for(each.need, now)) for each in lost.values()
    ]
    return sorted(steps, key=lambda step: not step.pages)


def pages_for(need: Requirement, now: datetime) -> tuple[RequirementWords, ...]:
    """The pages on which a person can renew something alone; of what counts shifts, those of what begins it again."""
    again = need.within.restarted_by if need.within is not None else ()
    evidence = again if need.kind == WORKED else (need.evidence, *again)
    found = ((each, requirement_kind(each)) for each in evidence)
    pages = (resolve(each, now) for each, kind in found if kind is not None and kind.by_themselves)
    return tuple(page for page in pages if page is not None and page.href)


def _was_held(progress: NeedProgress) -> bool:
    return progress.state is NeedState.LAPSED or (progress.need.within is not None and bool(progress.proof))
