"""The kinds of requirement that a form offers: what each asks for, in which fields, and the requirement they come to.

Pure. What a form has no field for stays as it was, so that a pathway from a file loses nothing by being changed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from progression.changing.editing import free_code, requirement
from progression.checks import Level, Outcome, Workforce
from progression.fact_kinds import FactKind
from progression.pathway import AGE, AT_STAGE, Requirement
from progression.record_details import RecordOutcome
from progression.worked import SHIFT, WORKED

WHAT = "what"  # the field that names a course, a document, a duty or a branch
SAID_OF_ALL = ("title", "how", "source", "grace_until")


class Asks(StrEnum):
    """One kind of requirement, as people choose it."""

    COURSE = "course"
    AGREEMENT = "agreement"
    CHECK = "check"
    REFERENCES = "references"
    RIGHT_TO_WORK = "right-to-work"
    INTERVIEW = "interview"
    TALK = "talk"
    OBSERVED = "observed"
    PRACTICAL = "practical"
    LATELY = "lately"
    AT_STAGE = "at-stage"
    AGE = "age"
    BRANCH = "branch"

    @property
    def about(self) -> Offer:
        """What pages say of it, and the fields that it has."""
        return OFFERS[self]


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of requirement on the page: its name, what it means, the evidence, its fields, and words to begin with."""

    name: str
    hint: str
    evidence: str
    fields: tuple[str, ...]
    title: str = ""
    how: str = ""


OFFERS: Mapping[Asks, Offer] = {
    Asks.COURSE: Offer(
        "A course",
        "It is passed, and the pass has not run out.",
        "training",
        (WHAT,),
        how="Take the course under Learning.",
    ),
    Asks.AGREEMENT: Offer(
        "An agreement",
        "Agreed to, in the present version of the text.",
        FactKind.ACCEPTED,
        (WHAT,),
        how="Read it under Documents and agree to it.",
    ),
    Asks.CHECK: Offer(
        "A background check",
        "Of a level and for a workforce, made again after so many months.",
        FactKind.CHECK,
        ("level", "workforces", "assessed"),
        title="Background check",
        how="Staff start the check with you and record it once they have seen the certificate.",
    ),
    Asks.REFERENCES: Offer(
        "References",
        "So many people who know the person speak for them.",
        FactKind.REFERENCE,
        ("times", "conditions"),
        title="References",
        how="Staff ask people who know you or your work.",
    ),
    Asks.RIGHT_TO_WORK: Offer(
        "The right to work",
        "Somebody has seen that the person may work in the country.",
        FactKind.RIGHT_TO_WORK,
        (),
        title="The right to work",
        how="Show staff your document, or give them a share code.",
    ),
    Asks.INTERVIEW: Offer(
        "An interview",
        "About a post or a task, and it went well.",
        FactKind.INTERVIEW,
        ("conditions",),
        title="An interview",
        how="Staff invite you.",
    ),
    Asks.TALK: Offer(
        "A talk, or something else that staff have seen",
        "Recorded by staff as an observation.",
        FactKind.OBSERVED,
        (),
        title="A talk with a member of staff",
        how="Ask staff for half an hour.",
    ),
    Asks.OBSERVED: Offer(
        "Observed on shifts",
        "Seen at work, and it went well; once and for all, or again every so often.",
        FactKind.OBSERVED,
        (WHAT, "times", "on_duties", "again_days", "shifts_since", "grace_days"),
        title="Observed on a shift",
        how="Ask the lead of your next shift to watch how you work and to write down what they saw.",
    ),
    Asks.PRACTICAL: Offer(
        "A practical",
        "The practical of a course is passed, as a marker marked it.",
        "practical",
        (WHAT,),
        how="Do it under Learning. A trainer marks it.",
    ),
    Asks.LATELY: Offer(
        "Shifts or hours lately",
        "So many in the last so many days. Days away make the time longer.",
        WORKED,
        ("least", "unit", "days", "low", "grace_days", "on_duties", "begins_with"),
        title="On shifts lately",
        how="Take shifts when you can.",
    ),
    Asks.AT_STAGE: Offer(
        "Time at a stage",
        "At a stage, or above it, for so many days in all.",
        AT_STAGE,
        (WHAT, "days", "leave_counts"),
        how="This one comes by itself.",
    ),
    Asks.AGE: Offer("An age", "From a birthday on.", AGE, ("age",), how="This one comes by itself."),
    Asks.BRANCH: Offer(
        "Being in a branch",
        "Signed for a branch of the pathway, such as leading.",
        FactKind.BRANCH,
        (WHAT,),
        how="Ask staff about it. They sign for it.",
    ),
}

ON_SHIFTS = ("shift", "lead")
"""The keys of what a form of observation stands for; other keys are talks and the like."""


def asks_of(need: Requirement) -> Asks | None:
    """The kind by which a form shows a requirement; None for one that only a file can change beyond its words."""
    if need.kind == FactKind.OBSERVED:
        return Asks.OBSERVED if need.key in ON_SHIFTS else Asks.TALK
    if need.kind == WORKED:
        return Asks.LATELY if need.within is not None else None
    if need.within is not None:
        return None
    return next((each for each in Asks if OFFERS[each].evidence == need.kind), None)


def offered_by_value() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """The choices of fields that do not depend on what is here."""
    return {
        "level": tuple((each.value, each.words) for each in Level),
        "workforces": tuple((each.value, each.words) for each in Workforce),
    }


