"""Changing a pathway a step at a time. Pure: a whole pathway in, another whole one out, or a refusal in a sentence.

Nothing here leaves it half done: what nobody asks for any more goes with its last place.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from app.refusals import Conflict, Invalid, NotFound
from app.wording import listed
from progression.changing.places import Place, PlaceKind, codes_at, who_asks
from progression.duties import Duty
from progression.fact_kinds import FactKind
from progression.pathway import Branch, Pathway, Requirement
from progression.stages import Stage

LONGEST_CODE = 40
MOST_NEEDS = 30  # at one place; more would be read by nobody
MOST_BRANCHES = 20


def built(pathway: Pathway, changes: Mapping[str, Any]) -> Pathway:
    """The pathway with these parts changed; refuses what contradicts itself, in the sentences of its rules."""
    document = {**pathway.model_dump(mode="json"), **changes}
    try:
        return Pathway.model_validate(document)
    except ValidationError as error:
        said = dict.fromkeys(_sentence(each["msg"]) for each in error.errors(include_url=False))
        raise Invalid(*said) from None


def _sentence(message: str) -> str:
    words = message.removeprefix("Value error, ")
    return f"{words[:1].upper()}{words[1:]}."


def requirement(values: Mapping[str, Any]) -> Requirement:
    """A requirement from plain values; refuses what contradicts itself."""
    try:
        return Requirement.model_validate(values)
    except ValidationError as error:
        said = dict.fromkeys(_sentence(each["msg"]) for each in error.errors(include_url=False))
        raise Invalid(*said) from None


def add(pathway: Pathway, place: Place, need: Requirement) -> Pathway:
    """Ask for something new at a place. What is asked for in just these words elsewhere is one requirement."""
    same = next((code for code, each in pathway.requirements.items() if each == need), None)
    if same is not None:
        return add_known(pathway, place, same)
    code = free_code(need.title, pathway.requirements)
    return _with_needs(pathway, place, (*codes_at(pathway, place), code), {code: need})


def add_known(pathway: Pathway, place: Place, code: str) -> Pathway:
    """Ask at a place for something that is asked for elsewhere already."""
    if code not in pathway.requirements:
        raise NotFound("The pathway asks for nothing of that name any more.")
    if code in codes_at(pathway, place):
        raise Invalid("It is asked for here already.", field="known")
    return _with_needs(pathway, place, (*codes_at(pathway, place), code))


def change(pathway: Pathway, code: str, need: Requirement) -> Pathway:
    """Change a requirement wherever it is asked for."""
    if code not in pathway.requirements:
        raise NotFound("The pathway asks for nothing of that name any more.")
    return built(pathway, {"requirements": _dumped({**pathway.requirements, code: need})})


def take_out(pathway: Pathway, place: Place, code: str) -> Pathway:
    """No longer ask for something at a place; refuses what it does not ask for."""
    if code not in codes_at(pathway, place):
        raise NotFound("It is not asked for there any more.")
    return _with_needs(pathway, place, tuple(each for each in codes_at(pathway, place) if each != code))


def sign_step(pathway: Pathway, stage: Stage, signers: int) -> Pathway:
    """Let so many different people sign for a step."""
    signing = {**pathway.model_dump(mode="json").get("signing", {}), stage.value: {"signers": signers}}
    return built(pathway, {"signing": {key: each for key, each in signing.items() if each["signers"] != 1}})


def open_duty(pathway: Pathway, duty: Duty, from_stage: Stage) -> Pathway:
    """Open a duty from a stage on."""
    duties = pathway.model_dump(mode="json")["duties"]
    duties[duty.value]["from_stage"] = from_stage.value
    return built(pathway, {"duties": duties})


def put_branch(pathway: Pathway, code: str | None, branch: Branch) -> tuple[Pathway, str]:
    """Add a branch, or change one by its code; return its code too. What asks for it asks for as many signatures."""
    if code is None and len(pathway.branches) >= MOST_BRANCHES:
        raise Invalid(f"A pathway has at most {MOST_BRANCHES} branches.")
    code = code or free_code(branch.title, pathway.branches)
    branches = {**pathway.branches, code: branch}
    asked = f"{FactKind.BRANCH}:{code}"
    needs = {
        each: need.model_copy(update={"times": branch.signers}) if need.evidence == asked else need
        for each, need in pathway.requirements.items()
    }
    return built(pathway, {"branches": _dumped(branches), "requirements": _dumped(needs)}), code


def remove_branch(pathway: Pathway, code: str) -> Pathway:
    """Take a branch out; refuses one that a duty asks for: without it, the duty would be open to others."""
    asked = f"{FactKind.BRANCH}:{code}"
    used = [
        place.title
        for need in pathway.requirements.items()
        if need[1].evidence == asked
        for place in who_asks(pathway, need[0])
    ]
    if used:
        raise Conflict(
            f"{listed(used, quoted=True)} can only be done by people in this branch. Take that requirement out there "
            "first, or ask for something else instead."
        )
    branches = {each: branch for each, branch in pathway.branches.items() if each != code}
    return _tidy(pathway, {"branches": _dumped(branches)}, gone=pathway.branches[code].needs)


def change_general(pathway: Pathway, values: Mapping[str, Any]) -> Pathway:
    """Change the name of the pathway and its figures for all of it."""
    return built(pathway, values)


def free_code(title: str, taken: Collection[str]) -> str:
    """A short name for something of this title that none of the others has."""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    stem = re.sub(r"^[^a-z]+", "", words)[: LONGEST_CODE - 4].strip("-")
    stem = stem if len(stem) > 1 else "asked-for"
    return next(each for each in _numbered(stem) if each not in taken)


def _numbered(stem: str) -> Iterable[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in range(2, 1000))


def _with_needs(
    pathway: Pathway, place: Place, codes: tuple[str, ...], new: Mapping[str, Requirement] | None = None
) -> Pathway:
    """The pathway in which a place asks for these codes, with what is new among them."""
    if len(codes) > MOST_NEEDS:
        raise Invalid(f"More than {MOST_NEEDS} requirements at one place are too many to read.")
    document = pathway.model_dump(mode="json")
    changes: dict[str, Any] = {"requirements": {**document["requirements"], **_dumped(new or {})}}
    match place.kind:
        case PlaceKind.STEP:
            changes["steps"] = {**document["steps"], place.key: list(codes)}
        case PlaceKind.DUTY:
            demand = {**document["duties"][place.key], "needs": list(codes)}
            changes["duties"] = {**document["duties"], place.key: demand}
        case PlaceKind.BRANCH:
            branch = {**document["branches"][place.key], "needs": list(codes)}
            changes["branches"] = {**document["branches"], place.key: branch}
    return _tidy(pathway, changes, gone=[each for each in codes_at(pathway, place) if each not in codes])


def _tidy(pathway: Pathway, changes: dict[str, Any], *, gone: Collection[str]) -> Pathway:
    """With the changes, and without what was asked for only where it is gone from now."""
    document = {**pathway.model_dump(mode="json"), **changes}
    asked = {code for codes in document["steps"].values() for code in codes}
    asked |= {code for demand in document["duties"].values() for code in demand["needs"]}
    asked |= {code for branch in document.get("branches", {}).values() for code in branch["needs"]}
    kept = {code: need for code, need in document["requirements"].items() if code in asked or code not in gone}
    return built(pathway, {**changes, "requirements": kept})


def _dumped(models: Mapping[str, Any]) -> dict[str, Any]:
    return {code: each.model_dump(mode="json") for code, each in models.items()}
