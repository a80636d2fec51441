"""A pathway in plain words, and the drawing of it: for the page that everybody may read. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.wording import plural
from progression.duties import Duty
from progression.pathway import Branch, Pathway, Requirement, Unit
from progression.stages import Stage

LONGEST_LABEL = 26  # characters that fit beside a branch on a phone


def amount_in_words(need: Requirement) -> str:
    """How much a requirement asks for, as a sentence; empty where it is asked for once."""
    if need.at_stage is not None:
        counted = "" if need.at_stage.leave_counts else " Days away do not count."
        return f"For {plural(need.at_stage.days, 'day')}, all your time there together.{counted}"
    window = need.within
    if window is None:
        return f"{need.times} of them." if need.times > 1 else ""
    units = ("hour", "hours") if window.unit is Unit.HOURS else ("time", "times")
    sentences = [f"At least {plural(window.least, *units)} in the last {plural(window.days, 'day')}."]
    if window.shifts_since is not None:
        sentences.append(f"It counts until {plural(window.shifts_since, 'shift')} were worked since.")
    if window.keeps < window.least:
        sentences.append(f"Once you have it, {plural(window.keeps, *units)} are enough to keep it.")
    if window.grace_days:
        sentences.append(f"You keep it for {plural(window.grace_days, 'day')} with less.")
    return " ".join([*sentences, "Days away make the time longer."])


@dataclass(frozen=True, slots=True)
class StageInWords:
    """One stage: what the step to it asks for, who signs, and the duties that it opens on shifts."""

    stage: Stage
    needs: tuple[Requirement, ...]
    signers: int
    duties: tuple[tuple[Duty, tuple[Requirement, ...]], ...]  # each with what it asks for


@dataclass(frozen=True, slots=True)
class BranchInWords:
    """One branch: what it asks for before somebody signs, and the duties that only people in it do."""

    code: str
    branch: Branch
    needs: tuple[Requirement, ...]
    duties: tuple[Duty, ...]


def stages_in_words(pathway: Pathway) -> list[StageInWords]:
    """Every stage but the first, in their order."""
    return [
        StageInWords(
            stage,
            pathway.needs_of_step(stage),
            pathway.signers_of_step(stage),
            tuple((duty, pathway.needs_of_duty(duty)) for duty in Duty if pathway.duties[duty].from_stage is stage),
        )
        for stage in Stage
        if stage is not Stage.USER
    ]


def branches_in_words(pathway: Pathway) -> list[BranchInWords]:
    """Every branch, in the order of the stages that they begin at."""
    found = [
        BranchInWords(code, branch, pathway.needs_of_branch(code), pathway.duties_of_branch(code))
        for code, branch in pathway.branches.items()
    ]
    return sorted(found, key=lambda each: each.branch.from_stage.place)


@dataclass(frozen=True, slots=True)
class Mark:
    """One place on the drawing: a stage on the road, or a branch beside it. `y` is from the top."""

    label: str
    y: int
    is_here: bool  # the reader is at this stage, or in this branch
    is_behind: bool  # a stage that the reader has passed
    leaves_at: int | None = None  # of a branch, the height at which it leaves the road


@dataclass(frozen=True, slots=True)
class Drawing:
    """The road from the first stage, at the top, to the last, with its branches; heights in pixels."""

    height: int
    marks: tuple[Mark, ...]

    @property
    def last(self) -> int:
        """The height of the last stage, where the road ends."""
        return max(mark.y for mark in self.marks if mark.leaves_at is None)


def drawing_of(pathway: Pathway, here: Stage, inside: Collection[str]) -> Drawing:
    """The drawing for a reader at a stage who is in these branches."""
    marks, y = [], 24
    for stage in Stage:
        marks.append(Mark(stage.value.capitalize(), y, stage is here, stage < here))
        at = y
        for code, branch in pathway.branches.items():
            if branch.from_stage is stage:
                y += 40
                marks.append(Mark(_label(branch.title), y, code in inside, False, leaves_at=at))
        y += 60
    return Drawing(y - 60 + 24, tuple(marks))


def _label(title: str) -> str:
    return title if len(title) <= LONGEST_LABEL else f"{title[: LONGEST_LABEL - 1].rstrip()}…"