def values_in(need: Requirement) -> dict[str, Any]:
    """What the fields of a form hold for a requirement."""
    facts, window = need.facts, need.within
    lately = need.kind == WORKED
    return {
        "title": need.title,
        "how": need.how,
        "source": need.source,
        "grace_until": need.grace.until if need.grace else None,
        WHAT: need.key,
        "level": _level_of(need),
        "workforces": list(facts.get("workforce", ())),
        "assessed": Outcome.RISK_ASSESSED in facts.get("outcome", ()),
        "conditions": RecordOutcome.UNDER_CONDITIONS in facts.get("outcome", ()),
        "times": window.least if window else need.times,
        "on_duties": list(facts.get("duty", ())),
        "again_days": window.days if window and not lately else None,
        "shifts_since": window.shifts_since if window else None,
        "grace_days": window.grace_days if window else None,
        "least": window.least if window else None,
        "unit": window.unit.value if window else None,
        "low": window.low if window else None,
        "days": window.days if window else need.at_stage.days if need.at_stage else None,
        "begins_with": list(window.restarted_by) if window else [],
        "leave_counts": need.at_stage.leave_counts if need.at_stage else False,
        "age": int(need.key) if need.kind == AGE else None,
    }


def _level_of(need: Requirement) -> str | None:
    """The lowest level that a check may have."""
    named = set(need.facts.get("level", ()))
    return next((each.value for each in Level if each in named or (not named and each.key == need.key)), None)


def requirement_of(
    asks: Asks | None, values: Mapping[str, Any], before: Requirement | None, *, signers: int = 1, now: datetime
) -> Requirement:
    """The requirement that a filled form comes to; refuses what contradicts itself.

    `before` is what it was; without a kind, only its words and its time to do it change. `signers` is how many sign for
    the branch that it names.
    """
    held = before.model_dump(mode="json") if before else {}
    held |= {each: (values.get(each) or "").strip() for each in ("title", "how", "source")}
    held["grace"] = _grace(values.get("grace_until"), before, now)
    if asks is not None:
        held |= _of_kind(asks, values, before, signers=signers)
    return requirement({key: each for key, each in held.items() if each is not None})


def _grace(until: date | None, before: Requirement | None, now: datetime) -> dict[str, Any] | None:
    """Time to do it: the instant whose clearance counts stays as it was while the day does."""
    if until is None:
        return None
    if before is not None and before.grace is not None and before.grace.until == until:
        return before.grace.model_dump(mode="json")
    return {"cleared_at": now, "until": until}


def _of_kind(asks: Asks, values: Mapping[str, Any], before: Requirement | None, *, signers: int) -> dict[str, Any]:
    key = _key(asks, values, before.key if before else "")
    found: dict[str, Any] = {"times": before.times if before else 1, "facts": dict(before.facts) if before else {}}
    facts = found["facts"]
    match asks:
        case Asks.CHECK:
            _set(facts, "level", [each.value for each in _levels_from(Level(values["level"]))])
            _set(facts, "workforce", values.get("workforces"))
            assessed = [Outcome.RISK_ASSESSED.value] if values.get("assessed") else []
            _set(facts, "outcome", [Outcome.CLEAR.value, *assessed])
        case Asks.REFERENCES | Asks.INTERVIEW:
            conditions = [RecordOutcome.UNDER_CONDITIONS.value] if values.get("conditions") else []
            _set(facts, "outcome", [RecordOutcome.GOOD.value, *conditions])
            found["times"] = values.get("times") or 1
        case Asks.OBSERVED:
            _set(facts, "duty", values.get("on_duties"))
            found |= _observed(values, before)
        case Asks.LATELY:
            _set(facts, "duty", values.get("on_duties"))
            found["within"] = {each: values[each] for each in ("least", "unit", "days", "low")} | {
                "grace_days": values.get("grace_days") or 0,
                "restarted_by": values.get("begins_with") or [],
            }
        case Asks.AT_STAGE:
            found["at_stage"] = {"days": values["days"], "leave_counts": bool(values.get("leave_counts"))}
        case Asks.BRANCH:
            found["times"] = signers
        case _:
            pass
    return {**found, "evidence": f"{OFFERS[asks].evidence}:{key}"}


def _key(asks: Asks, values: Mapping[str, Any], before: str) -> str:
    """The second half of the evidence. Records go on under the key that they have."""
    match asks:
        case Asks.CHECK:
            return Level(values["level"]).key
        case Asks.REFERENCES:
            return before or "given"
        case Asks.RIGHT_TO_WORK:
            return before or "seen"
        case Asks.INTERVIEW | Asks.TALK:
            return before or free_code(values["title"], ON_SHIFTS)
        case Asks.LATELY:
            return SHIFT
        case Asks.AGE:
            return str(values["age"])
        case _:
            return str(values[WHAT])


def _observed(values: Mapping[str, Any], before: Requirement | None) -> dict[str, Any]:
    times, days = values.get("times") or 1, values.get("again_days")
    if not days:
        return {"times": times, "within": None}
    window = before.within.model_dump(mode="json") if before and before.within else {}
    window |= {
        "least": times,
        "days": days,
        "shifts_since": values.get("shifts_since"),
        "grace_days": values.get("grace_days") or 0,
    }
    if (window.get("low") or 0) > times:
        window["low"] = None
    return {"times": 1, "within": window}


def _levels_from(level: Level) -> list[Level]:
    """The levels that count: a check of the barred lists is an enhanced one too."""
    return [Level.ENHANCED, Level.ENHANCED_BARRED] if level is Level.ENHANCED else [level]


def _set(facts: dict[str, Any], detail: str, accepted: Any) -> None:
    if accepted:
        facts[detail] = list(accepted)
    else:
        facts.pop(detail, None)
